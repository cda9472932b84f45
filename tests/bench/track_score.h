#pragma once

#include "kernels/route/match/matcher.h"
#include "tests/bench/track_set.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace vigil::bench {

/// How often each arc of a track's network is travelled.
using ArcCounts = std::map<std::uint32_t, std::size_t>;

/// The arcs of a matched route: those of which it travels half or more, and the two on which it begins and
/// ends, as the true way has whole arcs.
ArcCounts arcs_of_route(const TrackNetwork& network, const MatchedRoute& route);

/// Lengths of directed arcs, each as often as it is travelled, over the tracks that were added.
class RouteScore {
  public:
    void add(const KnownTrack& track, const ArcCounts& matched);

    [[nodiscard]] std::size_t lost() const { return lost_; } ///< tracks for which nothing was found
    [[nodiscard]] double recall() const { return correct_m_ / truth_m_; }
    [[nodiscard]] double precision() const { return correct_m_ / matched_m_; } ///< NaN with nothing matched
    /// Route mismatch fraction: (missed + extra length) / true length.
    /// source   Newson & Krumm (2009), Hidden Markov map matching through noise and sparseness, ACM GIS
    [[nodiscard]] double mismatch() const { return (truth_m_ + matched_m_ - 2 * correct_m_) / truth_m_; }

  private:
    double truth_m_ = 0, matched_m_ = 0, correct_m_ = 0;
    std::size_t lost_ = 0;
};

/// Where on the true way each fix was taken: indices into track.route, not falling. Every fix of the track
/// goes to the nearest arc ahead, where a metre of way counts as a further 5 cm of distance, so that a way
/// that passes a place twice is not cut short.
std::vector<std::size_t> places_on_route(const KnownTrack& track);

/// Whether edge probabilities and corridors hold what they say, by short cases that are cut out of tracks.
class Calibration {
  public:
    static constexpr std::size_t sightings_of_case = 4;

    /// What was found for the sightings that were taken on arcs `from` to `to` of the true way (indices into
    /// track.route). Cases of less than 200 m are passed over.
    void add(const KnownTrack& track, const TrackNetwork& network, const CaseMatch& found, std::size_t from,
             std::size_t to);

    /// Expected calibration error: the mean of |stated - true share| over 20 bins of probability, weighted
    /// by length. Arcs with no draw at all do not count; nor do those where the case begins and ends, and
    /// those travelled by the same track outside the case, as nobody knows which belong to it.
    [[nodiscard]] double expected_error() const;
    /// Of cases whose corridor holds the true way, but for 20 m: where a sighting was taken is not known
    /// better.
    [[nodiscard]] double held_share() const;
    [[nodiscard]] std::size_t cases() const { return cases_; }

  private:
    struct Bin {
        double length_m = 0, stated_m = 0, true_m = 0;
    };
    void add_probability(double probability, bool is_true, double length_m);
    std::array<Bin, 20> bins_{};
    std::size_t cases_ = 0, held_ = 0;
};

} // namespace vigil::bench
