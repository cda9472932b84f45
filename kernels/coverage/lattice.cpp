#include "kernels/coverage/lattice.h"

#include "libgeo/error.h"

#include <limits>
#include <numeric>

namespace vigil::coverage {

namespace {

/// Nodes stand at (column + shift) * pitch: off the round numbers that coordinates tend to be snapped to.
constexpr double shift = 0.381966011250105;

bool south_west(XY a, XY b)
{
    return a.y != b.y ? a.y < b.y : a.x < b.x;
}

double block_start(double unit)
{
    return std::floor(unit / Lattice::edge) * Lattice::edge;
}

XY in_nodes(XY place, double pitch_m)
{
    return {place.x / pitch_m - shift, place.y / pitch_m - shift};
}

/// Blocks with a corner of the square around a place's circle; they are at most as wide as that square.
std::vector<XY> touched_blocks(std::span<const XY> places, double radius_m)
{
    std::vector<XY> keys;
    for (const XY p : places) {
        const XY unit = in_nodes(p, radius_m / Lattice::steps);
        for (const double y : {unit.y - Lattice::steps, unit.y + Lattice::steps}) {
            for (const double x : {unit.x - Lattice::steps, unit.x + Lattice::steps}) {
                keys.push_back({block_start(x), block_start(y)});
            }
        }
    }
    std::sort(keys.begin(), keys.end(), south_west);
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    keys.shrink_to_fit();
    return keys;
}

} // namespace

std::size_t count_blocks(std::span<const XY> places, double radius_m)
{
    return touched_blocks(places, radius_m).size();
}

Lattice::Lattice(std::span<const XY> places, double radius_m)
    : radius_m_(radius_m), keys_(touched_blocks(places, radius_m))
{
    require(keys_.size() < std::numeric_limits<std::int32_t>::max() / block_nodes,
            "a lattice of {} blocks is too large; use larger radii", keys_.size());
    const auto find = [this](XY key) {
        const auto at = std::lower_bound(keys_.begin(), keys_.end(), key, south_west);
        return at != keys_.end() && *at == key ? static_cast<std::int32_t>(at - keys_.begin()) : none;
    };
    around_.resize(keys_.size());
    for (std::size_t b = 0; b < keys_.size(); ++b) {
        std::size_t k = 0;
        for (const double dy : {-1.0, 0.0, 1.0}) {
            for (const double dx : {-1.0, 0.0, 1.0}) {
                around_[b][k++] = find({keys_[b].x + dx * edge, keys_[b].y + dy * edge});
            }
        }
    }
    begin_.assign(keys_.size() + 1, 0);
    home_.reserve(places.size());
    disks_.reserve(places.size());
    for (const XY p : places) {
        const XY unit = in_nodes(p, pitch_m());
        const XY home{block_start(unit.x), block_start(unit.y)};
        home_.push_back(find(home));
        disks_.push_back(disk_around(unit, home));
        ++begin_[static_cast<std::size_t>(home_.back()) + 1];
    }
    std::partial_sum(begin_.begin(), begin_.end(), begin_.begin());
    order_.resize(places.size());
    std::vector<std::size_t> next(begin_.begin(), begin_.end() - 1);
    for (std::size_t i = 0; i < places.size(); ++i) {
        order_[next[static_cast<std::size_t>(home_[i])]++] = static_cast<std::int32_t>(i);
    }
}

Lattice::Disk Lattice::disk_around(XY unit, XY home)
{
    const XY p{unit.x - home.x, unit.y - home.y};
    Disk disk;
    const int first_row = static_cast<int>(std::ceil(p.y - steps));
    const int last_row = static_cast<int>(std::floor(p.y + steps));
    disk.first_row = static_cast<std::int8_t>(first_row);
    disk.rows = static_cast<std::int8_t>(last_row - first_row + 1);
    for (int row = first_row; row <= last_row; ++row) {
        const double dy = row - p.y;
        const double half = std::sqrt(std::max(0.0, double{steps} * steps - dy * dy));
        const auto k = static_cast<std::size_t>(row - first_row);
        disk.first[k] = static_cast<std::int8_t>(std::ceil(p.x - half));
        disk.last[k] = static_cast<std::int8_t>(std::floor(p.x + half));
    }
    return disk;
}

XY Lattice::centre(std::size_t node) const
{
    const XY key = keys_[node / block_nodes];
    const auto row = static_cast<double>((node % block_nodes) / edge);
    const auto column = static_cast<double>(node % edge);
    return {(key.x + column + shift) * pitch_m(), (key.y + row + shift) * pitch_m()};
}

std::optional<std::size_t> Lattice::nearest(std::size_t block, XY p) const
{
    const XY unit = in_nodes(p, pitch_m());
    const auto row = std::llround(unit.y - keys_[block].y);
    const auto column = std::llround(unit.x - keys_[block].x);
    if (row < 0 || row >= edge || column < 0 || column >= edge) {
        return std::nullopt;
    }
    return block * block_nodes + static_cast<std::size_t>(row * edge + column);
}

} // namespace vigil::coverage
