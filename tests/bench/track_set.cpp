#include "tests/bench/track_set.h"

#include "kernels/route/build.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <numbers>
#include <set>
#include <sstream>
#include <utility>

namespace vigil::bench {

namespace {

constexpr double metres_per_degree_lat = 111194.93; // of a sphere; what other programs score with
constexpr double metres_per_degree_equator = 111319.49;

/// The numbers of each line that has any; at least `least` of them.
std::vector<std::vector<double>> read_numbers(const std::string& file, std::size_t least)
{
    std::ifstream in(file);
    require(in.is_open(), "{}: cannot be opened", file);
    std::vector<std::vector<double>> rows;
    for (std::string text; std::getline(in, text);) {
        std::istringstream line(text);
        std::vector<double> values;
        for (double value = 0; line >> value;) {
            values.push_back(value);
        }
        if (values.empty() && line.eof()) {
            continue;
        }
        require(values.size() >= least && line.eof(), "{}:{}: {} numbers expected", file, rows.size() + 1,
                least);
        rows.push_back(std::move(values));
    }
    return rows;
}

std::uint32_t number_below(double value, std::size_t end, const std::string& file)
{
    require(value >= 0 && value < static_cast<double>(end), "{}: {} is not a number from 0 to below {}", file,
            value, end);
    return static_cast<std::uint32_t>(value);
}

} // namespace

KnownTrack::KnownTrack(const std::string& folder, std::string name) : id(std::move(name))
{
    const std::string file = folder + "/" + id + "/" + id;
    double lat_sum = 0;
    for (const std::vector<double>& row : read_numbers(file + ".nodes", 2)) {
        node.push_back({row[0], row[1]});
        lat_sum += row[1];
    }
    require(!node.empty(), "{}.nodes: no nodes", file);
    const double middle_lat_rad = lat_sum / static_cast<double>(node.size()) * std::numbers::pi / 180;
    metres_per_degree_lon_ = std::cos(middle_lat_rad) * metres_per_degree_equator;
    for (const std::vector<double>& row : read_numbers(file + ".arcs", 2)) {
        arc.push_back({number_below(row[row.size() - 2], node.size(), file + ".arcs"),
                       number_below(row.back(), node.size(), file + ".arcs")});
    }
    for (const std::vector<double>& row : read_numbers(file + ".track", 3)) {
        fix.push_back({{row[0], row[1]}, row[2]});
    }
    require(!fix.empty(), "{}.track: no fixes", file);
    for (const std::vector<double>& row : read_numbers(file + ".route", 1)) {
        route.push_back(number_below(row[0], arc.size(), file + ".route"));
    }
    require(!route.empty(), "{}.route: no arcs", file);
    name_arcs_alike_by_the_first();
}

void KnownTrack::name_arcs_alike_by_the_first()
{
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> first;
    for (std::size_t i = 0; i < arc.size(); ++i) {
        first.try_emplace({arc[i].tail, arc[i].head}, static_cast<std::uint32_t>(i));
    }
    for (std::uint32_t& a : route) {
        a = first.at({arc[a].tail, arc[a].head});
    }
}

XY KnownTrack::plane(LonLat at) const
{
    return {(at.lon_deg - node.front().lon_deg) * metres_per_degree_lon_,
            (at.lat_deg - node.front().lat_deg) * metres_per_degree_lat};
}

double KnownTrack::length_m(std::uint32_t a) const
{
    const XY from = plane(node[arc[a].tail]);
    const XY to = plane(node[arc[a].head]);
    return std::hypot(to.x - from.x, to.y - from.y);
}

double KnownTrack::distance_m(std::uint32_t a, LonLat from) const
{
    const XY p = plane(from);
    const XY tail = plane(node[arc[a].tail]);
    const XY head = plane(node[arc[a].head]);
    const double dx = head.x - tail.x;
    const double dy = head.y - tail.y;
    const double length2 = dx * dx + dy * dy;
    const double share =
        length2 > 0 ? std::clamp(((p.x - tail.x) * dx + (p.y - tail.y) * dy) / length2, 0.0, 1.0) : 0.0;
    return std::hypot(tail.x + share * dx - p.x, tail.y + share * dy - p.y);
}

std::vector<std::size_t> KnownTrack::thinned(double interval_s) const
{
    std::vector<std::size_t> kept{0};
    for (std::size_t i = 1; i < fix.size(); ++i) {
        if (fix[i].time_s - fix[kept.back()].time_s >= interval_s) {
            kept.push_back(i);
        }
    }
    return kept;
}

std::vector<Sighting> KnownTrack::sightings(const std::vector<std::size_t>& fixes) const
{
    std::vector<Sighting> seen(fixes.size());
    for (std::size_t i = 0; i < fixes.size(); ++i) {
        seen[i].at = fix[fixes[i]].at;
        seen[i].begin_s = seen[i].end_s = fix[fixes[i]].time_s;
        seen[i].order_begin = seen[i].order_end = static_cast<double>(i);
    }
    return seen;
}

std::vector<std::string> track_ids(const std::string& folder, const std::string& list_file)
{
    std::vector<std::string> ids;
    if (!list_file.empty()) {
        std::ifstream in(list_file);
        require(in.is_open(), "{}: cannot be opened", list_file);
        for (std::string id; in >> id;) {
            ids.push_back(id);
        }
    } else {
        require(std::filesystem::is_directory(folder), "{}: not a folder", folder);
        for (const auto& entry : std::filesystem::directory_iterator(folder)) {
            if (entry.is_directory()) {
                ids.push_back(entry.path().filename().string());
            }
        }
    }
    require(!ids.empty(), "{}: no tracks", list_file.empty() ? folder : list_file);
    std::sort(ids.begin(), ids.end());
    return ids;
}

namespace {

std::vector<FixedLonLat> places_apart(const std::vector<LonLat>& nodes)
{
    std::vector<FixedLonLat> places;
    std::set<FixedLonLat> taken;
    for (const LonLat& node : nodes) {
        FixedLonLat place = to_fixed(node);
        while (!taken.insert(place).second) {
            ++place.lon;
        }
        places.push_back(place);
    }
    return places;
}

/// The lines of a track's arcs, drawn like the first arc between both nodes.
Ways ways_of(const KnownTrack& track, std::vector<std::array<std::uint32_t, 2>>& lines)
{
    Ways ways;
    ways.vertex = places_apart(track.node);
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::size_t> line_of;
    for (std::size_t i = 0; i < track.arc.size(); ++i) {
        const auto [tail, head] = track.arc[i];
        if (tail == head) {
            continue;
        }
        const auto [at, is_new] =
            line_of.try_emplace(std::pair(std::min(tail, head), std::max(tail, head)), lines.size());
        if (is_new) {
            lines.push_back({no_index, no_index});
            ways.along.insert(ways.along.end(), {tail, head});
        }
        const std::size_t line = at->second;
        std::uint32_t& arc = lines[line][ways.along[2 * line] == tail ? 0 : 1];
        arc = std::min(arc, static_cast<std::uint32_t>(i));
    }
    WayKind both_ways;
    both_ways.road_class = "road";
    WayKind one_way = both_ways;
    one_way.backward = vehicle::foot;
    ways.kinds = {both_ways, one_way};
    for (std::size_t i = 0; i < lines.size(); ++i) {
        Way way;
        way.source = static_cast<std::int64_t>(i) + 1;
        way.kind = lines[i][1] == no_index ? 1U : 0U;
        way.vertex_begin = 2 * i;
        way.vertex_end = 2 * i + 2;
        ways.ways.push_back(way);
    }
    return ways;
}

} // namespace

TrackNetwork::TrackNetwork(const KnownTrack& track)
{
    network = build_route_network(ways_of(track, line)).network;
}

std::vector<TrackNetwork::ArcPart> TrackNetwork::arcs_of(EdgeSide side) const
{
    const std::uint32_t e = edge_of(side);
    const auto pieces = network.pieces_of(e);
    std::vector<ArcPart> parts;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        const bool against = (pieces[i].reversed != 0) != is_backward(side);
        const auto number = static_cast<std::size_t>(pieces[i].source - 1);
        const double end_m =
            i + 1 < pieces.size() ? static_cast<double>(pieces[i + 1].begin_m) : network.edge[e].length_m;
        parts.push_back({line[number][against ? 1 : 0], static_cast<double>(pieces[i].begin_m), end_m});
    }
    if (is_backward(side)) {
        std::reverse(parts.begin(), parts.end());
    }
    return parts;
}

} // namespace vigil::bench
