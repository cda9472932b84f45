#pragma once

#include "kernels/route/build.h"
#include "kernels/route/profile.h"
#include "tests/kernels/route_build_checks.h"
#include "tests/support/drawn_ways.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace vigil::test {

/// A drawn town for somebody who drives at 36 km/h (ferries 12, no paths). Corners are shaken by up to
/// `shake_m`, so that no two ways cost the same. `cut`: each way drawn as three.
struct SightingTown {
    struct Drawing {
        std::string text;
        double step_m = 40;
        std::vector<std::string> bans = {}; ///< three letters each
        double shake_m = 12;
        bool cut = false;
    };
    RouteNetwork network;
    Costs costs;
    std::set<std::pair<EdgeSide, EdgeSide>> banned;

    SightingTown(const Drawing& drawing, std::uint64_t seed)
    {
        DrawnWays drawn(drawing.text, drawing.step_m);
        for (const std::string& letters : drawing.bans) {
            drawn.ban(letters);
        }
        shake(drawn.ways, drawing.shake_m, seed);
        std::vector<std::array<FixedLonLat, 3>> places;
        for (const std::string& letters : drawing.bans) {
            const auto at = [&](std::size_t i) {
                return drawn.ways.vertex[drawn.vertex.at(letters[i])];
            };
            places.push_back({at(0), at(1), at(2)});
        }
        if (drawing.cut) {
            cut_in_three(drawn.ways);
        }
        network = build_route_network(drawn.ways).network;
        costs = costs_of(network, parse_profile("vehicle = car\nmode road = 1\nmode ferry = 1\n"
                                                "mode transfer = 1\ndefault speed = 36\nspeed ferry = 12\n"
                                                "signposted = no\ntransfer = 0.2\n",
                                                "test.profile"));
        for (const auto& [a, b, c] : places) {
            banned.emplace(side_between(a, b, true), side_between(b, c, false));
        }
    }

  private:
    /// Coordinates are multiples of three units, so that thirds are exact.
    static void shake(Ways& ways, double most_m, std::uint64_t seed)
    {
        Dice dice(seed);
        const auto units = static_cast<std::int32_t>(most_m / 0.0333);
        for (FixedLonLat& v : ways.vertex) {
            for (std::int32_t* x : {&v.lon, &v.lat}) {
                const auto off =
                    static_cast<std::int32_t>(dice.below(static_cast<std::size_t>(2 * units + 1)));
                *x = 3 * (*x / 3 + off - units);
            }
        }
    }
    static void cut_in_three(Ways& ways)
    {
        Ways cut = ways;
        cut.ways.clear();
        cut.along.clear();
        for (const Way& way : ways.ways) {
            const std::uint32_t a = ways.along[way.vertex_begin];
            const std::uint32_t b = ways.along[way.vertex_begin + 1];
            std::uint32_t last = a;
            for (const int third : {1, 2, 3}) {
                std::uint32_t next = b;
                if (third < 3) {
                    next = static_cast<std::uint32_t>(cut.vertex.size());
                    const FixedLonLat p = ways.vertex[a];
                    const FixedLonLat q = ways.vertex[b];
                    cut.vertex.push_back(
                        {p.lon + third * (q.lon - p.lon) / 3, p.lat + third * (q.lat - p.lat) / 3});
                }
                Way part = way;
                part.vertex_begin = cut.along.size();
                part.vertex_end = part.vertex_begin + 2;
                cut.along.insert(cut.along.end(), {last, next});
                cut.ways.push_back(part);
                last = next;
            }
        }
        for (TurnBan& ban : cut.bans) { // at the ends that meet
            const auto part_at = [&](std::size_t whole) {
                const Way& first = cut.ways[3 * whole];
                return cut.along[first.vertex_begin] == ban.via_vertex ? 3 * whole : 3 * whole + 2;
            };
            ban.from_way = part_at(ban.from_way);
            ban.to_way = part_at(ban.to_way);
        }
        ways = std::move(cut);
    }
    /// The side that travels from a to b at its end, or at its beginning.
    [[nodiscard]] EdgeSide side_between(FixedLonLat a, FixedLonLat b, bool at_end) const
    {
        for (EdgeSide s = 0; s < 2 * network.edges(); ++s) {
            const auto shape = network.shape_of(edge_of(s));
            std::vector<FixedLonLat> line(shape.begin(), shape.end());
            if (is_backward(s)) {
                std::reverse(line.begin(), line.end());
            }
            const std::size_t i = at_end ? line.size() - 2 : 0;
            if (line[i] == a && line[i + 1] == b) {
                return s;
            }
        }
        return no_index; // of a town that is cut
    }
};

/// Three towns with one-way streets, banned turns, ferries and a path that is closed to cars.
inline SightingTown::Drawing sighting_town(std::size_t which)
{
    const SightingTown::Drawing towns[] = {{.text = "A---B---C\n"
                                                    "|   |   |\n"
                                                    "D->-E---F~~G\n"
                                                    "|   v   |  |\n"
                                                    "H---I---J--K\n",
                                            .bans = {"BEI", "DEB"}},
                                           {.text = "A->-B---C\n"
                                                    "^   |   |\n"
                                                    "D-<-E-<-F\n"
                                                    "|   ~   |\n"
                                                    "|   ~   |\n"
                                                    "G...H---I\n",
                                            .bans = {"CBE"}},
                                           {.text = "A--B--C--D\n"
                                                    "   |  v  |\n"
                                                    "   E--F--G\n"
                                                    "   |     v\n"
                                                    "   H-->--I\n",
                                            .bans = {"EFG", "CFE"}}};
    return towns[which % 3];
}

} // namespace vigil::test
