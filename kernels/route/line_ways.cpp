#include "kernels/route/line_ways.h"

#include "kernels/earth.h"
#include "kernels/route/border_posts.h"
#include "kernels/route/line_ends.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

namespace vigil {

namespace {

/// A part of a feature before its ends are joined.
struct Part {
    std::size_t feature = 0;
    std::size_t begin = 0; ///< into the places of all parts
    std::size_t end = 0;
};

struct Parts {
    std::vector<FixedLonLat> place; ///< no two in a row are equal
    std::vector<Part> parts;
    std::vector<FixedLonLat> posts; ///< border lines without a length
};

void count_first(std::size_t& count, std::size_t& first, std::size_t feature)
{
    first = count == 0 ? feature + 1 : std::min(first, feature + 1);
    ++count;
}

/// A longitude beyond 180 is one on the other side: lines over the antimeridian are drawn so.
FixedLonLat place_of(XY p, std::size_t feature)
{
    require(std::abs(p.x) <= 360 && std::abs(p.y) <= 90, // false for NaN
            "line {}: a vertex is not a longitude and latitude in degrees; are the columns swapped?",
            feature + 1);
    return to_fixed({std::abs(p.x) > 180 ? std::remainder(p.x, 360.0) : p.x, p.y});
}

/// The parts that have a length, on the fixed raster of places.
Parts parts_of(const Geometries& lines, const std::vector<std::uint8_t>& border, LineReport& report)
{
    Parts result;
    for (std::size_t f = 0; f < lines.size(); ++f) {
        const std::size_t begin_part = lines.first_part(f);
        if (begin_part == lines.feature_end[f]) {
            count_first(report.without_place, report.first_without_place, f);
        }
        for (std::size_t r = lines.first_ring(begin_part); r < lines.first_ring(lines.feature_end[f]); ++r) {
            ++report.lines;
            const std::size_t begin = result.place.size();
            for (const XY xy : lines.ring(r)) {
                const FixedLonLat place = place_of(xy, f);
                if (result.place.size() == begin || !same_place(result.place.back(), place)) {
                    result.place.push_back(place);
                }
            }
            if (result.place.size() - begin < 2) {
                result.place.resize(begin);
                const auto line = lines.ring(r);
                const bool no_length =
                    std::all_of(line.begin(), line.end(), [&](XY xy) { return xy == line.front(); });
                if (no_length && !line.empty() && !border.empty() && border[f] != 0) {
                    result.posts.push_back(place_of(line.front(), f));
                } else if (no_length) {
                    count_first(report.zero_length, report.first_zero_length, f);
                } else {
                    ++report.collapsed;
                }
                continue;
            }
            result.parts.push_back({f, begin, result.place.size()});
        }
    }
    return result;
}

double length_m(std::span<const FixedLonLat> line)
{
    double sum_m = 0;
    for (std::size_t i = 0; i + 1 < line.size(); ++i) {
        sum_m += arc_of_chord_m(
            chord_m(earth_centred(to_lon_lat(line[i])), earth_centred(to_lon_lat(line[i + 1]))));
    }
    return sum_m;
}

template <typename T>
T value_of(const std::vector<T>& values, std::size_t feature, T otherwise)
{
    return values.empty() ? otherwise : values[feature];
}

void check_kinds(const LineKinds& kinds, std::size_t features)
{
    const auto fits = [&](const auto& values, const char* what) {
        require(values.empty() || values.size() == features, "{} values of {} for {} lines", values.size(),
                what, features);
    };
    fits(kinds.forward, "forward");
    fits(kinds.backward, "backward");
    fits(kinds.mode, "mode");
    fits(kinds.speed_kmh, "speed");
    fits(kinds.minutes, "minutes");
    fits(kinds.name, "name");
    fits(kinds.road_class, "class");
    fits(kinds.tag, "tag");
    fits(kinds.border, "border");
    fits(kinds.whole, "whole lines");
    fits(kinds.level, "level");
    for (std::size_t f = 0; f < kinds.speed_kmh.size(); ++f) {
        require(kinds.speed_kmh[f] >= 0 && std::isfinite(kinds.speed_kmh[f]),
                "line {}: a speed of {} km/h; it must be 0 (not known) or more", f + 1, kinds.speed_kmh[f]);
    }
    for (std::size_t f = 0; f < kinds.minutes.size(); ++f) {
        require(std::isnan(kinds.minutes[f]) || (kinds.minutes[f] >= 0 && std::isfinite(kinds.minutes[f])),
                "line {}: {} minutes; it must be 0 or more", f + 1, kinds.minutes[f]);
    }
}

WayKind kind_of(const LineKinds& kinds, std::size_t f)
{
    WayKind kind;
    kind.mode = value_of(kinds.mode, f, Mode::road);
    kind.forward = value_of(kinds.forward, f, vehicle::all);
    kind.backward = value_of(kinds.backward, f, vehicle::all);
    kind.speed_forward_kmh = kind.speed_backward_kmh = value_of(kinds.speed_kmh, f, 0.0F);
    kind.road_class = value_of(kinds.road_class, f, {});
    if (const std::string tag = value_of(kinds.tag, f, {}); !tag.empty()) {
        kind.tags.push_back(tag);
    }
    return kind;
}

/// Numbers things in the order in which they are first seen.
class KindNumbers {
  public:
    std::uint32_t number(std::vector<WayKind>& kinds, WayKind kind)
    {
        const auto key = std::tuple(kind.mode, kind.forward, kind.backward, kind.speed_forward_kmh,
                                    kind.road_class, kind.tags);
        const auto [at, is_new] = numbers_.try_emplace(key, static_cast<std::uint32_t>(kinds.size()));
        if (is_new) {
            kinds.push_back(std::move(kind));
        }
        return at->second;
    }

  private:
    std::map<std::tuple<Mode, Vehicles, Vehicles, float, std::string, std::vector<std::string>>,
             std::uint32_t>
        numbers_;
};

/// Writes the ways of all parts: vertices of joined ends first, then the others line by line.
class WayWriter {
  public:
    WayWriter(const LineKinds& kinds, LineWays& result) : kinds_(kinds), result_(result) {}

    /// The vertices of a part, its ends joined; an empty way when nothing of it is left.
    void add(const Part& part, std::span<const FixedLonLat> places, std::uint32_t from, std::uint32_t to)
    {
        Ways& ways = result_.ways;
        Way way;
        way.source = static_cast<std::int64_t>(part.feature) + 1;
        way.vertex_begin = ways.along.size();
        ways.along.push_back(from);
        const std::size_t first_new = ways.vertex.size();
        for (const FixedLonLat place : places.subspan(1, places.size() - 2)) {
            if (!same_place(ways.vertex[ways.along.back()], place)) {
                ways.along.push_back(static_cast<std::uint32_t>(ways.vertex.size()));
                ways.vertex.push_back(place);
            }
        }
        if (ways.along.back() >= first_new && same_place(ways.vertex[ways.along.back()], ways.vertex[to])) {
            ways.along.pop_back(); // the end was moved onto it
            ways.vertex.pop_back();
        }
        if (ways.along.size() - way.vertex_begin == 1 && from == to) {
            ways.along.pop_back();
            ++result_.report.collapsed;
            return;
        }
        ways.along.push_back(to);
        way.vertex_end = ways.along.size();
        way.kind = kind_numbers_.number(ways.kinds, kind_of(kinds_, part.feature));
        way.name = name_number(value_of(kinds_.name, part.feature, {}));
        ways.ways.push_back(way);
    }

  private:
    std::uint32_t name_number(const std::string& name)
    {
        auto& names = result_.ways.names;
        const auto [at, is_new] = name_numbers_.try_emplace(name, static_cast<std::uint32_t>(names.size()));
        if (is_new) {
            names.push_back(name);
        }
        return at->second;
    }

    const LineKinds& kinds_;
    LineWays& result_;
    KindNumbers kind_numbers_;
    std::map<std::string, std::uint32_t> name_numbers_{{std::string(), 0}};
};

/// The length of each way.
std::vector<double> lengths_m(const Ways& ways)
{
    std::vector<double> way_m;
    way_m.reserve(ways.ways.size());
    std::vector<FixedLonLat> line;
    for (const Way& way : ways.ways) {
        line.clear();
        for (std::size_t i = way.vertex_begin; i < way.vertex_end; ++i) {
            line.push_back(ways.vertex[ways.along[i]]);
        }
        way_m.push_back(length_m(line));
    }
    return way_m;
}

std::size_t feature_of(const Way& way)
{
    return static_cast<std::size_t>(way.source) - 1;
}

/// Shares the minutes of each feature over its ways by length.
void share_minutes(const std::vector<float>& minutes, const std::vector<double>& way_m, Ways& ways)
{
    std::vector<double> feature_m(minutes.size());
    for (std::size_t w = 0; w < way_m.size(); ++w) {
        feature_m[feature_of(ways.ways[w])] += way_m[w];
    }
    for (std::size_t w = 0; w < way_m.size(); ++w) {
        const std::size_t f = feature_of(ways.ways[w]);
        ways.ways[w].minutes =
            way_m[w] == feature_m[f]
                ? minutes[f]
                : static_cast<float>(static_cast<double>(minutes[f]) * (way_m[w] / feature_m[f]));
    }
}

/// Half-way along the segment in which a way has come so far.
BorderPost post_after(const Ways& ways, const Way& way, double until_m)
{
    const auto vertex = [&ways](std::size_t i) {
        return ways.vertex[ways.along[i]];
    };
    std::size_t i = way.vertex_begin + 1;
    for (double sum_m = 0; i + 1 < way.vertex_end; ++i) {
        const FixedLonLat segment[] = {vertex(i - 1), vertex(i)};
        sum_m += length_m(segment);
        if (sum_m >= until_m) {
            break;
        }
    }
    return {i, middle_of(vertex(i - 1), vertex(i))};
}

/// One post for each line that crosses a border, in its middle, whatever it was cut into.
std::vector<BorderPost> posts_of_lines(const LineKinds& kinds, const std::vector<double>& way_m,
                                       const Ways& ways)
{
    const auto line_of = [&](const Way& way) {
        return kinds.whole.empty() ? feature_of(way) : kinds.whole[feature_of(way)];
    };
    std::size_t lines = 0;
    for (const Way& way : ways.ways) {
        lines = std::max(lines, line_of(way) + 1);
    }
    std::vector<double> left_m(lines, 0); // to the middle of the line
    for (std::size_t w = 0; w < way_m.size(); ++w) {
        left_m[line_of(ways.ways[w])] += way_m[w] / 2;
    }
    std::vector<std::uint8_t> done(lines, 0);
    std::vector<BorderPost> posts;
    for (std::size_t w = 0; w < way_m.size(); ++w) {
        const Way& way = ways.ways[w];
        const std::size_t line = line_of(way);
        if (kinds.border[feature_of(way)] == 0 || done[line] != 0) {
            continue;
        }
        if (left_m[line] <= way_m[w]) {
            posts.push_back(post_after(ways, way, left_m[line]));
            done[line] = 1;
        }
        left_m[line] -= way_m[w];
    }
    return posts;
}

} // namespace

LineWays line_ways(const Geometries& lines, const LineKinds& kinds, const LineJoinOptions& options)
{
    require(lines.kind == GeometryKind::line, "a route network is made of lines");
    require(options.tolerance_m >= 0 && std::isfinite(options.tolerance_m),
            "a tolerance of {} m; it must be 0 or more", options.tolerance_m);
    check_kinds(kinds, lines.size());
    LineWays result;
    const Parts parts = parts_of(lines, kinds.border, result.report);
    require(parts.place.size() < no_index, "{} vertices; a route network holds fewer than 2^32",
            parts.place.size());
    std::vector<FixedLonLat> ends;
    for (const Part& part : parts.parts) {
        ends.push_back(parts.place[part.begin]);
        ends.push_back(parts.place[part.end - 1]);
    }
    ends.insert(ends.end(), parts.posts.begin(), parts.posts.end());
    const JoinedLineEnds joined = join_line_ends(ends, options.tolerance_m);
    result.ways.vertex = joined.vertex;
    for (std::size_t i = 0; i < ends.size(); ++i) {
        result.report.moved_ends += same_place(ends[i], joined.vertex[joined.number[i]]) ? 0U : 1U;
    }
    WayWriter writer(kinds, result);
    for (std::size_t i = 0; i < parts.parts.size(); ++i) {
        const Part& part = parts.parts[i];
        writer.add(part, std::span(parts.place).subspan(part.begin, part.end - part.begin),
                   joined.number[2 * i], joined.number[2 * i + 1]);
    }
    require(!result.ways.ways.empty(), "no line is left: {} without a place, {} of no length",
            result.report.without_place, result.report.zero_length);
    std::vector<std::uint32_t> marked(
        joined.number.begin() + static_cast<std::ptrdiff_t>(2 * parts.parts.size()), joined.number.end());
    std::sort(marked.begin(), marked.end());
    marked.erase(std::unique(marked.begin(), marked.end()), marked.end());
    for (const std::uint32_t vertex : marked) {
        result.ways.marks.push_back({vertex, vehicle::all, true, false, {}});
    }
    if (!kinds.minutes.empty() || !kinds.border.empty()) {
        const std::vector<double> way_m = lengths_m(result.ways);
        if (!kinds.minutes.empty()) {
            share_minutes(kinds.minutes, way_m, result.ways);
        }
        if (!kinds.border.empty()) {
            add_border_posts(result.ways, posts_of_lines(kinds, way_m, result.ways));
        }
    }
    return result;
}

} // namespace vigil
