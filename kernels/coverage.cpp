#include "kernels/coverage.h"

#include "kernels/coverage/bound.h"
#include "kernels/coverage/search.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace vigil {

namespace {

using coverage::Demand;
using coverage::Lattice;
using coverage::Search;
using coverage::Site;

void check(std::span<const XY> places, std::span<const double> weights, std::span<const std::int64_t> counts,
           const CoverageOptions& options)
{
    require(weights.empty() || weights.size() == places.size(), "{} weights for {} places", weights.size(),
            places.size());
    require(counts.empty() || counts.size() == places.size(), "{} counts for {} places", counts.size(),
            places.size());
    require(options.max_circles >= 1, "{} circles: at least one is needed", options.max_circles);
    require(options.min_count >= 1, "a least number of incidents of {}: at least 1 is needed",
            options.min_count);
    require(options.cost_per_km2 >= 0 && std::isfinite(options.cost_per_km2),
            "cost of {} per km2: a number >= 0 is needed", options.cost_per_km2);
    require(!options.radii_m.empty(), "no radius is given");
    for (const double radius_m : options.radii_m) {
        require(radius_m > 0 && std::isfinite(radius_m), "radius {} m: a number > 0 is needed", radius_m);
        require(options.stand_off_m >= 0 && options.stand_off_m < radius_m / (2 * Lattice::steps),
                "a stand-off of {} m is too large for a radius of {} m", options.stand_off_m, radius_m);
    }
    const double reach = 1e9 * *std::min_element(options.radii_m.begin(), options.radii_m.end());
    for (std::size_t i = 0; i < places.size(); ++i) {
        require(std::abs(places[i].x) <= reach && std::abs(places[i].y) <= reach,
                "place {} is not finite or too far away for the radius", i + 1);
        require(weights.empty() || (weights[i] >= 0 && std::isfinite(weights[i])),
                "weight {} is not a number >= 0", i + 1);
        require(counts.empty() || counts[i] >= 0, "count {} is negative", i + 1);
    }
}

std::vector<std::int64_t> circle_costs(const std::vector<double>& radii_m, double cost_per_km2, double scale)
{
    std::vector<std::int64_t> costs;
    for (const double radius_m : radii_m) {
        const double cost = cost_per_km2 * std::numbers::pi * radius_m * radius_m * 1e-6 * scale;
        costs.push_back(std::llround(std::min(cost, 0x1p61)));
    }
    return costs;
}

/// Incidents that no allowed circle covers; asked before any circle is chosen.
std::int64_t beyond_reach(const Search& search, const Demand& demand, std::span<const Lattice> lattices,
                          std::int64_t min_count)
{
    std::int64_t beyond = 0;
    for (std::size_t place = 0; place < demand.xy.size(); ++place) {
        bool reached = false;
        for (std::size_t l = 0; l < lattices.size() && !reached; ++l) {
            for (const std::int32_t block : lattices[l].blocks_around(place)) {
                if (block != Lattice::none) {
                    lattices[l].each_run(static_cast<std::size_t>(block), place,
                                         [&](std::size_t first, std::size_t last) {
                                             for (std::size_t k = first; k <= last && !reached; ++k) {
                                                 reached = search.gain_count({l, k}) >= min_count;
                                             }
                                         });
                }
            }
        }
        beyond += reached ? 0 : demand.count[place];
    }
    return beyond;
}

std::vector<Site> greedy(Search& search, std::int64_t most)
{
    std::vector<Site> chosen;
    while (static_cast<std::int64_t>(chosen.size()) < most) {
        const auto site = search.best();
        if (!site) {
            break;
        }
        search.add(*site);
        chosen.push_back(*site);
    }
    return chosen;
}

/// Lifts each circle in turn and puts it where it adds most. Returns whether anything improved.
bool relocate(Search& search, std::vector<Site>& chosen)
{
    bool better = false;
    for (Site& site : chosen) {
        search.remove(site);
        const auto other = search.best();
        if (other && search.net_gain(*other) > search.net_gain(site)) {
            site = *other;
            better = true;
        }
        search.add(site);
    }
    return better;
}

/// The node from which the farthest place that only this circle covers is nearest; never covers less.
Site centred(const Search& search, const Demand& demand, Site site)
{
    const Lattice& lattice = search.lattice(site);
    std::vector<XY> own;
    lattice.each_covered(site.node, [&](std::size_t place) {
        if (search.times_covered(place) == 0) {
            own.push_back(demand.xy[place]);
        }
    });
    const auto farthest = [&](std::size_t node) {
        const XY centre = lattice.centre(node);
        double most = 0;
        for (const XY p : own) {
            most = std::max(most, squared_distance_m2(centre, p));
        }
        return most;
    };
    Site best = site;
    double least = farthest(site.node);
    lattice.each_node_near(site.node, [&](std::size_t node) {
        const Site here{site.lattice, node};
        if (search.allowed(here) && search.gain(here) >= search.gain(site)) {
            const double far = farthest(node);
            if (far < least) {
                least = far;
                best = here;
            }
        }
    });
    return best;
}

void centre_all(Search& search, const Demand& demand, std::vector<Site>& chosen)
{
    for (Site& site : chosen) {
        search.remove(site);
        site = centred(search, demand, site);
        search.add(site);
    }
}

/// Orders circles by what each adds to those before it, and writes the curve; drops what adds too little.
Coverage curve(Search& search, const Demand& demand, std::vector<Site> chosen, const CoverageOptions& options)
{
    Coverage result;
    for (const Site site : chosen) {
        search.remove(site);
    }
    while (!chosen.empty()) {
        const auto top = std::max_element(chosen.begin(), chosen.end(), [&](Site a, Site b) {
            return search.net_gain(a) < search.net_gain(b);
        });
        const Site site = *top;
        chosen.erase(top);
        if (search.net_gain(site) <= 0 || search.gain_count(site) < options.min_count) {
            continue;
        }
        CoverageCircle circle{.centre = search.lattice(site).centre(site.node),
                              .radius_m = search.lattice(site).radius_m()};
        std::int64_t inside = 0;
        search.lattice(site).each_covered(site.node,
                                          [&](std::size_t place) { inside += demand.weight[place]; });
        circle.gain = static_cast<double>(search.gain(site)) / demand.scale;
        circle.covered = static_cast<double>(inside) / demand.scale;
        circle.gain_count = search.gain_count(site);
        result.value += static_cast<double>(search.net_gain(site)) / demand.scale;
        result.circles.push_back(circle);
        search.add(site);
    }
    return result;
}

/// What the first 1, 2, ... circles cover.
std::vector<double> worths(const Coverage& coverage)
{
    std::vector<double> sums;
    double sum = 0;
    for (const CoverageCircle& circle : coverage.circles) {
        sums.push_back(sum += circle.gain);
    }
    return sums;
}

} // namespace

Coverage max_coverage(std::span<const XY> places, std::span<const double> weights,
                      std::span<const std::int64_t> counts, const CoverageOptions& options,
                      const Progress& progress)
{
    check(places, weights, counts, options);
    const Demand demand = coverage::merged(places, weights, counts);
    std::vector<double> radii_m = options.radii_m;
    std::sort(radii_m.begin(), radii_m.end());
    radii_m.erase(std::unique(radii_m.begin(), radii_m.end()), radii_m.end());
    std::vector<Lattice> lattices;
    for (const double radius_m : radii_m) {
        lattices.emplace_back(demand.xy, radius_m);
    }
    const std::vector<std::int64_t> costs = circle_costs(radii_m, options.cost_per_km2, demand.scale);
    Search search(demand, lattices, costs, options.min_count, options.stand_off_m);
    const std::int64_t beyond = beyond_reach(search, demand, lattices, options.min_count);
    std::vector<Site> chosen = greedy(search, options.max_circles);
    const std::vector<Site> first = chosen;
    for (int round = 0; round < options.relocation_rounds && relocate(search, chosen); ++round) {
        progress(0.2);
    }
    centre_all(search, demand, chosen);
    Coverage result = curve(search, demand, std::move(chosen), options);
    coverage::Bound bound(demand, lattices, costs, static_cast<std::size_t>(options.max_circles));
    bound.try_prefixes(first);
    bound.tighten(worths(result), options.bound_rounds);
    result.at_most = bound.at_most();
    result.beyond = beyond;
    result.total = demand.total();
    return result;
}

double mean_density_per_km2(std::span<const XY> places, std::span<const double> weights, double radius_m)
{
    check(places, weights, {}, {.radii_m = {radius_m}});
    const Demand demand = coverage::merged(places, weights, {});
    const Lattice lattice(demand.xy, radius_m);
    const std::vector<std::int64_t> ones(demand.xy.size(), 1);
    std::vector<std::int64_t> sums(Lattice::block_nodes);
    std::size_t near = 0;
    for (std::size_t block = 0; block < lattice.blocks(); ++block) {
        coverage::block_sums(lattice, block, ones, sums);
        near += Lattice::block_nodes - static_cast<std::size_t>(std::count(sums.begin(), sums.end(), 0));
    }
    const double pitch_km = lattice.pitch_m() / 1000;
    return near == 0 ? 0 : demand.total() / (static_cast<double>(near) * pitch_km * pitch_km);
}

double coverage_bytes(std::span<const XY> places, std::span<const double> radii_m)
{
    constexpr double per_node = 5 * sizeof(std::int64_t); // gain, count, and three of the bound
    constexpr double per_block = 128;
    constexpr double per_place = 200; // with the scratch of building a lattice
    double bytes = per_place * static_cast<double>(places.size()) * static_cast<double>(1 + radii_m.size());
    for (const double radius_m : radii_m) {
        bytes += static_cast<double>(coverage::count_blocks(places, radius_m)) *
                 (per_node * Lattice::block_nodes + per_block);
    }
    return bytes;
}

} // namespace vigil
