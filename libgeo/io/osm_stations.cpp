#include "libgeo/io/osm_stations.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace vigil::io {

namespace {

constexpr double metres_per_unit = 6371008.8 * std::numbers::pi / 180 * 1e-7; // of latitude, mean Earth

enum Served : std::uint8_t { by_rail = 1, by_ferry = 2 };

/// What serves each vertex.
std::vector<std::uint8_t> served(const Ways& ways)
{
    std::vector<std::uint8_t> result(ways.vertex.size(), 0);
    for (const Way& way : ways.ways) {
        const Mode mode = ways.kinds[way.kind].mode;
        const int service = mode == Mode::rail ? by_rail : mode == Mode::ferry ? by_ferry : 0;
        if (service != 0) {
            for (std::size_t i = way.vertex_begin; i < way.vertex_end; ++i) {
                result[ways.along[i]] |= static_cast<std::uint8_t>(service);
            }
        }
    }
    return result;
}

/// Good enough for a few hundred metres.
double distance_m(FixedLonLat a, FixedLonLat b)
{
    const double north = static_cast<double>(b.lat) - a.lat;
    const double east =
        (static_cast<double>(b.lon) - a.lon) * std::cos(to_lon_lat(a).lat_deg * std::numbers::pi / 180);
    return std::hypot(north, east) * metres_per_unit;
}

/// Vertices of railways in the order of latitude.
class Tracks {
  public:
    explicit Tracks(const Ways& ways, const std::vector<std::uint8_t>& service) : ways_(ways)
    {
        for (std::uint32_t v = 0; v < service.size(); ++v) {
            if ((service[v] & by_rail) != 0) {
                by_lat_.push_back(v);
            }
        }
        std::stable_sort(by_lat_.begin(), by_lat_.end(), [&](std::uint32_t a, std::uint32_t b) {
            return ways.vertex[a].lat < ways.vertex[b].lat;
        });
    }

    /// no_index when none is near enough
    [[nodiscard]] std::uint32_t nearest(FixedLonLat place) const
    {
        const double reach = station_beside_m / metres_per_unit;
        auto at = std::lower_bound(by_lat_.begin(), by_lat_.end(), place.lat - reach,
                                   [&](std::uint32_t v, double lat) { return ways_.vertex[v].lat < lat; });
        std::uint32_t best = no_index;
        double best_m = station_beside_m;
        for (; at != by_lat_.end() && ways_.vertex[*at].lat <= place.lat + reach; ++at) {
            const double m = distance_m(place, ways_.vertex[*at]);
            if (m < best_m || (m == best_m && *at < best)) {
                best = *at;
                best_m = m;
            }
        }
        return best;
    }

  private:
    const Ways& ways_;
    std::vector<std::uint32_t> by_lat_;
};

/// Two marks at one vertex: what bars the way stays, the station is added.
void merge_marks(std::vector<VertexMark>& marks)
{
    std::stable_sort(marks.begin(), marks.end(),
                     [](const VertexMark& a, const VertexMark& b) { return a.vertex < b.vertex; });
    std::size_t kept = 0;
    for (std::size_t i = 0; i < marks.size(); ++i) {
        if (kept > 0 && marks[kept - 1].vertex == marks[i].vertex) {
            marks[kept - 1].station = marks[kept - 1].station || marks[i].station;
        } else {
            if (kept != i) {
                marks[kept] = std::move(marks[i]);
            }
            ++kept;
        }
    }
    marks.resize(kept);
}

bool is_barrier(const VertexMark& mark)
{
    return mark.border || mark.passable != vehicle::all || mark.tag.starts_with("barrier=") ||
           mark.tag.starts_with("ford=");
}

} // namespace

void settle_stations(Ways& ways, std::vector<OsmPlace> elsewhere, OsmReport& report)
{
    const std::vector<std::uint8_t> service = served(ways);
    std::vector<VertexMark> kept;
    for (VertexMark& mark : ways.marks) {
        if (mark.station && service[mark.vertex] == 0) {
            if (osm_is_beside(mark)) { // on a path or platform
                elsewhere.push_back({0, ways.vertex[mark.vertex], mark});
            }
            mark.station = false;
            if (!is_barrier(mark)) {
                continue;
            }
        }
        kept.push_back(std::move(mark));
    }
    const Tracks tracks(ways, service);
    for (OsmPlace& station : elsewhere) {
        station.mark.vertex = tracks.nearest(station.place);
        station.mark.passable = vehicle::all;
        station.mark.border = false;
        if (station.mark.vertex == no_index) {
            ++report.stations_alone;
        } else {
            ++report.stations_moved;
            kept.push_back(std::move(station.mark));
        }
    }
    merge_marks(kept);
    ways.marks = std::move(kept);
}

} // namespace vigil::io
