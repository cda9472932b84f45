#include "kernels/route/noded_lines.h"

#include "kernels/noding.h"
#include "libgeo/error.h"

#include <cmath>
#include <map>

namespace vigil {

namespace {

/// Lines of each level, without repeated vertices.
std::map<std::int16_t, LineSet> by_level(const Geometries& lines, const std::vector<std::int16_t>& level)
{
    std::map<std::int16_t, LineSet> sets;
    std::vector<XY> clean;
    for (std::size_t feature = 0; feature < lines.size(); ++feature) {
        LineSet& set = sets[level.empty() ? std::int16_t{0} : level[feature]];
        for (std::size_t part = lines.first_part(feature); part < lines.feature_end[feature]; ++part) {
            clean.clear();
            for (const XY p : lines.ring(lines.first_ring(part))) {
                require(std::isfinite(p.x) && std::isfinite(p.y),
                        "feature {}: a coordinate is not a finite number", feature + 1);
                if (clean.empty() || !(clean.back() == p)) {
                    clean.push_back(p);
                }
            }
            if (clean.size() > 1) {
                set.add(clean, feature);
            }
        }
    }
    return sets;
}

template <typename T>
std::vector<T> picked(const std::vector<T>& values, const std::vector<std::size_t>& source)
{
    std::vector<T> out;
    if (!values.empty()) {
        out.reserve(source.size());
        for (const std::size_t i : source) {
            out.push_back(values[i]);
        }
    }
    return out;
}

} // namespace

NodedLines node_by_level(const Geometries& lines, const std::vector<std::int16_t>& level, double tolerance_m)
{
    require(level.empty() || level.size() == lines.size(), "{} levels for {} lines", level.size(),
            lines.size());
    NodedLines noded;
    noded.lines.kind = GeometryKind::line;
    for (const auto& [height, set] : by_level(lines, level)) {
        const Noded cut = node_lines(set, tolerance_m);
        noded.splits += cut.splits;
        for (std::size_t i = 0; i < cut.lines.size(); ++i) {
            noded.lines.add(cut.lines.line(i));
            noded.source.push_back(cut.lines.source[i]);
        }
    }
    return noded;
}

LineKinds kinds_of_cut(const LineKinds& kinds, const std::vector<std::size_t>& source,
                       const std::vector<double>& length_m)
{
    require(length_m.size() == source.size(), "{} lengths for {} lines", length_m.size(), source.size());
    LineKinds cut;
    cut.forward = picked(kinds.forward, source);
    cut.backward = picked(kinds.backward, source);
    cut.mode = picked(kinds.mode, source);
    cut.speed_kmh = picked(kinds.speed_kmh, source);
    cut.minutes = picked(kinds.minutes, source);
    cut.name = picked(kinds.name, source);
    cut.road_class = picked(kinds.road_class, source);
    cut.tag = picked(kinds.tag, source);
    cut.border = picked(kinds.border, source);
    if (!kinds.border.empty()) { // a line crosses once, however many pieces it is cut into
        cut.whole = kinds.whole.empty() ? source : picked(kinds.whole, source);
    }
    cut.level = picked(kinds.level, source);
    std::vector<double> whole_m(kinds.minutes.size(), 0);
    for (std::size_t i = 0; i < cut.minutes.size(); ++i) {
        whole_m[source[i]] += length_m[i];
    }
    for (std::size_t i = 0; i < cut.minutes.size(); ++i) {
        cut.minutes[i] *=
            whole_m[source[i]] > 0 ? static_cast<float>(length_m[i] / whole_m[source[i]]) : 0.0F;
    }
    return cut;
}

} // namespace vigil
