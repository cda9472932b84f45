#include "kernels/route/build/transfers.h"

#include "kernels/nearest3.h"
#include "kernels/route/build/lengths.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <tuple>
#include <unordered_set>
#include <utility>

namespace vigil::route_build {

namespace {

/// A point that wants a link, and for whom.
struct Seeker {
    std::uint32_t point = 0;
    Vehicles vehicles = vehicle::none;
};

/// The point of a road or path that a point of another layer shares its vertex with; or no_index.
std::uint32_t land_beside(const Lines& lines, std::uint32_t point)
{
    if (lines.extra.empty() || point < lines.extra.front().point) {
        return no_index;
    }
    return lines.point_of(lines.extra[point - lines.extra.front().point].vertex, Layer::land);
}

/// Points of ferries that are ends of lines or marked as stations, in order.
std::vector<std::uint32_t> quays(const Lines& lines, const std::vector<PointMark>& marks)
{
    std::vector<std::uint32_t> found;
    for (const Line& line : lines.lines) {
        if (!line.empty() && lines.kinds[line.kind].mode == Mode::ferry) {
            for (const std::uint32_t point : {lines.first_point(line), lines.last_point(line)}) {
                // where lines of a ferry meet at sea there is no quay
                if (lines.state[point].degree == 1 || land_beside(lines, point) != no_index) {
                    found.push_back(point);
                }
            }
        }
    }
    for (const PointMark& mark : marks) {
        if (mark.station && lines.state[mark.point].layer == Layer::ferry) {
            found.push_back(mark.point);
        }
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
}

/// Cubes of space around seekers: whatever is outside is too far for all of them.
class Neighbourhood {
  public:
    explicit Neighbourhood(double reach_m) : side_m_(std::max(reach_m, 1.0)) {}
    void add(const XYZ& place)
    {
        for (std::int64_t dx = -1; dx <= 1; ++dx) {
            for (std::int64_t dy = -1; dy <= 1; ++dy) {
                for (std::int64_t dz = -1; dz <= 1; ++dz) {
                    cubes_.insert(key(cube(place.x) + dx, cube(place.y) + dy, cube(place.z) + dz));
                }
            }
        }
    }
    [[nodiscard]] bool holds(const XYZ& place) const
    {
        return cubes_.contains(key(cube(place.x), cube(place.y), cube(place.z)));
    }

  private:
    [[nodiscard]] std::int64_t cube(double coordinate) const
    {
        return static_cast<std::int64_t>(std::floor(coordinate / side_m_));
    }
    /// Keys of cubes far apart may be equal: that only lets in points that the tree then passes over.
    static std::uint64_t key(std::int64_t x, std::int64_t y, std::int64_t z)
    {
        constexpr std::int64_t offset = 1 << 23;
        constexpr unsigned bits = 21;
        return static_cast<std::uint64_t>(x + offset) ^ (static_cast<std::uint64_t>(y + offset) << bits) ^
               (static_cast<std::uint64_t>(z + offset) << (2 * bits));
    }

    double side_m_;
    std::unordered_set<std::uint64_t> cubes_;
};

/// The nearest point within a distance; of equally near ones the first by place, then by number.
class NearestPoint {
  public:
    NearestPoint(std::span<const BallIndex::Ball> balls, std::vector<std::uint32_t> points,
                 const Lines& lines)
        : index_(balls), points_(std::move(points)), lines_(lines)
    {
    }

    [[nodiscard]] std::uint32_t within(const XYZ& centre, double reach_m) const
    {
        std::uint32_t best = no_index;
        double best_m = reach_m;
        index_.search({centre.x, centre.y, centre.z}, reach_m, [&](std::uint32_t position) {
            const std::uint32_t point = points_[index_.order()[position]];
            const double dist_m = chord_m(centre, earth_centred(to_lon_lat(lines_.place[point])));
            if (dist_m < best_m || (dist_m == best_m && (best == no_index || before(point, best)))) {
                best = point;
                best_m = dist_m;
            }
            return best_m;
        });
        return best;
    }

  private:
    [[nodiscard]] bool before(std::uint32_t a, std::uint32_t b) const
    {
        return std::tie(lines_.place[a], a) < std::tie(lines_.place[b], b);
    }

    BallIndex index_;
    std::vector<std::uint32_t> points_;
    const Lines& lines_;
};

/// Links each seeker to the nearest point that is open to some of `who`, if it seeks for them.
void link_nearest(const Lines& lines, const std::vector<Seeker>& seekers, Vehicles who, double reach_m,
                  std::vector<Transfer>& transfers)
{
    Neighbourhood near(reach_m);
    std::vector<std::pair<const Seeker*, XYZ>> asking;
    for (const Seeker& seeker : seekers) {
        if ((seeker.vehicles & who) != 0) {
            asking.emplace_back(&seeker, earth_centred(to_lon_lat(lines.place[seeker.point])));
            near.add(asking.back().second);
        }
    }
    if (asking.empty()) {
        return;
    }
    std::vector<BallIndex::Ball> balls;
    std::vector<std::uint32_t> points;
    for (std::uint32_t p = 0; p < lines.place.size(); ++p) {
        const PointState& state = lines.state[p];
        if (state.degree > 0 && state.layer == Layer::land && (state.open & who) != 0) {
            const XYZ place = earth_centred(to_lon_lat(lines.place[p]));
            if (near.holds(place)) {
                balls.push_back({{place.x, place.y, place.z}, 0});
                points.push_back(p);
            }
        }
    }
    const NearestPoint nearest(balls, std::move(points), lines);
    for (const auto& [seeker, place] : asking) {
        const std::uint32_t land = nearest.within(place, reach_m);
        if (land != no_index) {
            const double length_m = stretch_length_m(lines.place[seeker->point], place, lines.place[land],
                                                     earth_centred(to_lon_lat(lines.place[land])));
            if (length_m <= reach_m) {
                transfers.push_back(
                    {seeker->point, land, static_cast<Vehicles>(seeker->vehicles & who), length_m});
            }
        }
    }
}

/// Links with the same ends become one.
void join_equal(std::vector<Transfer>& transfers)
{
    std::sort(transfers.begin(), transfers.end(), [](const Transfer& a, const Transfer& b) {
        return std::tie(a.station, a.land) < std::tie(b.station, b.land);
    });
    std::size_t kept = 0;
    for (const Transfer& one : transfers) {
        if (kept > 0 && transfers[kept - 1].station == one.station && transfers[kept - 1].land == one.land) {
            transfers[kept - 1].vehicles |= one.vehicles;
        } else {
            transfers[kept++] = one;
        }
    }
    transfers.resize(kept);
}

} // namespace

std::vector<Transfer> find_transfers(Lines& lines, const std::vector<PointMark>& marks, double transfer_m,
                                     RouteReport& report)
{
    std::vector<Transfer> transfers;
    std::vector<Seeker> seekers;
    std::size_t stations = 0;
    for (const std::uint32_t quay : quays(lines, marks)) {
        const std::uint32_t land = land_beside(lines, quay);
        ++stations;
        if (land != no_index) {
            transfers.push_back({quay, land, lines.state[quay].open, 0});
        } else {
            seekers.push_back({quay, lines.state[quay].open});
        }
    }
    for (const PointMark& mark : marks) {
        if (mark.station && lines.state[mark.point].layer == Layer::rail) {
            seekers.push_back({mark.point, vehicle::foot});
            ++stations;
        }
    }
    link_nearest(lines, seekers, vehicle::foot, transfer_m, transfers);
    link_nearest(lines, seekers, vehicle::motor, transfer_m, transfers);
    join_equal(transfers);
    std::uint32_t last = no_index;
    for (const Transfer& transfer : transfers) {
        lines.state[transfer.station].node = true;
        lines.state[transfer.land].node = true;
        stations -= transfer.station != last ? 1U : 0U;
        last = transfer.station;
    }
    report.transfers = transfers.size();
    report.stations_alone = stations;
    return transfers;
}

} // namespace vigil::route_build
