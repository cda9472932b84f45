#pragma once

#include "tests/support/rows.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>

#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace vigil::test {

inline std::string ford()
{
    return testdata("ford/ford.osm");
}

/// Checks that no cell of `sightings` from the second line on, other than a short one, is told on standard
/// error.
inline void tells_nothing_of(const std::string& sightings, const std::string& err)
{
    std::istringstream lines(sightings.substr(sightings.find('\n') + 1));
    for (std::string line; std::getline(lines, line);) {
        std::istringstream cells(line);
        for (std::string cell; std::getline(cells, cell, ',');) {
            if (cell.size() > 4) {
                CAPTURE(cell);
                CHECK(err.find(cell) == std::string::npos);
            }
        }
    }
}

/// A run of vigil match on a network, with `sightings` on standard input, that writes one layer as CSV to
/// standard output.
inline Ran match_layer(const std::string& layer, const std::string& network, const std::string& sightings,
                       const std::vector<std::string>& options = {})
{
    std::vector<std::string> words{"match", network, "-", "-", "--only", layer, "--format", "csv"};
    words.insert(words.end(), options.begin(), options.end());
    Ran ran = vigil(words, sightings);
    tells_nothing_of(sightings, ran.err);
    return ran;
}

/// Its rows.
inline std::vector<Row> match_rows(const std::string& layer, const std::string& network,
                                   const std::string& sightings, const std::vector<std::string>& options = {})
{
    const Ran ran = match_layer(layer, network, sightings, options);
    INFO(ran.err);
    REQUIRE(ran.exit_code == 0);
    return rows_of(ran.out);
}

inline const std::vector<std::string>& match_layer_names()
{
    static const std::vector<std::string> names{"routes", "edges", "points", "ambiguity"};
    return names;
}

inline double number(const Row& row, const std::string& column)
{
    return std::stod(row.at(column));
}

/// The values of a column, row after row.
inline std::vector<std::string> column(const std::vector<Row>& rows, const std::string& name)
{
    std::vector<std::string> values;
    for (const Row& row : rows) {
        values.push_back(row.at(name));
    }
    return values;
}

/// The rows that hold `value` in a column.
inline std::vector<Row> where(const std::vector<Row>& rows, const std::string& name, const std::string& value)
{
    std::vector<Row> found;
    for (const Row& row : rows) {
        if (row.at(name) == value) {
            found.push_back(row);
        }
    }
    return found;
}

/// A line of a network of lines.
struct Street {
    std::string name;
    std::string coordinates; ///< "[0,0],[0.001,0]"
};

/// A file of lines in WGS 84.
inline std::string town(const TemporaryFolder& folder, const std::vector<Street>& streets)
{
    std::string text = R"({"type":"FeatureCollection","features":[)";
    for (const Street& street : streets) {
        text += (&street == streets.data() ? "" : ",");
        text += R"({"type":"Feature","properties":{"name":")" + street.name +
                R"("},"geometry":{"type":"LineString","coordinates":[)" + street.coordinates + "]}}";
    }
    return folder.file("town.geojson", text + "]}");
}

/// A street that forks into two ways of one length, by north and by south, and goes on where these meet. One
/// thousandth of a degree on the equator is 111.32 m. Both ends are long, so that nobody turns round there.
inline std::string fork(const TemporaryFolder& folder)
{
    return town(folder, {{"west", "[-0.05,0],[0.002,0]"},
                         {"north", "[0.002,0],[0.004,0.002],[0.006,0]"},
                         {"south", "[0.002,0],[0.004,-0.002],[0.006,0]"},
                         {"east", "[0.006,0],[0.058,0]"}});
}

/// Sightings 111.32 m before and after that.
inline const std::string& before_and_after_the_fork()
{
    static const std::string text = "lon,lat,uncert_m\n0.001,0,20\n0.007,0,20\n";
    return text;
}

} // namespace vigil::test
