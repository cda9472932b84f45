#pragma once

#include "libgeo/plane.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace vigil::coverage {

/// Candidate centres of circles of one radius: the nodes of a square lattice of pitch r/8 that may reach a
/// place, kept in blocks of 16 x 16. A place's circle of nodes then lies in its own block and the eight
/// around it. Blocks are sorted from the south-west and their borders do not depend on the data.
class Lattice {
  public:
    static constexpr int steps = 8; ///< nodes in a radius
    static constexpr int edge = 16; ///< nodes along a block; > steps
    static constexpr std::size_t block_nodes = std::size_t{edge} * edge;
    static constexpr std::int32_t none = -1;

    Lattice(std::span<const XY> places, double radius_m);

    [[nodiscard]] double radius_m() const { return radius_m_; }
    [[nodiscard]] std::size_t blocks() const { return keys_.size(); }
    [[nodiscard]] XY centre(std::size_t node) const;
    [[nodiscard]] double pitch_m() const { return radius_m_ / steps; }
    /// The node nearest to `p`, if it is in `block`.
    [[nodiscard]] std::optional<std::size_t> nearest(std::size_t block, XY p) const;

    /// Blocks that hold nodes around `place`, `none` where there is no block.
    [[nodiscard]] const std::array<std::int32_t, 9>& blocks_around(std::size_t place) const
    {
        return around_[static_cast<std::size_t>(home_[place])];
    }

    /// Calls f(first node, last node) for each run of nodes of `block` whose circle covers `place`.
    template <typename F>
    void each_run(std::size_t block, std::size_t place, F&& f) const
    {
        const Disk& disk = disks_[place];
        const Offset from = offset(block, place);
        const int first_row = std::max<int>(disk.first_row, from.row);
        const int last_row = std::min(disk.first_row + disk.rows, from.row + edge) - 1;
        std::size_t start = block * block_nodes + static_cast<std::size_t>(first_row - from.row) * edge;
        for (int row = first_row; row <= last_row; ++row, start += edge) {
            const auto k = static_cast<std::size_t>(row - disk.first_row);
            const int first = std::max(disk.first[k] - from.column, 0);
            const int last = std::min(disk.last[k] - from.column, edge - 1);
            if (first <= last) {
                f(start + static_cast<std::size_t>(first), start + static_cast<std::size_t>(last));
            }
        }
    }

    /// Calls f(place) for each place in the block and the eight around it: all that its nodes may cover.
    template <typename F>
    void each_place_near(std::size_t block, F&& f) const
    {
        for (const std::int32_t b : around_[block]) {
            if (b != none) {
                for (std::size_t k = begin_[static_cast<std::size_t>(b)];
                     k < begin_[static_cast<std::size_t>(b) + 1]; ++k) {
                    f(static_cast<std::size_t>(order_[k]));
                }
            }
        }
    }

    /// Calls f(place) for each place inside the circle around `node`.
    template <typename F>
    void each_covered(std::size_t node, F&& f) const
    {
        const std::size_t block = node / block_nodes;
        const int row = static_cast<int>(node % block_nodes) / edge;
        const int column = static_cast<int>(node % block_nodes) % edge;
        each_place_near(block, [&](std::size_t place) {
            const Disk& disk = disks_[place];
            const Offset from = offset(block, place);
            const int k = row + from.row - disk.first_row;
            if (k >= 0 && k < disk.rows) {
                const int at = column + from.column;
                if (disk.first[static_cast<std::size_t>(k)] <= at &&
                    at <= disk.last[static_cast<std::size_t>(k)]) {
                    f(place);
                }
            }
        });
    }

    /// Calls f(node) for each node within a radius and a step of `node`, from the south-west.
    template <typename F>
    void each_node_near(std::size_t node, F&& f) const
    {
        const int row = static_cast<int>(node % block_nodes) / edge;
        const int column = static_cast<int>(node % edge);
        constexpr int reach = steps + 1;
        for (int dy = -reach; dy <= reach; ++dy) {
            for (int dx = -reach; dx <= reach; ++dx) {
                const int y = row + dy + edge; // in the three by three blocks around
                const int x = column + dx + edge;
                const std::int32_t b =
                    around_[node / block_nodes][static_cast<std::size_t>((y / edge) * 3 + x / edge)];
                if (b != none && dx * dx + dy * dy <= reach * reach) {
                    f(static_cast<std::size_t>(b) * block_nodes +
                      static_cast<std::size_t>((y % edge) * edge + x % edge));
                }
            }
        }
    }

  private:
    /// Nodes whose circle covers a place, row by row, counted from the corner of the place's block; the one
    /// record that decides what is inside.
    struct Disk {
        std::int8_t first_row = 0;
        std::int8_t rows = 0;
        std::array<std::int8_t, 2 * steps + 1> first{};
        std::array<std::int8_t, 2 * steps + 1> last{};
    };
    static Disk disk_around(XY unit, XY home);

    struct Offset {
        int row, column;
    };
    /// From the corner of the place's block to that of `block`, in nodes.
    [[nodiscard]] Offset offset(std::size_t block, std::size_t place) const
    {
        const XY home = keys_[static_cast<std::size_t>(home_[place])];
        return {static_cast<int>(keys_[block].y - home.y), static_cast<int>(keys_[block].x - home.x)};
    }

    double radius_m_;
    std::vector<XY> keys_;            ///< column and row of each block's first node
    std::vector<Disk> disks_;         ///< per place
    std::vector<std::int32_t> home_;  ///< block of each place
    std::vector<std::int32_t> order_; ///< places by home block
    std::vector<std::size_t> begin_;  ///< blocks + 1 starts in order_
    std::vector<std::array<std::int32_t, 9>> around_;
};

/// How many blocks a Lattice would have.
std::size_t count_blocks(std::span<const XY> places, double radius_m);

} // namespace vigil::coverage
