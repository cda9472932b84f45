#include "kernels/same_place.h"

#include "kernels/band_search.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace vigil {

namespace {

std::uint32_t root_of(std::vector<std::uint32_t>& parent, std::uint32_t i)
{
    while (parent[i] != i) {
        parent[i] = parent[parent[i]];
        i = parent[i];
    }
    return i;
}

} // namespace

std::vector<std::uint32_t> same_places(std::span<const XY> places, double tolerance)
{
    require(tolerance >= 0 && std::isfinite(tolerance), "a tolerance of {} is not a distance", tolerance);
    require(places.size() < std::numeric_limits<std::uint32_t>::max(), "{} vertices are too many",
            places.size());
    std::vector<std::uint32_t> order(places.size());
    std::iota(order.begin(), order.end(), 0U);
    const auto before = [&](std::uint32_t a, std::uint32_t b) {
        const XY p = places[a];
        const XY q = places[b];
        return p.x != q.x ? p.x < q.x : p.y != q.y ? p.y < q.y : a < b;
    };
    for (const XY p : places) {
        require(std::isfinite(p.x) && std::isfinite(p.y), "a coordinate is not a finite number");
    }
    std::sort(order.begin(), order.end(), before);
    std::vector<std::uint32_t> number(places.size());
    std::vector<XY> distinct;
    for (const std::uint32_t i : order) {
        if (distinct.empty() || !(distinct.back() == places[i])) {
            distinct.push_back(places[i]);
        }
        number[i] = static_cast<std::uint32_t>(distinct.size() - 1);
    }
    if (tolerance == 0 || distinct.empty()) {
        return number;
    }
    std::vector<std::uint32_t> parent(distinct.size());
    std::iota(parent.begin(), parent.end(), 0U);
    const BandSearch search(distinct, tolerance);
    search.scan(0, search.buckets(), [&](std::size_t s, auto near) {
        near([&](std::size_t t) {
            const std::uint32_t a = root_of(parent, search.place(s));
            const std::uint32_t b = root_of(parent, search.place(t));
            parent[std::max(a, b)] = std::min(a, b);
        });
    });
    for (std::uint32_t& n : number) {
        n = root_of(parent, n);
    }
    return number;
}

} // namespace vigil
