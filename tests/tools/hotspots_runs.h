#pragma once

#include "tests/support/reference.h"
#include "tests/support/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <vector>

/// What the tests of `vigil hotspots` share.
namespace vigil::test {

using Words = std::vector<std::string>;
using Columns = std::map<std::string, std::vector<std::string>>;

inline Ran hotspots(Words words, const std::string& input = {})
{
    words.insert(words.begin(), "hotspots");
    return vigil(words, input);
}

inline Words joined(Words first, const Words& then)
{
    first.insert(first.end(), then.begin(), then.end());
    return first;
}

/// A run that wrote a table, and its columns.
struct Made {
    Ran ran;
    Columns columns;
    [[nodiscard]] std::vector<double> operator[](const std::string& name) const
    {
        const auto found = columns.find(name);
        return found == columns.end() ? std::vector<double>() : numbers(found->second);
    }
    [[nodiscard]] bool has(const std::string& name) const { return columns.contains(name); }
};

/// Runs `vigil hotspots INPUT ...` into a CSV file of the folder.
inline Made made(const TemporaryFolder& folder, const std::string& input, const Words& words)
{
    const std::string out = folder / "made.csv";
    Made result;
    result.ran = hotspots(joined({input, out, "--overwrite", "--no-provenance"}, words));
    if (result.ran.exit_code == 0) {
        result.columns = csv_columns(out);
    }
    return result;
}

inline bool said(const Ran& ran, const std::string& words)
{
    return ran.err.find(words) != std::string::npos;
}

/// Whether a run said nothing, or only that z is to be doubted because the values are skewed.
inline bool calm(const Ran& ran)
{
    std::istringstream lines(ran.err);
    for (std::string line; std::getline(lines, line);) {
        if (line.find("by the normal distribution of z, but not by the exact one") == std::string::npos) {
            return false;
        }
    }
    return true;
}

/// Options that make eastings and northings of UTM zone 31 metres on the plane.
inline const Words on_plane = {"--input-crs", "EPSG:32631", "--crs", "EPSG:32631"};

/// One place per row, as x,y and whatever further columns.
class Rows {
  public:
    explicit Rows(const std::string& header) : text_(header + "\n") {}
    template <typename... Cells>
    void add(const Cells&... cells)
    {
        std::string line;
        ((line += (line.empty() ? "" : ",") + fmt::format("{}", cells)), ...);
        text_ += line + "\n";
    }
    [[nodiscard]] const std::string& text() const { return text_; }

  private:
    std::string text_;
};

/// Incidents at the centres of `busy` different cells of a side x side square of cells of 100 m whose
/// south-western corner is (500000, 5000000); one each.
inline Rows sparse_noise(int side, int busy, std::uint32_t seed)
{
    std::mt19937 random(seed);
    std::vector<int> cells(static_cast<std::size_t>(side) * static_cast<std::size_t>(side));
    for (std::size_t i = 0; i < cells.size(); ++i) {
        cells[i] = static_cast<int>(i);
    }
    Rows rows("x,y");
    for (int k = 0; k < busy; ++k) { // the first steps of a Fisher-Yates shuffle
        const auto at = static_cast<std::size_t>(k);
        std::swap(cells[at], cells[at + random() % (cells.size() - at)]);
        rows.add(500050 + 100 * (cells[at] % side), 5000050 + 100 * (cells[at] / side));
    }
    return rows;
}

inline Words noise_frame(int side)
{
    return joined(on_plane, {"--cell", "100", "--extent",
                             fmt::format("500000,5000000,{},{}", 500000 + 100 * side, 5000000 + 100 * side)});
}

/// A square of a GeoJSON layer, `size` degrees wide, south-western corner given.
struct Square {
    double west = 0;
    double south = 0;
    double size = 0.01;
    std::string properties; ///< "\"v\":1"
};

inline std::string geojson(const std::vector<Square>& squares)
{
    std::string text = R"({"type":"FeatureCollection","features":[)";
    for (std::size_t i = 0; i < squares.size(); ++i) {
        const auto& [west, south, size, properties] = squares[i];
        const double east = west + size;
        const double north = south + size;
        text += fmt::format(
            R"({}{{"type":"Feature","properties":{{{}}},"geometry":{{"type":"Polygon","coordinates":)"
            "[[[{:.6f},{:.6f}],[{:.6f},{:.6f}],[{:.6f},{:.6f}],[{:.6f},{:.6f}],[{:.6f},{:.6f}]]]}}}}",
            i > 0 ? ",\n" : "\n", properties, west, south, east, south, east, north, west, north, west,
            south);
    }
    return text + "\n]}\n";
}

/// side x side squares of a hundredth of a degree from (10, 50), rows from the south, `properties(i)` in
/// each.
template <typename Properties>
std::vector<Square> checkerboard(int side, Properties properties)
{
    std::vector<Square> squares;
    for (int i = 0; i < side * side; ++i) {
        const int row = i / side;
        squares.push_back({10 + 0.01 * (i % side), 50 + 0.01 * row, 0.01, properties(i)});
    }
    return squares;
}

} // namespace vigil::test
