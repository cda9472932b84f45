#include "kernels/weights/network_weights.h"

#include "kernels/weights/link_rows.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

namespace vigil {

namespace {

constexpr std::size_t chunk = 256;
constexpr double infinite = std::numeric_limits<double>::infinity();

/// Runs of one list: the items of key v are [begin[v], begin[v + 1]).
template <typename Item>
struct Runs {
    std::vector<std::size_t> begin;
    std::vector<Item> items;

    [[nodiscard]] std::span<const Item> of(std::size_t key) const
    {
        return std::span(items).subspan(begin[key], begin[key + 1] - begin[key]);
    }
};

template <typename Item>
Runs<Item> runs_by_key(std::vector<std::pair<std::uint32_t, Item>> keyed, std::size_t keys)
{
    std::stable_sort(keyed.begin(), keyed.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    Runs<Item> runs;
    runs.begin.resize(keys + 1);
    runs.items.reserve(keyed.size());
    for (const auto& [key, item] : keyed) {
        ++runs.begin[key + 1];
        runs.items.push_back(item);
    }
    for (std::size_t k = 0; k < keys; ++k) {
        runs.begin[k + 1] += runs.begin[k];
    }
    return runs;
}

/// An edge as seen from one of its nodes.
struct Way {
    std::uint32_t edge = 0;
    bool along = true; ///< the drawing begins at this node
};

/// A place as seen from its edge.
struct Site {
    double offset_m = 0;
    std::uint32_t place = 0;
};

/// The network without directions, and who is where on it.
struct Streets {
    const RouteNetwork& network;
    std::span<const EdgePlace> places;
    std::span<const double> access_m;
    Runs<Way> ways;   ///< by node
    Runs<Site> sites; ///< by edge

    [[nodiscard]] double access(std::size_t place) const { return access_m.empty() ? 0 : access_m[place]; }
};

void check(const RouteNetwork& network, std::span<const EdgePlace> places, std::span<const double> access_m)
{
    require(places.size() < std::numeric_limits<std::uint32_t>::max(), "{} places are too many",
            places.size());
    require(access_m.empty() || access_m.size() == places.size(), "{} distances to the network for {} places",
            access_m.size(), places.size());
    for (std::size_t i = 0; i < places.size(); ++i) {
        require(places[i].edge < network.edges(), "place {} is on no edge of the network", i + 1);
        const double length_m = network.edge[places[i].edge].length_m;
        require(places[i].offset_m >= 0 && places[i].offset_m <= length_m,
                "place {} is {} m along an edge of {} m", i + 1, places[i].offset_m, length_m);
        require(access_m.empty() || (access_m[i] >= 0 && std::isfinite(access_m[i])),
                "place {} is {} m from the network: not a distance", i + 1,
                access_m.empty() ? 0 : access_m[i]);
    }
}

Streets streets_of(const RouteNetwork& network, std::span<const EdgePlace> places,
                   std::span<const double> access_m)
{
    check(network, places, access_m);
    std::vector<std::pair<std::uint32_t, Way>> ways;
    ways.reserve(2 * network.edges());
    for (std::uint32_t e = 0; e < network.edges(); ++e) {
        ways.push_back({network.edge[e].from, {e, true}});
        ways.push_back({network.edge[e].to, {e, false}});
    }
    std::vector<std::pair<std::uint32_t, Site>> sites;
    sites.reserve(places.size());
    for (std::uint32_t i = 0; i < places.size(); ++i) {
        sites.push_back({places[i].edge, {places[i].offset_m, i}});
    }
    return {network, places, access_m, runs_by_key(std::move(ways), network.place_nodes),
            runs_by_key(std::move(sites), network.edges())};
}

/// Who was met within the band, and by which shortest way.
class WithinBand {
  public:
    WithinBand(std::size_t n, double band_m) : reach_m_(band_m * (1 + 1e-9)), best_m_(n, infinite) {}

    void begin() { met_.clear(); }
    [[nodiscard]] double reach_m() const { return reach_m_; }
    void meet(std::uint32_t place, double dist_m)
    {
        if (best_m_[place] == infinite) {
            met_.push_back(place);
        }
        best_m_[place] = std::min(best_m_[place], dist_m);
    }
    void take(std::vector<Linked>& row)
    {
        for (const std::uint32_t place : met_) {
            row.push_back({place, std::exchange(best_m_[place], infinite)});
        }
    }

  private:
    double reach_m_;
    std::vector<double> best_m_; ///< infinite but for those met
    std::vector<std::uint32_t> met_;
};

/// The k nearest met so far, by distance, then by number.
class NearestMet {
  public:
    explicit NearestMet(std::size_t k) : k_(k) {}

    void begin() { met_.clear(); }
    [[nodiscard]] double reach_m() const
    {
        if (met_.size() < k_) {
            return infinite;
        }
        return met_.back().first;
    }
    void meet(std::uint32_t place, double dist_m)
    {
        const std::pair candidate{dist_m, place};
        if (met_.size() == k_ && !(candidate < met_.back())) {
            return;
        }
        const auto same =
            std::find_if(met_.begin(), met_.end(), [place](const auto& one) { return one.second == place; });
        if (same != met_.end()) {
            if (!(candidate < *same)) {
                return;
            }
            met_.erase(same);
        }
        met_.insert(std::upper_bound(met_.begin(), met_.end(), candidate), candidate);
        if (met_.size() > k_) {
            met_.pop_back();
        }
    }
    void take(std::vector<Linked>& row) const
    {
        for (const auto& [dist_m, place] : met_) {
            row.push_back({place, dist_m});
        }
    }

  private:
    std::size_t k_;
    std::vector<std::pair<double, std::uint32_t>> met_;
};

/// Walks outwards from one place after the other, no farther than who is met allows.
template <typename Met>
class Walker {
  public:
    Walker(const Streets& streets, Met met)
        : streets_(streets), met_(std::move(met)), dist_m_(streets.network.place_nodes, infinite)
    {
    }

    void operator()(std::size_t i, std::vector<Linked>& row)
    {
        met_.begin();
        const EdgePlace from = streets_.places[i];
        const RouteEdge& edge = streets_.network.edge[from.edge];
        const double access_m = streets_.access(i);
        for (const Site& site : streets_.sites.of(from.edge)) {
            meet(i, site.place, access_m + std::abs(site.offset_m - from.offset_m));
        }
        reach(edge.from, access_m + from.offset_m);
        reach(edge.to, access_m + (edge.length_m - from.offset_m));
        while (!queue_.empty()) {
            std::pop_heap(queue_.begin(), queue_.end(), std::greater<>());
            const auto [dist_m, node] = queue_.back();
            queue_.pop_back();
            if (dist_m > met_.reach_m()) {
                break;
            }
            if (dist_m == dist_m_[node]) { // else it was reached by a shorter way since
                leave(i, node, dist_m);
            }
        }
        for (const std::uint32_t node : seen_) {
            dist_m_[node] = infinite;
        }
        seen_.clear();
        queue_.clear();
        met_.take(row);
    }

  private:
    void meet(std::size_t i, std::uint32_t place, double dist_m)
    {
        const double all_m = dist_m + streets_.access(place);
        if (place != i && all_m <= met_.reach_m()) {
            met_.meet(place, all_m);
        }
    }
    void reach(std::uint32_t node, double dist_m)
    {
        if (dist_m < dist_m_[node] && dist_m <= met_.reach_m()) {
            if (dist_m_[node] == infinite) {
                seen_.push_back(node);
            }
            dist_m_[node] = dist_m;
            queue_.emplace_back(dist_m, node);
            std::push_heap(queue_.begin(), queue_.end(), std::greater<>());
        }
    }
    void leave(std::size_t i, std::uint32_t node, double dist_m)
    {
        for (const Way way : streets_.ways.of(node)) {
            const RouteEdge& edge = streets_.network.edge[way.edge];
            for (const Site& site : streets_.sites.of(way.edge)) {
                meet(i, site.place, dist_m + (way.along ? site.offset_m : edge.length_m - site.offset_m));
            }
            reach(way.along ? edge.to : edge.from, dist_m + edge.length_m);
        }
    }

    const Streets& streets_;
    Met met_;
    std::vector<double> dist_m_; ///< from the place to each node; infinite where not seen
    std::vector<std::uint32_t> seen_;
    std::vector<std::pair<double, std::uint32_t>> queue_;
};

/// A way back is the same way, but its parts are added up in another order: both get the lower sum.
void same_both_ways(Weights& weights)
{
    std::vector<std::size_t> next(weights.size());
    for (std::size_t i = 0; i < weights.size(); ++i) {
        next[i] = weights.begin_of(i);
    }
    for (std::size_t i = 0; i < weights.size(); ++i) {
        for (std::size_t l = weights.begin_of(i); l < weights.end[i]; ++l) {
            const std::size_t j = weights.neighbour[l];
            std::size_t& back = next[j]; // rows are ascending, so the links back are met in their order
            while (back < weights.end[j] && weights.neighbour[back] < i) {
                ++back;
            }
            if (j > i && back < weights.end[j] && weights.neighbour[back] == i) {
                weights.weight[l] = weights.weight[back] = std::min(weights.weight[l], weights.weight[back]);
            }
        }
    }
}

} // namespace

Weights network_band(const RouteNetwork& network, std::span<const EdgePlace> places, double band_m,
                     std::span<const double> access_m)
{
    require(band_m > 0 && std::isfinite(band_m), "a band of {} m is not a positive distance", band_m);
    const Streets streets = streets_of(network, places, access_m);
    Weights weights = weights_by_row(places.size(), chunk, true,
                                     [&] { return Walker(streets, WithinBand(places.size(), band_m)); });
    same_both_ways(weights);
    return weights;
}

Weights network_nearest(const RouteNetwork& network, std::span<const EdgePlace> places, std::size_t k,
                        std::span<const double> access_m)
{
    require(k >= 1 && k < places.size(), "{} nearest neighbours need more than {} places; there are {}", k, k,
            places.size());
    const Streets streets = streets_of(network, places, access_m);
    return weights_by_row(places.size(), chunk, true, [&] { return Walker(streets, NearestMet(k)); });
}

} // namespace vigil
