#pragma once

#include "libgeo/ways.h"

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace vigil::route_build {

/// Kinds by content: equal ones have one number, and each knows what it is when drawn the other way.
class KindTable {
  public:
    /// The number of a kind, new or known.
    std::uint32_t number_of(WayKind kind);

    [[nodiscard]] const WayKind& operator[](std::uint32_t kind) const { return kinds_[kind]; }
    [[nodiscard]] std::uint32_t reversed(std::uint32_t kind) const { return reversed_[kind]; }
    [[nodiscard]] std::size_t size() const { return kinds_.size(); }

    /// The place of each kind in an order by content alone.
    [[nodiscard]] std::vector<std::uint32_t> order() const;

  private:
    std::uint32_t add(const WayKind& kind);

    std::vector<WayKind> kinds_;
    std::vector<std::uint32_t> reversed_;
    std::unordered_map<std::string, std::uint32_t> number_;
};

/// Puts the kinds and names that edges and pieces use into a network, in an order by content, and renumbers
/// both.
///
/// edges   `kind` numbers of `table`
/// pieces  `name` numbers of `names`
void settle_kinds_and_texts(const KindTable& table, const std::vector<std::string>& names,
                            std::vector<RouteEdge>& edges, std::vector<EdgePiece>& pieces,
                            RouteNetwork& network);

} // namespace vigil::route_build
