#include "tests/support/writing.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace vigil::test {

namespace {

std::string street(double lon_a, double lat_a, double lon_b, double lat_b)
{
    return fmt::format(R"({{"type":"Feature","properties":{{"name":"a street"}},"geometry":)"
                       R"({{"type":"LineString","coordinates":[[{:.5f},{:.5f}],[{:.5f},{:.5f}]]}}}})"
                       "\n",
                       lon_a, lat_a, lon_b, lat_b);
}

void replace_all(std::string& text, const std::string& from, const std::string& to)
{
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
}

} // namespace

std::vector<Writing> writing_commands()
{
    const std::vector<Writing> all{
        {"info", "$VIGIL info {in}/flawed.csv --rejects {out}", "csv"},
        {"density", "$VIGIL density {in}/crimes.csv {out} --cell 100 --bandwidth 400", "tif"},
        {"hotspots", "$VIGIL hotspots {in}/crimes.csv {out} --cell 250 --band 400", "gpkg"},
        {"hotspots", "$VIGIL hotspots {in}/crimes.csv {out} --cell 250 --band 400", "shp"},
        {"hotspots", "$VIGIL hotspots {in}/crimes.csv {out} --cell 250 --band 400", "fgb"},
        {"hotspots", "$VIGIL hotspots {in}/crimes.csv {out} --cell 250 --band 400", "geojson"},
        {"hotspots", "$VIGIL hotspots {in}/crimes.csv {out} --cell 250 --band 400", "csv"},
        {"network", "$VIGIL network {in}/streets.geojsonl {out}", "gpkg"},
        {"routes", "$VIGIL routes {in}/streets.geojsonl {out} --from {in}/from.csv --to {in}/to.csv", "gpkg"},
        {"match", "$VIGIL match {in}/streets.geojsonl {in}/from.csv {out}", "gpkg"},
        {"match", "$VIGIL match {in}/streets.geojsonl {in}/from.csv {out} --only points", "shp"},
        {"target", "$VIGIL target {in}/crimes.csv {out}", "json"},
        {"target", "$VIGIL target {in}/crimes.csv {out}", "csv"},
        {"target", "$VIGIL target {in}/crimes.csv {out}", "gpkg"},
        {"map", "$VIGIL map {in}/streets.geojsonl {out}", "png"},
        {"map", "$VIGIL map {in}/streets.geojsonl {out}", "svg"},
    };
    const auto described = nlohmann::json::parse(vigil({"describe", "--json"}).out);
    std::vector<Writing> here;
    for (const Writing& one : all) {
        const auto& commands = described["commands"];
        if (std::any_of(commands.begin(), commands.end(),
                        [&](const auto& c) { return c["name"] == one.name; })) {
            here.push_back(one);
        }
    }
    return here;
}

void put_inputs(const TemporaryFolder& folder)
{
    std::string crimes = "id,lon,lat\n";
    for (int i = 0; i < 200; ++i) {
        const int cluster = i % 4;
        crimes += fmt::format("{},{:.5f},{:.5f}\n", i + 1, -111.83 + 0.008 * cluster + 0.0003 * (i * 7 % 23),
                              33.41 + 0.006 * (cluster % 3) + 0.0003 * (i * 11 % 19));
    }
    std::string streets;
    for (int i = 0; i < 6; ++i) {
        const double at = i * 0.008;
        for (int j = 0; j < 5; ++j) {
            const double from = j * 0.008;
            streets += street(-111.835 + from, 33.405 + at, -111.835 + from + 0.008, 33.405 + at);
            streets += street(-111.835 + at, 33.405 + from, -111.835 + at, 33.405 + from + 0.008);
        }
    }
    const std::string flawed = crimes + "x,not,there\n";
    (void)folder.file("crimes.csv", crimes);
    (void)folder.file("flawed.csv", flawed);
    (void)folder.file("streets.geojsonl", streets);
    (void)folder.file("from.csv", "id,lon,lat\n1,-111.834,33.406\n2,-111.82,33.42\n");
    (void)folder.file("to.csv", "id,lon,lat\na,-111.80,33.44\nb,-111.81,33.43\n");
}

std::string filled(const Writing& writing, const TemporaryFolder& inputs, const std::string& out)
{
    std::string line = writing.line;
    replace_all(line, "{in}", inputs.path());
    replace_all(line, "{out}", out);
    return line;
}

} // namespace vigil::test
