#include "tests/support/drawn_ways.h"

#include <sstream>
#include <stdexcept>
#include <vector>

namespace vigil::test {

namespace {

constexpr Vehicles road_users = vehicle::motor | vehicle::foot;

/// Kinds of lines, by what they are drawn with.
enum Drawn : std::uint32_t { road, with, against, path, ferry, railway, crossing };

std::vector<WayKind> drawn_kinds()
{
    WayKind of_road;
    of_road.forward = of_road.backward = road_users;
    of_road.road_class = "residential";
    std::vector<WayKind> kinds(7, of_road);
    kinds[with].backward = vehicle::foot;
    kinds[against].forward = vehicle::foot;
    kinds[path].mode = Mode::walk;
    kinds[path].forward = kinds[path].backward = vehicle::foot;
    kinds[path].road_class = "path";
    kinds[ferry].mode = Mode::ferry;
    kinds[ferry].road_class = "ferry";
    kinds[railway].mode = Mode::rail;
    kinds[railway].forward = kinds[railway].backward = vehicle::train;
    kinds[railway].road_class = "rail";
    kinds[crossing].border = 1;
    return kinds;
}

struct Sheet {
    std::vector<std::string> rows;
    [[nodiscard]] char at(std::size_t row, std::size_t col) const
    {
        return row < rows.size() && col < rows[row].size() ? rows[row][col] : ' ';
    }
};

bool is_letter(char c)
{
    return c >= 'A' && c <= 'Z';
}

/// Follows a line to the right or downwards from a letter; adds a way when it ends at another one.
void follow(const Sheet& sheet, std::size_t row, std::size_t col, bool down, DrawnWays& town)
{
    const std::string marks = down ? "|v^.~=#" : "-><.~=#";
    std::uint32_t kind = road;
    std::size_t r = row;
    std::size_t c = col;
    for (;;) {
        (down ? r : c) += 1;
        const char mark = sheet.at(r, c);
        if (is_letter(mark) && r - row + c - col > 1) {
            break;
        }
        const std::size_t found = marks.find(mark);
        if (found == std::string::npos) {
            return;
        }
        kind = found > 0 ? static_cast<std::uint32_t>(found) : kind;
    }
    Way way;
    way.source = static_cast<std::int64_t>(town.ways.ways.size()) + 1;
    way.kind = kind;
    way.vertex_begin = town.ways.along.size();
    way.vertex_end = way.vertex_begin + 2;
    town.ways.along.push_back(town.vertex.at(sheet.at(row, col)));
    town.ways.along.push_back(town.vertex.at(sheet.at(r, c)));
    town.ways.ways.push_back(way);
}

} // namespace

DrawnWays::DrawnWays(const std::string& drawing, double step_m)
{
    Sheet sheet;
    std::istringstream text(drawing);
    for (std::string row; std::getline(text, row);) {
        sheet.rows.push_back(row);
    }
    ways.kinds = drawn_kinds();
    for (const bool lines : {false, true}) {
        for (std::size_t row = 0; row < sheet.rows.size(); ++row) {
            for (std::size_t col = 0; col < sheet.rows[row].size(); ++col) {
                if (!is_letter(sheet.at(row, col))) {
                    continue;
                }
                if (lines) {
                    follow(sheet, row, col, false, *this);
                    follow(sheet, row, col, true, *this);
                } else {
                    vertex[sheet.at(row, col)] = static_cast<std::uint32_t>(ways.vertex.size());
                    ways.vertex.push_back(metres_from_zero(static_cast<double>(col) * step_m,
                                                           -static_cast<double>(row) * step_m));
                }
            }
        }
    }
}

std::size_t DrawnWays::way(char a, char b) const
{
    for (std::size_t w = 0; w < ways.ways.size(); ++w) {
        const std::uint32_t first = ways.along[ways.ways[w].vertex_begin];
        const std::uint32_t last = ways.along[ways.ways[w].vertex_end - 1];
        if ((first == vertex.at(a) && last == vertex.at(b)) ||
            (first == vertex.at(b) && last == vertex.at(a))) {
            return w;
        }
    }
    throw std::logic_error("no way between these letters");
}

void DrawnWays::ban(std::string_view letters, bool only_rule, Vehicles banned)
{
    TurnBan rule;
    rule.from_way = way(letters[0], letters[1]);
    rule.to_way = way(letters[letters.size() - 2], letters[letters.size() - 1]);
    if (letters.size() == 3) {
        rule.via_vertex = vertex.at(letters[1]);
    }
    for (std::size_t i = 1; i + 2 < letters.size(); ++i) {
        rule.via_ways.push_back(way(letters[i], letters[i + 1]));
    }
    rule.only = only_rule;
    rule.banned = banned;
    ways.bans.push_back(rule);
}

void DrawnWays::barrier(char at, Vehicles passable, const std::string& tag)
{
    ways.marks.push_back({.vertex = vertex.at(at), .passable = passable, .tag = tag});
}

void DrawnWays::border(char at)
{
    ways.marks.push_back({.vertex = vertex.at(at), .border = true, .tag = "barrier=border_control"});
}

void DrawnWays::station(char at)
{
    ways.marks.push_back({.vertex = vertex.at(at), .station = true, .tag = std::string()});
}

FixedLonLat metres_from_zero(double east_m, double north_m)
{
    constexpr double metres_per_degree = 111195;
    return to_fixed({east_m / metres_per_degree, north_m / metres_per_degree});
}

} // namespace vigil::test
