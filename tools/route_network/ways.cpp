#include "tools/route_network/ways.h"

#include <fmt/format.h>

#include <array>

namespace vigil::tools {

Passed passed_by(const RouteNetwork& network, std::span<const RouteWay> ways)
{
    Passed passed;
    std::array<bool, mode_count> used{};
    bool aboard = false;
    for (const RouteWay& way : ways) {
        if (way.stays) {
            continue;
        }
        const std::vector<double> length_m = side_lengths_m(network, way);
        for (std::size_t i = 0; i < way.sides.size(); ++i) {
            const EdgeKind& kind = network.kind_of(edge_of(way.sides[i]));
            passed.length_m += length_m[i];
            passed.borders += kind.border;
            if (kind.mode == Mode::transfer) {
                continue;
            }
            const bool ferry = kind.mode == Mode::ferry;
            passed.ferries += ferry && !aboard ? 1 : 0;
            aboard = ferry;
            bool& seen = used[static_cast<std::size_t>(kind.mode)];
            if (!seen) {
                passed.modes += fmt::format("{}{}", passed.modes.empty() ? "" : " ", name_of(kind.mode));
                seen = true;
            }
        }
    }
    return passed;
}

std::vector<LonLat> joined_drawing(const RouteNetwork& network, std::span<const RouteWay> ways)
{
    std::vector<LonLat> line;
    for (const RouteWay& way : ways) {
        for (const LonLat at : drawing_of(network, way)) {
            if (line.empty() || to_fixed(line.back()) != to_fixed(at)) { // less than a centimetre apart: once
                line.push_back(at);
            }
        }
    }
    if (line.size() == 1) {
        line.push_back(line.front()); // a line has two vertices, also where nobody moved
    }
    return line;
}

} // namespace vigil::tools
