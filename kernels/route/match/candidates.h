#pragma once

#include "kernels/route/edge_snapper.h"
#include "libgeo/route_network.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace vigil {

/// Where on the network somebody may have been who was seen at some place.
struct Candidate {
    EdgePlace place;
    LonLat at;
    double distance_m = 0;
    double log_weight = 0; ///< ln of the likelihood of the sighting there, up to a constant of the sighting
};

struct CandidateOptions {
    double reach_sigmas = 2.5;    ///< edges farther than this many sigmas are not considered ...
    double least_reach_m = 80;    ///< ... but all that are nearer than this are ...
    double far_reach_m = 300;     ///< ... and, if there are none, the four nearest within this
    std::size_t most_edges = 16;  ///< nearest ones kept of a precise sighting
    std::size_t most_places = 64; ///< places that stand for a vague one
    double vague_sigma_m = 150;   ///< from this sigma on a sighting is vague
};

/// Finds the candidates of sightings.
///
/// A precise sighting (a GPS fix, an address) may be at the nearest place of each edge within reach, with the
/// normal density of the distance d: log_weight = -d^2 / (2 sigma^2).
///
/// A vague one (a town, a district) may be anywhere along the edges within reach. The measure
///
///     prior(edge) exp(-d^2 / (2 sigma^2)) ds
///
/// over them is represented by at most `most_places` places: cut into that many parts of equal mass along a
/// Hilbert curve, with the place at the middle of the mass of each part. All have the same log_weight, 0.
/// What is cut are stretches of equal length of an edge, at most 100 m each, that count from their middles.
/// When there are no more stretches than places, each has its middle and ln(mass / largest mass). Where the
/// prior is 0 all over, length alone counts. Edges of no length have no mass. With no middle of a stretch
/// within reach a vague sighting is taken as a precise one.
///
/// Distances are EdgeSnapper's. Candidates are ordered by edge, then offset.
///
/// cost   to build, that of an EdgeSnapper; the first vague sighting sorts all stretches. A precise one takes
///        some 5 us with 11 candidates; a vague one some 20 ns for each stretch within reach
class CandidateFinder {
  public:
    /// usable   one flag per edge, or empty for all
    /// prior    weight of each edge per metre, >= 0, for vague sightings; or empty: all alike
    /// The network must outlive this; flags and weights are copied.
    /// throws   Error when there is not one value for each edge, or an option makes no sense
    CandidateFinder(const RouteNetwork& network, std::span<const std::uint8_t> usable,
                    std::span<const float> prior, const CandidateOptions& options = {});
    ~CandidateFinder();
    CandidateFinder(CandidateFinder&&) noexcept;
    CandidateFinder& operator=(CandidateFinder&&) noexcept;
    CandidateFinder(const CandidateFinder&) = delete;
    CandidateFinder& operator=(const CandidateFinder&) = delete;

    /// Empty when nothing is within reach. Safe to call from several threads.
    /// sigma_m   may be larger than the network, even infinite: then the prior alone decides
    /// throws    Error when the place is not on Earth or sigma is not above 0
    [[nodiscard]] std::vector<Candidate> find(LonLat place, double sigma_m) const;

  private:
    struct Index;
    std::unique_ptr<const Index> index_;
};

} // namespace vigil
