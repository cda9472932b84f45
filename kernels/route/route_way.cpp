#include "kernels/route/route_way.h"

#include "kernels/earth.h"
#include "kernels/route/edge_snapper.h"

#include <algorithm>
#include <cmath>

namespace vigil {

namespace {

/// The offset of each vertex, measured as places on edges are (EdgeSnapper).
std::vector<double> offsets_m(std::span<const FixedLonLat> shape, double length_m)
{
    std::vector<double> offset{0};
    std::vector<XYZ> points;
    double all_m = 0;
    for (std::size_t i = 1; i < shape.size(); ++i) {
        stretches_of(shape.subspan(i - 1, 2), points);
        for (std::size_t k = 1; k < points.size(); ++k) {
            all_m += chord_m(points[k - 1], points[k]);
        }
        offset.push_back(all_m);
    }
    for (double& one : offset) {
        one = all_m > 0 ? one / all_m * length_m : 0;
    }
    return offset;
}

/// The drawing of a side between two offsets, low_m < high_m or an edge without length.
void draw_part(const RouteNetwork& network, EdgeSide side, double low_m, double high_m,
               std::vector<LonLat>& drawing)
{
    constexpr double same_m = 1e-6; // a vertex as near to an end of the part is that end
    const std::uint32_t edge = edge_of(side);
    const std::span<const FixedLonLat> shape = network.shape_of(edge);
    const double length_m = network.edge[edge].length_m;
    const auto first = static_cast<std::ptrdiff_t>(drawing.size());
    if (low_m <= 0 && high_m >= length_m) {
        for (const FixedLonLat vertex : shape) {
            drawing.push_back(to_lon_lat(vertex));
        }
    } else {
        const std::vector<double> offset = offsets_m(shape, length_m);
        drawing.push_back(lon_lat_at(network, {edge, low_m}));
        for (std::size_t i = 1; i + 1 < shape.size(); ++i) {
            if (offset[i] > low_m + same_m && offset[i] < high_m - same_m) {
                drawing.push_back(to_lon_lat(shape[i]));
            }
        }
        drawing.push_back(lon_lat_at(network, {edge, high_m}));
    }
    if (is_backward(side)) {
        std::reverse(drawing.begin() + first, drawing.end());
    }
}

} // namespace

TravelledPart travelled_part(const RouteNetwork& network, const RouteWay& way, std::size_t i)
{
    const EdgeSide side = way.sides[i];
    const double whole_m = network.edge[edge_of(side)].length_m;
    TravelledPart part{is_backward(side) ? whole_m : 0, is_backward(side) ? 0 : whole_m};
    if (i == 0) {
        part.from_m = way.start_m;
    }
    if (i + 1 == way.sides.size()) {
        part.to_m = way.end_m;
    }
    return part;
}

std::vector<double> side_lengths_m(const RouteNetwork& network, const RouteWay& way)
{
    std::vector<double> lengths;
    for (std::size_t i = 0; i < way.sides.size(); ++i) {
        const TravelledPart part = travelled_part(network, way, i);
        lengths.push_back(std::abs(part.to_m - part.from_m));
    }
    return lengths;
}

double way_length_m(const RouteNetwork& network, const RouteWay& way)
{
    double sum_m = 0;
    for (const double one : side_lengths_m(network, way)) {
        sum_m += one;
    }
    return sum_m;
}

std::vector<LonLat> drawing_of(const RouteNetwork& network, const RouteWay& way)
{
    if (way.sides.empty()) {
        return {};
    }
    if (way.stays) {
        return std::vector<LonLat>(2, lon_lat_at(network, {edge_of(way.sides.front()), way.start_m}));
    }
    std::vector<LonLat> drawing;
    for (std::size_t i = 0; i < way.sides.size(); ++i) {
        const TravelledPart part = travelled_part(network, way, i);
        draw_part(network, way.sides[i], std::min(part.from_m, part.to_m), std::max(part.from_m, part.to_m),
                  drawing);
    }
    drawing.erase(std::unique(drawing.begin(), drawing.end()), drawing.end());
    if (drawing.size() == 1) {
        drawing.push_back(drawing.front());
    }
    return drawing;
}

} // namespace vigil
