#include "tests/bench/track_score.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace vigil::bench {

namespace {

/// Adds the arcs of one side of a way. `begins`, `ends`: the route does so on this side.
void add_arcs(const TrackNetwork& network, EdgeSide side, TravelledPart part, bool begins, bool ends,
              ArcCounts& counts)
{
    const auto holds = [](const TrackNetwork::ArcPart& arc, double offset_m) {
        return offset_m >= arc.begin_m - 1e-6 && offset_m <= arc.end_m + 1e-6;
    };
    const double low_m = std::min(part.from_m, part.to_m);
    const double high_m = std::max(part.from_m, part.to_m);
    for (const TrackNetwork::ArcPart& arc : network.arcs_of(side)) {
        const double travelled_m = std::min(high_m, arc.end_m) - std::max(low_m, arc.begin_m);
        if (travelled_m >= (arc.end_m - arc.begin_m) / 2 || (begins && holds(arc, part.from_m)) ||
            (ends && holds(arc, part.to_m))) {
            ++counts[arc.arc];
        }
    }
}

} // namespace

ArcCounts arcs_of_route(const TrackNetwork& network, const MatchedRoute& route)
{
    ArcCounts counts;
    for (std::size_t s = 0; s < route.stretches.size(); ++s) {
        const RouteWay& way = route.stretches[s].way;
        for (std::size_t i = 0; i < way.sides.size(); ++i) {
            const bool begins = s == 0 && i == 0;
            const bool ends = s + 1 == route.stretches.size() && i + 1 == way.sides.size();
            add_arcs(network, way.sides[i], travelled_part(network.network, way, i), begins, ends, counts);
        }
    }
    counts.erase(no_index);
    return counts;
}

void RouteScore::add(const KnownTrack& track, const ArcCounts& matched)
{
    ArcCounts truth;
    for (const std::uint32_t arc : track.route) {
        ++truth[arc];
    }
    for (const auto& [arc, times] : truth) {
        truth_m_ += static_cast<double>(times) * track.length_m(arc);
        const auto found = matched.find(arc);
        if (found != matched.end()) {
            correct_m_ += static_cast<double>(std::min(times, found->second)) * track.length_m(arc);
        }
    }
    for (const auto& [arc, times] : matched) {
        matched_m_ += static_cast<double>(times) * track.length_m(arc);
    }
    lost_ += matched.empty() ? 1U : 0U;
}

std::vector<std::size_t> places_on_route(const KnownTrack& track)
{
    constexpr double slack_m = 400;      // a fix is at most this much ahead of the one before ...
    constexpr double most_m_per_s = 60;  // ... and this for every second
    constexpr double price_of_way = .05; // a fix off the road must not pull the place far ahead
    std::vector<std::size_t> places;
    std::size_t place = 0;
    double time_s = track.fix.front().time_s;
    for (const KnownTrack::Fix& fix : track.fix) {
        const double reach_m = slack_m + most_m_per_s * (fix.time_s - time_s);
        double least = track.distance_m(track.route[place], fix.at);
        std::size_t nearest = place;
        double ahead_m = 0;
        for (std::size_t i = place + 1; i < track.route.size() && ahead_m < reach_m; ++i) {
            ahead_m += track.length_m(track.route[i]);
            const double cost = track.distance_m(track.route[i], fix.at) + price_of_way * ahead_m;
            if (cost < least - 1) {
                least = cost;
                nearest = i;
            }
        }
        place = nearest;
        time_s = fix.time_s;
        places.push_back(place);
    }
    return places;
}

void Calibration::add_probability(double probability, bool is_true, double length_m)
{
    const auto count = static_cast<double>(bins_.size());
    Bin& bin = bins_[static_cast<std::size_t>(std::min(probability * count, count - 1))];
    bin.length_m += length_m;
    bin.stated_m += length_m * probability;
    bin.true_m += is_true ? length_m : 0;
}

void Calibration::add(const KnownTrack& track, const TrackNetwork& network, const CaseMatch& found,
                      std::size_t from, std::size_t to)
{
    const auto arc_at = [&](std::size_t i) {
        return track.route.begin() + static_cast<std::ptrdiff_t>(i);
    };
    const std::set<std::uint32_t> travelled(track.route.begin(), track.route.end());
    const std::set<std::uint32_t> truth(arc_at(from), arc_at(to + 1));
    double truth_m = 0;
    for (const std::uint32_t arc : truth) {
        truth_m += track.length_m(arc);
    }
    if (truth_m < 200) {
        return;
    }
    std::set<std::uint32_t> corridor;
    for (const EdgeProbability& edge : found.edges) {
        for (const TrackNetwork::ArcPart& part : network.arcs_of(edge.side)) {
            if (part.arc == no_index) {
                continue;
            }
            if (edge.probability >= found.corridor_p) {
                corridor.insert(part.arc);
            }
            const bool is_true = truth.contains(part.arc);
            if (part.arc != *arc_at(from) && part.arc != *arc_at(to) &&
                is_true == (travelled.contains(part.arc))) {
                add_probability(edge.probability, is_true, track.length_m(part.arc));
            }
        }
    }
    double outside_m = 0;
    for (std::size_t i = from + 1; i < to; ++i) {
        outside_m += corridor.contains(track.route[i]) ? 0 : track.length_m(track.route[i]);
    }
    ++cases_;
    held_ += outside_m <= 20 ? 1U : 0U;
}

double Calibration::expected_error() const
{
    double error_m = 0;
    double length_m = 0;
    for (const Bin& bin : bins_) {
        error_m += std::fabs(bin.stated_m - bin.true_m);
        length_m += bin.length_m;
    }
    return error_m / length_m;
}

double Calibration::held_share() const
{
    return static_cast<double>(held_) / static_cast<double>(cases_);
}

} // namespace vigil::bench
