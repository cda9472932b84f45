#include "kernels/route/match/candidates.h"

#include "kernels/earth.h"
#include "kernels/route/match/vague_places.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <mutex>
#include <optional>

namespace vigil {

namespace {

/// Edges kept of those that are farther than reach.
constexpr std::size_t far_edges = 4;

void check(const RouteNetwork& network, std::span<const std::uint8_t> usable, std::span<const float> prior,
           const CandidateOptions& options)
{
    require(usable.empty() || usable.size() == network.edges(), "{} flags for {} edges to match to",
            usable.size(), network.edges());
    require(prior.empty() || prior.size() == network.edges(), "{} prior weights for {} edges", prior.size(),
            network.edges());
    for (const float one : prior) {
        require(one >= 0 && std::isfinite(one), "prior weight {} of an edge is not 0 or more", one);
    }
    require(options.reach_sigmas >= 0 && options.least_reach_m >= 0 && options.far_reach_m >= 0,
            "reaches of {} sigmas, {} m and {} m are not 0 or more", options.reach_sigmas,
            options.least_reach_m, options.far_reach_m);
    require(options.most_edges > 0 && options.most_places > 0,
            "{} edges and {} places to keep of a sighting: must be 1 or more", options.most_edges,
            options.most_places);
}

} // namespace

struct CandidateFinder::Index {
    Index(const RouteNetwork& of, std::span<const std::uint8_t> flags, std::span<const float> weights,
          const CandidateOptions& wanted)
        : network(of), options(wanted), usable(flags.begin(), flags.end()),
          prior(weights.begin(), weights.end()), snapper(of, flags)
    {
    }

    [[nodiscard]] std::vector<Candidate> precise(LonLat place, double sigma_m, double reach_m) const;
    [[nodiscard]] std::vector<Candidate> vague(LonLat place, double sigma_m, double reach_m) const;
    [[nodiscard]] const VaguePlaces& vague_places() const;

    const RouteNetwork& network;
    CandidateOptions options;
    std::vector<std::uint8_t> usable;
    std::vector<float> prior;
    EdgeSnapper snapper;
    mutable std::once_flag first_vague; ///< most cases of GPS fixes never need the stretches
    mutable std::optional<VaguePlaces> stretches;
};

/// Built by one thread alone: a thread that waits for help with it might meet its own lock again.
const VaguePlaces& CandidateFinder::Index::vague_places() const
{
    std::call_once(first_vague, [this] { stretches.emplace(network, usable, prior); });
    return *stretches;
}

std::vector<Candidate> CandidateFinder::Index::precise(LonLat place, double sigma_m, double reach_m) const
{
    std::vector<SnapCandidate> near = snapper.candidates(place, options.most_edges, reach_m);
    if (near.empty()) {
        near = snapper.candidates(place, far_edges, std::max(options.far_reach_m, reach_m));
    }
    std::sort(near.begin(), near.end(), [](const SnapCandidate& a, const SnapCandidate& b) {
        return a.place.edge < b.place.edge; // each has one place
    });
    std::vector<Candidate> result;
    result.reserve(near.size());
    for (const SnapCandidate& one : near) {
        const double sigmas = one.distance_m / sigma_m;
        result.push_back({one.place, one.at, one.distance_m, -sigmas * sigmas / 2});
    }
    return result;
}

std::vector<Candidate> CandidateFinder::Index::vague(LonLat place, double sigma_m, double reach_m) const
{
    const XYZ centre = earth_centred(place);
    std::vector<Candidate> result;
    for (const VaguePlaces::Place& one : vague_places().find(place, sigma_m, reach_m, options.most_places)) {
        const LonLat at = lon_lat_at(network, one.place);
        result.push_back({one.place, at, arc_of_chord_m(chord_m(centre, earth_centred(at))), one.log_weight});
    }
    return result;
}

CandidateFinder::CandidateFinder(const RouteNetwork& network, std::span<const std::uint8_t> usable,
                                 std::span<const float> prior, const CandidateOptions& options)
{
    check(network, usable, prior, options);
    index_ = std::make_unique<const Index>(network, usable, prior, options);
}

CandidateFinder::~CandidateFinder() = default;
CandidateFinder::CandidateFinder(CandidateFinder&&) noexcept = default;
CandidateFinder& CandidateFinder::operator=(CandidateFinder&&) noexcept = default;

std::vector<Candidate> CandidateFinder::find(LonLat place, double sigma_m) const
{
    require(std::isfinite(place.lon_deg) && std::abs(place.lat_deg) <= 90,
            "a sighting is not at a place on Earth");
    require(sigma_m > 0, "a sighting's sigma of {} m is not above 0", sigma_m);
    const CandidateOptions& options = index_->options;
    const double reach_m = std::max(options.reach_sigmas * sigma_m, options.least_reach_m);
    if (sigma_m >= options.vague_sigma_m) {
        std::vector<Candidate> places = index_->vague(place, sigma_m, reach_m);
        if (!places.empty()) {
            return places;
        }
    }
    return index_->precise(place, sigma_m, reach_m);
}

} // namespace vigil
