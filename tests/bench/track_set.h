#pragma once

#include "kernels/route/match/sighting.h"
#include "libgeo/plane.h"
#include "libgeo/route_network.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace vigil::bench {

/// A GPS track whose true way is known, with the road network around it.
///
/// A folder of tracks in the format of Kubicka et al. has for each ID a folder ID with text files, values
/// separated by blanks, lines and nodes counted from 0:
///
///     ID.nodes   longitude latitude
///     ID.arcs    tail head, directed; anything may stand before them
///     ID.track   longitude latitude seconds
///     ID.route   line numbers of ID.arcs, as travelled
///
/// source   Kubicka, Cela, Moulin, Mounier & Niculescu (2015), Dataset for testing and training of
///          map-matching algorithms, IEEE IV, 1088-1093, doi 10.1109/ivs.2015.7225829; data: doi
///          10.5281/zenodo.57731
class KnownTrack {
  public:
    struct Arc {
        std::uint32_t tail = 0, head = 0;
    };
    struct Fix {
        LonLat at;
        double time_s = 0;
    };
    std::string id;
    std::vector<LonLat> node;
    std::vector<Arc> arc;
    std::vector<Fix> fix;
    std::vector<std::uint32_t> route; ///< arcs; of several alike the first, as in TrackNetwork

    /// throws   Error when a file is missing or a line of it cannot be read
    KnownTrack(const std::string& folder, std::string name);

    /// On a plane around the network, metres.
    [[nodiscard]] XY plane(LonLat at) const;
    [[nodiscard]] double length_m(std::uint32_t arc) const;
    [[nodiscard]] double distance_m(std::uint32_t arc, LonLat from) const;

    /// Fixes at least `interval_s` after the one before, the first one included.
    [[nodiscard]] std::vector<std::size_t> thinned(double interval_s) const;
    [[nodiscard]] std::vector<Sighting> sightings(const std::vector<std::size_t>& fixes) const;

  private:
    double metres_per_degree_lon_ = 0;
    void name_arcs_alike_by_the_first();
};

/// Sub-folders of a folder of tracks, or the identifiers listed in a file, ascending.
std::vector<std::string> track_ids(const std::string& folder, const std::string& list_file);

/// The network of a track, as vigil builds it: one line for each unordered pair of nodes, one-way when only
/// one of the two arcs is there. Lines are numbered from 1: their number is EdgePiece::source.
struct TrackNetwork {
    RouteNetwork network;
    std::vector<std::array<std::uint32_t, 2>> line; ///< arcs along and against the drawing, or no_index

    /// Nodes at one place are kept 1e-7 degrees apart, as they do not meet in the source.
    explicit TrackNetwork(const KnownTrack& track);

    /// What of an edge side is which arc: [begin_m, end_m) along the drawing of the edge, in the order of
    /// travel.
    struct ArcPart {
        std::uint32_t arc = no_index; ///< no_index: the other direction of a one-way street
        double begin_m = 0, end_m = 0;
    };
    [[nodiscard]] std::vector<ArcPart> arcs_of(EdgeSide side) const;
};

} // namespace vigil::bench
