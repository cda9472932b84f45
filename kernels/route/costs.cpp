#include "kernels/route/cost_unit.h"
#include "kernels/route/profile.h"
#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace vigil {

namespace {

const double closed = std::numeric_limits<double>::infinity();
constexpr double least_speed_kmh = 0.1;
constexpr double most_minutes = 1e5; ///< of one edge, some 69 days; more is no way
constexpr double most_unit = 0.01;   ///< of what half of the edges cost at most
constexpr double first_unit_minutes = 1.0 / 60000;
constexpr double most_units = 1U << 30U; ///< of any way, so that two of them stay below `unreachable`
constexpr std::size_t chunk = std::size_t{1} << 15U;

/// What a profile makes of a kind of edge.
struct KindCost {
    Vehicles forward = vehicle::none; ///< who of the profile's may go; none: closed
    Vehicles backward = vehicle::none;
    bool no_speed = false; ///< only edges without a length may be used
    double minutes_per_m_forward = 0;
    double minutes_per_m_backward = 0;
    double factor = 1;
    double added_minutes = 0;
    double barrier_minutes = 0; ///< added to edges without a length
};

/// The factors of a profile by key and value of tags.
class TagFactors {
  public:
    explicit TagFactors(const Profile& profile)
        : factor_(profile.tag_factor.begin(), profile.tag_factor.end())
    {
    }

    /// Of one tag "key=value"; nothing when the profile does not speak of it.
    [[nodiscard]] std::optional<double> of(std::string_view tag) const
    {
        auto at = factor_.find(tag);
        if (at == factor_.end()) {
            at = factor_.find(std::string(tag.substr(0, tag.find('='))) + "=*");
        }
        return at == factor_.end() ? std::nullopt : std::optional(at->second);
    }

  private:
    std::map<std::string, double, std::less<>> factor_;
};

/// Km/h of a class; nothing when it is not used.
std::optional<double> class_speed(const Profile& profile, std::string_view road_class)
{
    const auto at = std::find_if(profile.speed_kmh.begin(), profile.speed_kmh.end(),
                                 [&](const auto& speed) { return speed.first == road_class; });
    const double kmh = at == profile.speed_kmh.end() ? profile.default_speed_kmh : at->second;
    return kmh > 0 ? std::optional(kmh) : std::nullopt;
}

double minutes_per_m(const Profile& profile, double signposted_kmh, double class_kmh)
{
    const bool signposted = profile.use_signposted && signposted_kmh > 0;
    const double kmh =
        std::min(signposted ? signposted_kmh * profile.signposted_factor : class_kmh, profile.most_speed_kmh);
    return 60 / (1000 * std::max(kmh, least_speed_kmh));
}

KindCost cost_of_kind(const RouteNetwork& network, const EdgeKind& kind, const Profile& profile,
                      const TagFactors& factors)
{
    KindCost cost;
    cost.factor = profile.mode_factor[static_cast<std::size_t>(kind.mode)];
    cost.added_minutes = kind.border != 0 ? profile.border_minutes : 0;
    bool barrier = false;
    for (std::uint32_t t = kind.tags_begin; t < kind.tags_end; ++t) {
        const std::string_view tag = network.text(network.tag[t]);
        cost.factor *= factors.of(tag).value_or(1);
        barrier = barrier || tag.starts_with("barrier=");
    }
    if (!(cost.factor > 0)) {
        return cost; // closed
    }
    const Vehicles who = profile.vehicles_of(kind.mode);
    cost.forward = kind.forward & who;
    cost.backward = kind.backward & who;
    cost.barrier_minutes = barrier && kind.border == 0 ? profile.barrier_minutes : 0;
    if (kind.mode == Mode::transfer) { // its minutes are those of getting there
        cost.added_minutes += profile.transfer_minutes;
        return cost;
    }
    const std::optional<double> kmh = class_speed(profile, network.text(kind.road_class));
    cost.no_speed = !kmh;
    cost.minutes_per_m_forward = minutes_per_m(profile, kind.speed_forward_kmh, kmh.value_or(0));
    cost.minutes_per_m_backward = minutes_per_m(profile, kind.speed_backward_kmh, kmh.value_or(0));
    return cost;
}

std::vector<KindCost> costs_of_kinds(const RouteNetwork& network, const Profile& profile)
{
    const TagFactors factors(profile);
    std::vector<KindCost> costs;
    costs.reserve(network.kind.size());
    for (const EdgeKind& kind : network.kind) {
        costs.push_back(cost_of_kind(network, kind, profile, factors));
    }
    return costs;
}

void require_areas(const RouteNetwork& network, const std::vector<AreaFactor>& areas)
{
    for (const AreaFactor& area : areas) {
        require(area.inside.size() == network.edges(), "an area has shares of {} edges, the network {}",
                area.inside.size(), network.edges());
        require(std::isfinite(area.factor) && area.factor > 0, "the factor of an area is {}; it must be > 0",
                area.factor);
        const bool shares = std::all_of(area.inside.begin(), area.inside.end(),
                                        [](double share) { return share >= 0 && share <= 1; });
        require(shares, "the share of an edge inside an area is outside 0..1");
    }
}

double side_minutes(const RouteEdge& edge, const KindCost& kind, bool backward, double area_factor)
{
    if ((backward ? kind.backward : kind.forward) == vehicle::none || (kind.no_speed && edge.length_m > 0)) {
        return closed;
    }
    const double per_m = backward ? kind.minutes_per_m_backward : kind.minutes_per_m_forward;
    const double travel =
        std::isnan(edge.minutes) ? edge.length_m * per_m : static_cast<double>(edge.minutes);
    const double added = kind.added_minutes + (edge.length_m > 0 ? 0 : kind.barrier_minutes);
    const double minutes = travel * kind.factor * area_factor + added;
    return minutes <= most_minutes ? minutes : closed;
}

std::vector<double> minutes_of_sides(const RouteNetwork& network, std::span<const KindCost> kinds,
                                     const std::vector<AreaFactor>& areas)
{
    std::vector<double> minutes(std::size_t{2} * network.edges());
    parallel_chunks(network.edges(), chunk, [&](std::size_t begin, std::size_t end) {
        for (std::size_t e = begin; e < end; ++e) {
            double area_factor = 1;
            for (const AreaFactor& area : areas) {
                area_factor *= 1 + area.inside[e] * (area.factor - 1);
            }
            const RouteEdge& edge = network.edge[e];
            minutes[2 * e] = side_minutes(edge, kinds[edge.kind], false, area_factor);
            minutes[2 * e + 1] = side_minutes(edge, kinds[edge.kind], true, area_factor);
        }
    });
    return minutes;
}

/// Whether somebody of the profile may travel an arc, bans considered.
bool is_open(const RouteNetwork& network, std::span<const KindCost> kinds, std::size_t arc)
{
    const EdgeSide side = network.arc_side[arc];
    const KindCost& kind = kinds[network.edge[edge_of(side)].kind];
    const Vehicles who = is_backward(side) ? kind.backward : kind.forward;
    return (who & ~network.arc_closed[arc]) != 0;
}

std::vector<double> minutes_of_arcs(const RouteNetwork& network, std::span<const KindCost> kinds,
                                    std::span<const double> of_sides)
{
    std::vector<double> minutes(network.arcs());
    parallel_chunks(network.arcs(), chunk, [&](std::size_t begin, std::size_t end) {
        for (std::size_t a = begin; a < end; ++a) {
            minutes[a] = is_open(network, kinds, a) ? of_sides[network.arc_side[a]] : closed;
        }
    });
    return minutes;
}

/// A sum that no loopless way reaches: the dearest arc out of every node. Far too much for a large network,
/// but quick.
double plain_bound(GraphView graph, std::span<const double> minutes)
{
    double sum = 0;
    for (std::uint32_t v = 0; v < graph.nodes(); ++v) {
        double most = 0;
        for (std::uint32_t a = graph.first_out[v]; a < graph.first_out[v + 1]; ++a) {
            most = std::isinf(minutes[a]) ? most : std::max(most, minutes[a]);
        }
        sum += most;
    }
    return sum;
}

/// The dearest side that is open, or none.
std::size_t dearest_side(std::span<const double> of_sides)
{
    std::size_t dearest = of_sides.size();
    for (std::size_t i = 0; i < of_sides.size(); ++i) {
        if (!std::isinf(of_sides[i]) && (dearest == of_sides.size() || of_sides[i] > of_sides[dearest])) {
            dearest = i;
        }
    }
    return dearest;
}

/// What half of the open sides that cost something cost at most.
double median_minutes(std::span<const double> of_sides)
{
    std::vector<double> open;
    std::copy_if(of_sides.begin(), of_sides.end(), std::back_inserter(open),
                 [](double minutes) { return minutes > 0 && !std::isinf(minutes); });
    if (open.empty()) {
        return 0;
    }
    const auto middle = open.begin() + static_cast<std::ptrdiff_t>(open.size() / 2);
    std::nth_element(open.begin(), middle, open.end());
    return *middle;
}

/// The class and tags of an edge, for messages.
std::string told(const RouteNetwork& network, const EdgeKind& kind)
{
    const std::string_view road_class = network.text(kind.road_class);
    std::string text(road_class.empty() ? name_of(kind.mode) : road_class);
    for (std::uint32_t t = kind.tags_begin; t < kind.tags_end; ++t) {
        text.append(", ").append(network.text(network.tag[t]));
    }
    return text;
}

/// A unit that most edges cost too few of would make their sums wrong.
void require_fine(const RouteNetwork& network, std::span<const double> of_sides, double unit)
{
    const double median = median_minutes(of_sides);
    if (unit > first_unit_minutes && unit > most_unit * median) {
        const std::size_t dearest = dearest_side(of_sides);
        fail(
            ExitCode::input,
            "costs are too far apart to be added up: the dearest edge ({}) takes {:.6g} minutes, half of all "
            "at most {:.2g} minutes; lower the factor, minutes or area that makes it dear, or write no to "
            "close it",
            told(network, network.kind_of(edge_of(static_cast<EdgeSide>(dearest)))), of_sides[dearest],
            median);
    }
}

/// The least unit in which any way, with a part of an edge at both ends, stays below most_units. Rounding
/// adds at most one unit for every arc of the two trees that the bound is made of.
double unit_for(const RouteNetwork& network, std::span<const double> of_sides,
                std::span<const double> of_arcs)
{
    const std::size_t side = dearest_side(of_sides);
    const double dearest = side < of_sides.size() ? of_sides[side] : 0;
    const double rounding = std::min(2.0 * network.nodes() + 2, most_units / 4);
    const auto fits = [&](double minutes, double unit) {
        return (minutes + 2 * dearest) / unit + rounding < most_units;
    };
    double unit = first_unit_minutes;
    if (fits(plain_bound(network.graph(), of_arcs), unit)) {
        return unit;
    }
    const double bound =
        bound_of_ways(network.graph(), network.first_in.span(), network.in_arc.span(), of_arcs);
    for (int tens = 0; tens < 12 && !fits(bound, unit); ++tens) {
        unit *= 10;
    }
    require_fine(network, of_sides, unit);
    return unit;
}

std::vector<Weight> weights_of(std::span<const double> minutes, double unit)
{
    std::vector<Weight> weights(minutes.size());
    parallel_chunks(minutes.size(), chunk, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            const double units = std::min<double>(std::round(minutes[i] / unit), unreachable);
            weights[i] = minutes[i] > 0 ? std::max<Weight>(static_cast<Weight>(units), 1) : 0;
        }
    });
    return weights;
}

} // namespace

Costs costs_of(const RouteNetwork& network, const Profile& profile, const std::vector<AreaFactor>& areas)
{
    require_areas(network, areas);
    const std::vector<KindCost> kinds = costs_of_kinds(network, profile);
    const std::vector<double> of_sides = minutes_of_sides(network, kinds, areas);
    const std::vector<double> of_arcs = minutes_of_arcs(network, kinds, of_sides);
    const bool any =
        std::any_of(of_arcs.begin(), of_arcs.end(), [](double minutes) { return !std::isinf(minutes); });
    require(
        any,
        "nothing of the network can be travelled under the profile {}; look at its vehicle, mode and speed "
        "lines, or take another profile",
        profile.name);
    Costs costs;
    costs.unit_minutes = unit_for(network, of_sides, of_arcs);
    costs.of_side = weights_of(of_sides, costs.unit_minutes);
    costs.of_arc = weights_of(of_arcs, costs.unit_minutes);
    return costs;
}

std::vector<std::uint8_t> usable_edges(const RouteNetwork& network, const Costs& costs)
{
    std::vector<std::uint8_t> usable(network.edges());
    for (std::size_t e = 0; e < usable.size(); ++e) {
        usable[e] = costs.of_side[2 * e] < unreachable || costs.of_side[2 * e + 1] < unreachable ? 1 : 0;
    }
    return usable;
}

Weight part_weight(Weight full, double share)
{
    if (full >= unreachable) {
        return unreachable;
    }
    const double inside = share > 0 ? std::min(share, 1.0) : 0; // also when it is no number
    return static_cast<Weight>(std::lround(static_cast<double>(full) * inside));
}

} // namespace vigil
