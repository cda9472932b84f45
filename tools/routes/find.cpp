#include "tools/routes/find.h"

#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <tbb/enumerable_thread_specific.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace vigil::tools {

namespace {

using Places = std::span<const std::optional<EdgePlace>>;

RouteCase case_of(const RouteEnds& ends, std::string id, std::size_t from, std::optional<std::size_t> to)
{
    RouteCase one{std::move(id), ends.from_id[from], to ? ends.to_id[*to] : std::string(), {from}};
    if (to) {
        one.stops.push_back(ends.from.size() + *to);
    }
    return one;
}

/// Origins whose costs are worked out together.
constexpr std::size_t origins_at_once = 512;

/// The costs of a block of origins: rows of equal length.
class CostRows {
  public:
    CostRows(const LegNetwork& network, Places to)
        : network_(network), to_(to), targets_(metric(), ends_of(to))
    {
    }

    /// row[i * destinations + j]
    void work_out(Places from, std::vector<Weight>& row)
    {
        row.resize(from.size() * to_.size());
        constexpr std::size_t lanes = DistanceSearch::lanes;
        parallel_chunks(from.size(), lanes, [&](std::size_t begin, std::size_t end) {
            std::vector<std::vector<Seed>> starts;
            for (const auto& place : from.subspan(begin, end - begin)) {
                starts.push_back(place ? seeds_of(network_.ends(0).leaving(*place)) : std::vector<Seed>());
            }
            const auto rows = std::span(row).subspan(begin * to_.size(), (end - begin) * to_.size());
            searches_.local().run(starts, rows);
            for (std::size_t i = begin; i < end; ++i) {
                lower_to_direct(from[i], rows.subspan((i - begin) * to_.size(), to_.size()));
            }
        });
    }

  private:
    [[nodiscard]] const CustomisedHierarchy& metric() const
    {
        require(network_.metric() != nullptr, "a table of costs needs the elimination order of the network");
        return *network_.metric();
    }
    [[nodiscard]] std::vector<std::vector<Seed>> ends_of(Places to) const
    {
        std::vector<std::vector<Seed>> ends;
        for (const auto& place : to) {
            ends.push_back(place ? seeds_of(network_.ends(0).arriving(*place)) : std::vector<Seed>());
        }
        return ends;
    }
    /// The cost along the one edge both places are on, or over nodes, whichever is less.
    void lower_to_direct(const std::optional<EdgePlace>& from, std::span<Weight> row) const
    {
        for (std::size_t j = 0; from && j < to_.size(); ++j) {
            if (to_[j] && from->edge == to_[j]->edge) {
                row[j] = std::min(row[j], network_.ends(0).direct(*from, *to_[j]).weight);
            }
        }
    }

    const LegNetwork& network_;
    Places to_;
    DistanceTargets targets_;
    tbb::enumerable_thread_specific<DistanceSearch> searches_{[this] {
        return DistanceSearch(targets_);
    }};
};

/// Calls visit(origin, its row) for every origin in its order.
template <typename Visit>
void for_weight_rows(const LegNetwork& network, Places from, Places to, const Visit& visit)
{
    CostRows rows(network, to);
    std::vector<Weight> block;
    for (std::size_t begin = 0; begin < from.size(); begin += origins_at_once) {
        const Places origins = from.subspan(begin, std::min(origins_at_once, from.size() - begin));
        rows.work_out(origins, block);
        for (std::size_t i = 0; i < origins.size(); ++i) {
            visit(begin + i, std::span<const Weight>(block).subspan(i * to.size(), to.size()));
        }
    }
}

} // namespace

std::vector<RouteCase> cases_of(const RouteEnds& ends, Joining joining,
                                const std::vector<std::optional<std::size_t>>& nearest_to)
{
    std::vector<RouteCase> cases;
    const std::size_t n = ends.from.size();
    switch (joining) {
    case Joining::pairs:
        for (std::size_t i = 0; i < n; ++i) {
            cases.push_back(case_of(ends, ends.case_id[i], i, i));
        }
        break;
    case Joining::stops:
        for (std::size_t c = 0; c < ends.case_id.size(); ++c) {
            RouteCase one{ends.case_id[c],
                          ends.from_id[ends.case_begin[c]],
                          ends.from_id[ends.case_begin[c + 1] - 1],
                          {}};
            for (std::size_t k = ends.case_begin[c]; k < ends.case_begin[c + 1]; ++k) {
                one.stops.push_back(k);
            }
            cases.push_back(std::move(one));
        }
        break;
    case Joining::nearest:
        for (std::size_t i = 0; i < n; ++i) {
            cases.push_back(case_of(ends, fmt::format("{}", i + 1), i, nearest_to[i]));
        }
        break;
    case Joining::all:
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j < ends.to.size(); ++j) {
                cases.push_back(case_of(ends, fmt::format("{}", cases.size() + 1), i, j));
            }
        }
        break;
    }
    return cases;
}

std::vector<std::optional<std::size_t>> nearest_ends(const LegNetwork& network, Places from, Places to)
{
    std::vector<std::optional<std::size_t>> nearest(from.size());
    for_weight_rows(network, from, to, [&](std::size_t i, std::span<const Weight> row) {
        const auto least = std::min_element(row.begin(), row.end());
        if (least != row.end() && *least < unreachable) {
            nearest[i] = static_cast<std::size_t>(least - row.begin());
        }
    });
    return nearest;
}

void for_cost_rows(const LegNetwork& network, Places from, Places to,
                   const std::function<void(std::size_t origin, std::span<const double> minutes)>& visit)
{
    const double unit = network.scenarios().front().costs.unit_minutes;
    std::vector<double> minutes(to.size());
    for_weight_rows(network, from, to, [&](std::size_t i, std::span<const Weight> row) {
        std::transform(row.begin(), row.end(), minutes.begin(),
                       [&](Weight weight) { return weight < unreachable ? weight * unit : std::nan(""); });
        visit(i, minutes);
    });
}

std::vector<std::vector<Journey>> find_journeys(const LegNetwork& network,
                                                const std::vector<RouteCase>& cases, Places places,
                                                const LegOptions& options, const Progress& progress)
{
    std::vector<std::vector<Journey>> found(cases.size());
    tbb::enumerable_thread_specific<LegFinder> finders([&] { return LegFinder(network, options); });
    SharedProgress done(progress, cases.size());
    parallel_chunks(cases.size(), 4, [&](std::size_t begin, std::size_t end) {
        LegFinder& finder = finders.local();
        for (std::size_t c = begin; c < end; ++c) {
            const std::vector<std::size_t>& stops = cases[c].stops;
            std::vector<std::vector<LegWay>> legs;
            for (std::size_t k = 1; k < stops.size(); ++k) {
                const auto& from = places[stops[k - 1]];
                const auto& to = places[stops[k]];
                legs.push_back(from && to ? finder.find(*from, *to) : std::vector<LegWay>());
            }
            if (!legs.empty()) {
                found[c] = combine_legs(legs, options.most);
            }
        }
        done.add(end - begin);
    });
    return found;
}

} // namespace vigil::tools
