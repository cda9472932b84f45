#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace vigil::test {

using OsmTags = std::vector<std::pair<std::string, std::string>>;

/// Writes OpenStreetMap XML by hand. Node n stands n columns of 100 m (about 0.001 degrees) east of a made-up
/// place on the equator, unless it is told where.
class OsmText {
  public:
    struct Member {
        std::string type; ///< "way", "node"
        std::int64_t ref = 0;
        std::string role;
    };

    OsmText& node(std::int64_t id, const OsmTags& tags = {});
    OsmText& node(std::int64_t id, double lon, double lat, const OsmTags& tags = {});
    /// Nodes first to last.
    OsmText& nodes(std::int64_t first, std::int64_t last);
    OsmText& way(std::int64_t id, const std::vector<std::int64_t>& nodes, const OsmTags& tags);
    OsmText& relation(std::int64_t id, const std::vector<Member>& members, const OsmTags& tags);
    [[nodiscard]] std::string xml() const;

  private:
    void put_tags(const OsmTags& tags);
    std::string text_;
};

} // namespace vigil::test
