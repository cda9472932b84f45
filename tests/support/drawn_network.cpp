#include "tests/support/drawn_network.h"

#include <sstream>
#include <stdexcept>
#include <vector>

namespace vigil::test {

namespace {

struct Drawing {
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

/// Follows an edge to the right or downwards from a letter; adds a line when it ends at another one.
void follow(const Drawing& drawing, std::size_t row, std::size_t col, bool down, double step_m,
            Geometries& lines, std::vector<Direction>& directions)
{
    const std::string marks = down ? "|v^" : "-><";
    Direction direction = Direction::both;
    std::size_t r = row;
    std::size_t c = col;
    for (;;) {
        (down ? r : c) += 1;
        const char mark = drawing.at(r, c);
        if (is_letter(mark) && r - row + c - col > 1) {
            break;
        }
        if (marks.find(mark) == std::string::npos) {
            return;
        }
        direction =
            mark == marks[1] ? Direction::forward : (mark == marks[2] ? Direction::backward : direction);
    }
    const XY line[] = {{static_cast<double>(col) * step_m, -static_cast<double>(row) * step_m},
                       {static_cast<double>(c) * step_m, -static_cast<double>(r) * step_m}};
    lines.add(line);
    directions.push_back(direction);
}

} // namespace

DrawnNetwork::DrawnNetwork(const std::string& drawing_text, double step_m)
{
    Drawing drawing;
    std::istringstream text(drawing_text);
    for (std::string row; std::getline(text, row);) {
        drawing.rows.push_back(row);
    }
    Geometries lines;
    lines.kind = GeometryKind::line;
    LineAttributes attributes;
    std::map<char, XY> places;
    for (std::size_t row = 0; row < drawing.rows.size(); ++row) {
        for (std::size_t col = 0; col < drawing.rows[row].size(); ++col) {
            if (is_letter(drawing.at(row, col))) {
                places[drawing.at(row, col)] = {static_cast<double>(col) * step_m,
                                                -static_cast<double>(row) * step_m};
                follow(drawing, row, col, false, step_m, lines, attributes.direction);
                follow(drawing, row, col, true, step_m, lines, attributes.direction);
            }
        }
    }
    network = build_network(lines, attributes).network;
    for (const auto& [letter, place] : places) {
        for (std::uint32_t v = 0; v < network.nodes.size(); ++v) {
            if (network.nodes[v] == place) {
                id[letter] = v;
            }
        }
        if (!id.contains(letter)) { // a letter that no edge reaches
            id[letter] = static_cast<std::uint32_t>(network.nodes.size());
            network.nodes.push_back(place);
        }
    }
    index_network(network);
}

std::string DrawnNetwork::letters(const Path& path) const
{
    std::string passed;
    for (const std::uint32_t node : path_nodes(network, path)) {
        for (const auto& [letter, number] : id) {
            passed += number == node ? std::string(1, letter) : std::string();
        }
    }
    return passed;
}

NetworkPlace DrawnNetwork::between(char first, char second, double from_first_m) const
{
    for (std::uint32_t e = 0; e < network.edges.size(); ++e) {
        const NetworkEdge& edge = network.edges[e];
        if (edge.from == id.at(first) && edge.to == id.at(second)) {
            return {e, from_first_m};
        }
        if (edge.from == id.at(second) && edge.to == id.at(first)) {
            return {e, edge.length_m - from_first_m};
        }
    }
    throw std::logic_error("no edge between these letters");
}

} // namespace vigil::test
