#include "libgeo/io/geodesic.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <regex>
#include <sstream>

using nlohmann::json;
using vigil::LonLat;
using vigil::test::read_file;
using vigil::test::shell;
using vigil::test::TemporaryFolder;

namespace {

constexpr LonLat large{25.301234, 54.701234};
constexpr LonLat middling{25.501234, 54.901234};

/// 20 incidents at one place, 10 at another, 4 at a third: one too few to be shown.
std::string three_heaps()
{
    std::string csv = "lon,lat\n";
    const std::pair<int, LonLat> heaps[] = {{20, large}, {10, middling}, {4, {25.8, 54.5}}};
    for (const auto& [n, at] : heaps) {
        for (int i = 0; i < n; ++i) {
            csv += fmt::format("{},{}\n", at.lon_deg, at.lat_deg);
        }
    }
    return csv;
}

/// A square of about 200 m with a count and a bin, as `vigil hotspots` writes it.
std::string cell(double lon, double lat, int n, int bin)
{
    const double e = 0.003;
    const double s = 0.0018;
    return fmt::format(
        "{{\"type\":\"Feature\",\"properties\":{{\"n\":{},\"gi_bin\":{}}},\"geometry\":"
        "{{\"type\":\"Polygon\",\"coordinates\":[[[{:.7f},{:.7f}],[{:.7f},{:.7f}],[{:.7f},{:.7f}],"
        "[{:.7f},{:.7f}],[{:.7f},{:.7f}]]]}}}}\n",
        n, bin, lon, lat, lon + e, lat, lon + e, lat + s, lon, lat + s, lon, lat);
}

std::string four_cells()
{
    return cell(25.3, 54.7, 12, 3) + cell(25.303, 54.7, 8, 2) + cell(25.5, 54.9, 30, 0) +
           cell(25.8, 54.5, 6, 1);
}

vigil::test::Ran target(const std::vector<std::string>& arguments, const std::string& input = {})
{
    std::vector<std::string> all{"target"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return vigil::test::vigil(all, input);
}

json layer_of(const std::vector<std::string>& arguments, const std::string& input)
{
    const auto ran = target(arguments, input);
    REQUIRE(ran.exit_code == 0);
    json features = json::array();
    std::istringstream lines(ran.out);
    for (std::string line; std::getline(lines, line);) {
        features.push_back(json::parse(line));
    }
    return features;
}

void refused(const std::vector<std::string>& arguments, int exit_code, const std::string& word,
             const std::string& input = {})
{
    const auto ran = target(arguments, input);
    CAPTURE(arguments, ran.err);
    CHECK(ran.exit_code == exit_code);
    CHECK(ran.err.find(word) != std::string::npos);
    CHECK(std::count(ran.err.begin(), ran.err.end(), '\n') == 1);
}

} // namespace

TEST_CASE("Meta's targeting holds the circles, their unit and nothing else", "[target]")
{
    const TemporaryFolder folder;
    const auto in = folder.file("a.csv", three_heaps());
    const auto ran = target({in, folder / "o.json"});
    REQUIRE(ran.exit_code == 0);
    CHECK(ran.err == "4 incidents lie where no circle holds 5 and are left out\n");
    const json whole = json::parse(read_file(folder / "o.json"));
    REQUIRE(whole.size() == 1);
    const json& targeting = whole.at("targeting");
    CHECK(targeting.size() == 2);
    CHECK(targeting.at("targeting_automation") == json{{"advantage_audience", 0}}); // or Meta widens the area
    CHECK(targeting.at("geo_locations").size() == 2); // no countries: members are joined, not cut
    CHECK(targeting.at("geo_locations").at("location_types") == json{"home", "recent"});
    const json& circles = targeting.at("geo_locations").at("custom_locations");
    REQUIRE(circles.size() == 2);
    const LonLat expected[] = {large, middling};
    for (std::size_t k = 0; k < 2; ++k) {
        CHECK(circles[k].size() == 4); // no name: it could tell a case
        CHECK(circles[k].at("radius") == 1);
        CHECK(circles[k].at("distance_unit") == "kilometer");
        const LonLat centre{circles[k].at("longitude"), circles[k].at("latitude")};
        const double off_m = vigil::io::geodesic_distance_m(centre, expected[k]);
        CHECK(off_m < 90);  // half a step of the lattice, 1 km / 8, in both directions
        CHECK(off_m > 0.9); // never on an incident
    }
}

TEST_CASE("Google's CSV has the form that Ads Editor reads", "[target]")
{
    const TemporaryFolder folder;
    const auto in = folder.file("a.csv", three_heaps());
    REQUIRE(target({in, folder / "o.csv", "--radius", "5", "--campaign", "Spring \"A\"", "--bid-adjustment",
                    "-10", "-q"})
                .exit_code == 0);
    std::istringstream lines(read_file(folder / "o.csv"));
    std::string line;
    std::getline(lines, line);
    CHECK(line == "Campaign,Location,Bid adjustment");
    const std::regex form(R"re("Spring ""A""",\(5km:-?\d{1,2}\.\d{6}:-?\d{1,3}\.\d{6}\),-10)re");
    int rows = 0;
    for (; std::getline(lines, line); ++rows) {
        CAPTURE(line);
        CHECK(std::regex_match(line, form));
        CHECK(line.find("54.") < line.find(":25.")); // latitude first
    }
    CHECK(rows == 2);
}

TEST_CASE("the layer tells rank, place, radius, gain and share, and draws geodesic circles", "[target]")
{
    const json layer = layer_of({"-", "-", "--radius", "2", "-q"}, three_heaps());
    REQUIRE(layer.size() == 2);
    const json& first = layer[0].at("properties");
    CHECK(first.at("rank") == 1);
    CHECK(first.at("radius_km") == 2);
    CHECK(first.at("gain") == 20);
    CHECK(first.at("covered") == 20);
    CHECK(first.at("cum_share").get<double>() == Approx(20.0 / 34));
    CHECK(layer[1].at("properties").at("cum_share").get<double>() == Approx(30.0 / 34));
    const LonLat centre{first.at("lon"), first.at("lat")};
    const json& ring = layer[0].at("geometry").at("coordinates")[0];
    CHECK(ring.size() == 73);
    for (const json& corner : ring) {
        CHECK(vigil::io::geodesic_distance_m(centre, {corner[0], corner[1]}) == Approx(2000).margin(0.03));
    }
}

TEST_CASE("a circle over the antimeridian is cut there", "[target]")
{
    std::string csv = "lon,lat\n";
    for (int i = 0; i < 9; ++i) {
        csv += i % 2 == 0 ? "179.9999,-17\n" : "-179.9999,-17\n";
    }
    const json layer = layer_of({"-", "-", "--crs", "EPSG:32760", "-q"}, csv);
    REQUIRE(layer.size() == 1);
    CHECK(layer[0].at("properties").at("gain") == 9);
    CHECK(layer[0].at("geometry").at("type") == "MultiPolygon");
    for (const json& part : layer[0].at("geometry").at("coordinates")) {
        double west = 180;
        double east = -180;
        for (const json& corner : part[0]) {
            west = std::min(west, corner[0].get<double>());
            east = std::max(east, corner[0].get<double>());
        }
        CHECK(east - west < 1);
        CHECK(std::max(std::abs(west), std::abs(east)) <= 180);
    }
}

TEST_CASE("limits of the platforms are kept before anything is written", "[target]")
{
    const TemporaryFolder folder;
    const auto in = folder.file("a.csv", three_heaps());
    refused({in, folder / "o.json", "--circles", "201"}, 5, "at most 200 custom locations per ad set");
    refused({in, folder / "o.json", "--radius", "81"}, 5, "1 to 80 km");
    refused({in, folder / "o.json", "--radius", "0.5"}, 5, "1 to 80 km");
    refused({in, folder / "o.csv", "--circles", "501"}, 5, "at most 500 proximity targets per campaign");
    refused({in, folder / "o.csv", "--radius", "1,801"}, 5, "1 to 800 km");
    refused({in, folder / "o.csv", "--also", folder / "o.json", "--circles", "300"}, 5, "200");
    refused({in, folder / "o.gpkg", "--platform", "meta", "--circles", "300"}, 5, "200");
    refused({in, folder / "o.geojson", "--radius", "0.2"}, 5, "1 to 800 km");
    CHECK(folder.names() == std::vector<std::string>{"a.csv"});

    const auto ran = target({in, folder / "o.json", "--radius", "1.2"});
    CHECK(ran.exit_code == 0);
    CHECK(ran.err.starts_with("--radius 1.2 km is rounded up to 2 km"));
    CHECK(read_file(folder / "o.json").find("\"radius\": 2,") != std::string::npos);
}

TEST_CASE("limits can be replaced by a file, and a long list is split over several ad sets", "[target]")
{
    const TemporaryFolder folder;
    const auto in = folder.file("a.csv", three_heaps());
    const std::string entry = R"({"name":"NAME","title":"T","checked":"2027-01","source":"S","max_circles":1,
        "counted":"circles per set","radius_km":{"min":2,"max":5,"step":0.5}})";
    const auto named = [&](const std::string& name) {
        return std::string(entry).replace(9, 4, name);
    };
    const auto limits =
        folder.file("limits.json", "{\"platforms\":[" + named("meta") + "," + named("google") + "]}");
    refused({in, folder / "o.json", "--limits", limits, "--radius", "2"}, 5, "1 circles per set");
    refused({in, folder / "o.json", "--limits", limits, "--circles", "1"}, 5, "2 to 5 km");
    REQUIRE(target({in, folder / "o.json", "--also", folder / "g.csv", "--limits", limits, "--radius", "2.2",
                    "--split", "-q"})
                .exit_code == 0);
    const json second = json::parse(read_file(folder / "o-2.json"));
    CHECK(second.at("targeting").at("geo_locations").at("custom_locations").size() == 1);
    CHECK(read_file(folder / "o-2.json").find("\"radius\": 2.5,") != std::string::npos);
    CHECK(read_file(folder / "g.csv").find("\"vigil 2\",(2.5km:") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(folder / "o-3.json"));
    refused({in, "-", "--platform", "meta", "--limits", limits, "--radius", "2", "--split"}, 2, "--split");

    const auto broken = folder.file("broken.json", "{\"platforms\":[{\"name\":\"meta\"}]}");
    refused({in, folder / "p.json", "--limits", broken}, 3, "broken.json: entry 1");
    const auto other = folder.file("other.json", "{\"platforms\":[" + named("pigeon") + "]}");
    refused({in, folder / "p.json", "--limits", other}, 3, "meta, google, generic");
    const auto listed = target({"--list-platforms", "--limits", limits});
    CHECK(listed.out.find("checked 2027-01: S") != std::string::npos);
    CHECK(target({"--list-platforms"}).out.find("checked 2026-11: Meta Marketing API") != std::string::npos);
}

TEST_CASE("all outputs are written or none", "[target]")
{
    const TemporaryFolder folder;
    const auto in = folder.file("a.csv", three_heaps());
    (void)folder.file("there.csv", "older");
    refused({in, folder / "o.json", "--also", folder / "there.csv"}, 4, "already exists");
    refused({in, folder / "o.json", "--also", folder / "no/o.csv"}, 4, "no/o.csv");
    refused({in, folder / "o.json", "--also", folder / "o.xyz", "-q"}, 2, "o.xyz");
    refused({in, folder / "o.json", "--curve", "/dev/full", "-q"}, 4, "/dev/full");
    refused({in, folder / "o.json", "--also", folder / "./o.json"}, 2, "twice");
    CHECK(folder.names() == std::vector<std::string>{"a.csv", "there.csv"});
    CHECK(read_file(folder / "there.csv") == "older");

    REQUIRE(target({in, folder / "o.json", "--also", folder / "there.csv", "--also", folder / "o.gpkg",
                    "--also", folder / "o.geojson", "--curve", folder / "curve.csv", "--overwrite", "-q"})
                .exit_code == 0);
    CHECK(read_file(folder / "there.csv").starts_with("Campaign"));
    std::istringstream curve(read_file(folder / "curve.csv"));
    std::string line;
    std::getline(curve, line);
    CHECK(line == "rank,radius_km,gain,cum_share,worth,bound");
    std::getline(curve, line);
    CHECK(line == "1,1,20,0.588235,20,20");
    std::getline(curve, line);
    CHECK(line == "2,1,10,0.882353,30,30");
    CHECK_FALSE(std::getline(curve, line));
}

TEST_CASE("few incidents are not pointed at", "[target]")
{
    const TemporaryFolder folder;
    const auto one = folder.file("one.csv", "lon,lat\n25.3,54.7\n");
    refused({one, folder / "o.json"}, 6, "could point at a person");
    refused({"-", "-"}, 6, "--min-count", "lon,lat\n25.3,54.7\n25.3,54.7\n25.3,54.7\n25.3,54.7\n");
    // one incident that weighs much is still one incident
    refused({"-", "-"}, 6, "--min-count", "lon,lat,weight\n25.3,54.7,100\n");
    CHECK(folder.names() == std::vector<std::string>{"one.csv"});
    CHECK(layer_of({"-", "-", "--min-count", "4", "-q"}, three_heaps()).size() == 3);
    // an incident more than four others that a circle already covers adds too little to be shown apart
    std::string csv = three_heaps() + "25.3301,54.7012\n";
    CHECK(layer_of({"-", "-", "-q"}, csv).size() == 2);
}

TEST_CASE("hot spots are covered by number of incidents, from a file as from a pipe", "[target]")
{
    const TemporaryFolder folder;
    const auto cells = folder.file("cells.geojsonl", four_cells());
    const json layer = layer_of({"-", "-"}, four_cells());
    REQUIRE(layer.size() == 2); // the cell of 30 is not hot
    CHECK(layer[0].at("properties").at("gain") == 20);
    CHECK(layer[1].at("properties").at("gain") == 6);
    CHECK(layer_of({"-", "-", "--min-bin", "2"}, four_cells()).size() == 1);
    CHECK(layer_of({"-", "-", "--min-bin", "-3"}, four_cells())[0].at("properties").at("gain") == 30);

    for (const std::string name : {"o.json", "o.csv", "o.geojsonl"}) {
        CAPTURE(name);
        REQUIRE(target({cells, folder / name}).exit_code == 0);
        REQUIRE(target({"-", folder / ("pipe-" + name)}, four_cells()).exit_code == 0);
        CHECK(read_file(folder / name) == read_file(folder / ("pipe-" + name)));
    }
    CHECK(target({cells, "-", "--platform", "meta"}).out == read_file(folder / "o.json"));
    CHECK(target({"-", "-", "--platform", "google"}, four_cells()).out == read_file(folder / "o.csv"));

    refused({cells, folder / "p.json", "--min-bin", "3", "--weight", "deaths"}, 3, "no field deaths");
    refused({"-", "-"}, 3, "lower --min-bin", cell(25.3, 54.7, 12, 0));
    refused({"-", "-"}, 3, "no field gi_bin", std::regex_replace(four_cells(), std::regex("gi_bin"), "bin"));
    refused({"-", "-"}, 3, "holds lines",
            "{\"type\":\"Feature\",\"properties\":{\"gi_bin\":1},\"geometry\":{\"type\":\"LineString\","
            "\"coordinates\":[[25,54],[26,55]]}}\n");
}

TEST_CASE("targets do not depend on threads or the order of rows", "[target]")
{
    const TemporaryFolder folder;
    const auto mesa = vigil::test::testdata("mesa/mesa_crimes.csv");
    const auto ran =
        shell("cd '" + folder.path() + "' && set -e\n" + "(head -1 '" + mesa + "'; tail -n +2 '" + mesa +
              "' | sort -r) > back.csv\n"
              "for r in 1 1,2,5; do\n"
              "$VIGIL target --threads 1 --radius $r '" +
              mesa +
              "' a.geojsonl -q --overwrite\n"
              "$VIGIL target --threads 4 --radius $r back.csv b.geojsonl -q --overwrite\n"
              "cmp a.geojsonl b.geojsonl\ndone");
    CAPTURE(ran.err, ran.out);
    CHECK(ran.exit_code == 0);
}

TEST_CASE("unusable input to target is one line and the right exit code", "[target]")
{
    const TemporaryFolder folder;
    const std::string out = folder / "o.json";
    refused({folder.file("empty.csv", ""), out}, 3, "empty.csv");
    refused({folder.file("head.csv", "lon,lat\n"), out}, 3, "head.csv");
    refused({folder / "absent.csv", out}, 3, "absent.csv");
    refused({folder.file("nan.csv", "lon,lat\nnan,54\n25,inf\n"), out, "-q"}, 3, "nan.csv");
    refused({folder.file("plane.csv", "x,y\n500000,6000000\n"), out}, 3, "--input-crs");
    refused({folder.path(), out}, 3, "folder");
    refused({"https://example.org/a.csv", out}, 3, "download");
    refused({folder / "empty.csv"}, 2, "INPUT and OUTPUT");
    const auto in = folder.file("a.csv", three_heaps());
    refused({in, out, "--circles", "0"}, 2, "--circles 0");
    refused({in, out, "--radius", "0"}, 2, "--radius 0");
    refused({in, out, "--radius", "nan"}, 2, "--radius nan");
    refused({in, out, "--platform", "google"}, 2, ".csv");
    refused({in, folder / "o.csv", "--platform", "meta"}, 2, ".json");
    refused({in, out, "--platform", "pigeon"}, 2, "choose one of");
    refused({in, out, "--campaign", "=1+1"}, 2, "--campaign");
    refused({in, "/dev/full", "-q"}, 4, "/dev/full");
    refused({in, out, "--max-memory", "1k", "-q"}, 5, "");
    const auto closed =
        shell("set -o pipefail; (sleep 0.2; $VIGIL target '" + in + "' - -q) | true; exit ${PIPESTATUS[0]}");
    CHECK(closed.exit_code == 141);
    CHECK(closed.err.empty());
    CHECK_FALSE(std::filesystem::exists(out));
}

TEST_CASE("200 circles of 1 km cover 76 % of a year of London burglaries", "[target]")
{
    // the 200 top-ranked circles cover 8 %, peaks that do not overlap 68 %
    const std::string data = vigil::test::shared_data("incidents/uk_met_burglary_2015-01_2021-12.csv.gz");
    if (data.empty()) {
        WARN("skipped: no development data");
        return;
    }
    const auto ran = shell("gzip -dc '" + data + "' | awk 'NR == 1 || /^2021/' | " +
                           "$VIGIL target - - --platform generic -q | tail -1");
    REQUIRE(ran.exit_code == 0);
    const json last = json::parse(ran.out);
    CHECK(last.at("properties").at("rank") == 200);
    CHECK(last.at("properties").at("cum_share").get<double>() > 0.78);
}
