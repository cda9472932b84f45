#include "libgeo/io/features_io.h"
#include "tests/tools/hotspots_runs.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <functional>
#include <set>
#include <sstream>

using namespace vigil::test;

namespace {

const std::string sids = testdata("reference/sids2.gpkg");
const std::string columbus = testdata("reference/columbus.gpkg");
const Words columbus_crime = {"--value", "CRIME", "--input-crs", "EPSG:32616"};
const Words places = joined(on_plane, {"--grid", "points", "-q"});

struct Place {
    double x = 0;
    double y = 0;
    double weight = 0;
};

/// Places without a pattern, from west to east as the command numbers them; no two distances are alike.
std::vector<Place> scattered(std::size_t n)
{
    std::mt19937 random(31);
    std::vector<Place> all(n);
    for (std::size_t i = 0; i < n; ++i) {
        all[i] = {500000.0 + 40 * static_cast<double>(i) + static_cast<double>(random() % 39),
                  5000000.0 + static_cast<double>(random() % 1500), static_cast<double>(random() % 9)};
    }
    return all;
}

std::string csv_of(const std::vector<Place>& all)
{
    Rows rows("x,y,weight");
    for (const Place& p : all) {
        rows.add(p.x, p.y, p.weight);
    }
    return rows.text();
}

/// Gi* by the formula of Ord and Getis (1995), weights w(i, j) of places.
std::vector<double> gi_star_plainly(const std::vector<Place>& all,
                                    const std::function<double(std::size_t, std::size_t)>& w)
{
    const auto n = static_cast<double>(all.size());
    double sum = 0;
    double squares = 0;
    for (const Place& p : all) {
        sum += p.weight;
        squares += p.weight * p.weight;
    }
    const double mean = sum / n;
    const double deviation = std::sqrt(squares / n - mean * mean);
    std::vector<double> z;
    for (std::size_t i = 0; i < all.size(); ++i) {
        double sum_w = 0;
        double sum_w2 = 0;
        double sum_wx = 0;
        for (std::size_t j = 0; j < all.size(); ++j) {
            const double weight = w(i, j);
            sum_w += weight;
            sum_w2 += weight * weight;
            sum_wx += weight * all[j].weight;
        }
        z.push_back((sum_wx - mean * sum_w) /
                    (deviation * std::sqrt((n * sum_w2 - sum_w * sum_w) / (n - 1))));
    }
    return z;
}

void check_equal(const std::vector<double>& seen, const std::vector<double>& wanted)
{
    REQUIRE(seen.size() == wanted.size());
    for (std::size_t i = 0; i < seen.size(); ++i) {
        CAPTURE(i, seen[i], wanted[i]);
        CHECK(std::isnan(seen[i]) == std::isnan(wanted[i]));
        CHECK(!(std::fabs(seen[i] - wanted[i]) >= 1e-9));
    }
}

/// A layer of lines on the plane of the other tests.
void write_lines(const std::string& path, const std::vector<std::vector<vigil::XY>>& lines)
{
    vigil::Features layer;
    layer.name = "lines";
    layer.crs = vigil::io::read_features(columbus, {.layer = {}, .crs = "EPSG:32631"}).crs;
    layer.geometry.kind = vigil::GeometryKind::line;
    std::vector<std::int64_t> ids;
    for (const auto& line : lines) {
        layer.geometry.add(line);
        ids.push_back(static_cast<std::int64_t>(ids.size()));
    }
    layer.table.fields = {{"id", "", "", ids}};
    vigil::io::write_features(path, {&layer, 1}, {});
}

} // namespace

TEST_CASE("weights that fall with distance follow their formula", "[hotspots]")
{
    const TemporaryFolder folder;
    const std::vector<Place> all = scattered(40);
    const std::string file = folder.file("places.csv", csv_of(all));
    const auto distance = [&](std::size_t i, std::size_t j) {
        return std::hypot(all[i].x - all[j].x, all[i].y - all[j].y);
    };
    for (const double power : {1.0, 2.0}) {
        const Made t = made(
            folder, file,
            joined(places, {"--weights", "inverse", "--band", "500", "--power", fmt::format("{}", power)}));
        REQUIRE(t.ran.exit_code == 0);
        check_equal(t["gi_z"], gi_star_plainly(all, [&](auto i, auto j) {
                        const double d = distance(i, j);
                        return i == j ? 1 : d <= 500 ? std::pow(d, -power) : 0;
                    }));
        CHECK(t.has("n_eff"));
        CHECK(t["n_eff"][0] > 0);
    }
    const std::map<std::string, std::function<double(double)>> kernels = {
        {"triangular",
         [](double z) {
             return z < 1 ? 1 - z : 0;
         }},
        {"uniform",
         [](double z) {
             return z <= 1 ? 0.5 : 0;
         }},
        {"epanechnikov",
         [](double z) {
             return z < 1 ? 0.75 * (1 - z * z) : 0;
         }},
        {"quartic",
         [](double z) {
             return z < 1 ? 15.0 / 16 * (1 - z * z) * (1 - z * z) : 0;
         }},
    };
    for (const auto& one : kernels) {
        const std::string& name = one.first;
        const auto& kernel = one.second;
        CAPTURE(name);
        const Made t = made(
            folder, file, joined(places, {"--weights", "kernel", "--band", "500", "--weight-kernel", name}));
        REQUIRE(t.ran.exit_code == 0);
        check_equal(t["gi_z"],
                    gi_star_plainly(all, [&](auto i, auto j) { return kernel(distance(i, j) / 500); }));
    }
    const Made adaptive = made(folder, file, joined(places, {"--weights", "kernel", "--k", "6"}));
    REQUIRE(adaptive.ran.exit_code == 0);
    check_equal(adaptive["gi_z"], gi_star_plainly(all, [&](std::size_t i, std::size_t j) {
                    std::vector<double> others;
                    for (std::size_t m = 0; m < all.size(); ++m) {
                        others.push_back(distance(i, m));
                    }
                    std::sort(others.begin(), others.end()); // the first is the place itself
                    return std::max(0.0, 1 - distance(i, j) / (others[6] * (1 + 1e-7)));
                }));
}

TEST_CASE("neighbours that are equal by distance follow their definition", "[hotspots]")
{
    const TemporaryFolder folder;
    const std::vector<Place> all = scattered(60);
    const std::string file = folder.file("places.csv", csv_of(all));
    const auto distance = [&](std::size_t i, std::size_t j) {
        return std::hypot(all[i].x - all[j].x, all[i].y - all[j].y);
    };
    const Made band = made(folder, file, joined(places, {"--band", "400"}));
    check_equal(band["gi_z"],
                gi_star_plainly(all, [&](auto i, auto j) { return distance(i, j) <= 400 ? 1 : 0; }));
    const Made nearest = made(folder, file, joined(places, {"--k", "5"}));
    check_equal(nearest["gi_z"], gi_star_plainly(all, [&](auto i, auto j) {
                    int nearer = 0;
                    for (std::size_t m = 0; m < all.size(); ++m) {
                        nearer += distance(i, m) < distance(i, j) ? 1 : 0;
                    }
                    return nearer <= 5 ? 1 : 0;
                }));
    for (const double n : nearest["n_nbrs"]) {
        CHECK(n == 6); // itself included
    }
    const Made k_all = made(folder, file, joined(places, {"--k", "59"}));
    for (const double z : k_all["gi_z"]) {
        CHECK(z == 0); // all are in: nothing can vary
    }
}

TEST_CASE("neighbours written to a file and read again give the same table", "[hotspots]")
{
    const TemporaryFolder folder;
    const std::string file = folder.file("places.csv", csv_of(scattered(60)));
    const Words value = {"--value", "SID74"};
    struct Way {
        std::string input;
        Words words, kept, then;
    };
    const std::vector<Way> ways = {
        {sids, value, {"gal", "gwt", "csv"}, {}},
        {sids, joined(value, {"--weights", "knn", "--k", "4"}), {"gal"}, {}},
        {sids, joined(value, {"--band", "90000"}), {"csv"}, {"--statistic", "gi"}},
        {sids, joined(value, {"--weights", "delaunay"}), {"gwt"}, {"--statistic", "moran"}},
        {file, joined(places, {"--weights", "band"}), {"gal"}, {}},
        {file, joined(places, {"--weights", "inverse"}), {"gwt"}, {}},
        {file, joined(places, {"--weights", "kernel", "--k", "6"}), {"csv"}, {"--weight-kernel", "quartic"}},
    };
    for (const auto& [input, words, formats, then] : ways) {
        for (const std::string& format : formats) {
            CAPTURE(words, format);
            const std::string kept = folder / ("kept." + format);
            const Words statistic = then.empty() || then[0] == "--statistic" ? then : Words{};
            const Made first = made(folder, input, joined(joined(words, then), {"--write-weights", kept}));
            REQUIRE(first.ran.exit_code == 0);
            const Made again =
                made(folder, input,
                     joined(joined(input == sids ? value : places, statistic), {"--weights-file", kept}));
            REQUIRE(again.ran.exit_code == 0);
            for (const auto& [name, cells] : first.columns) {
                CAPTURE(name);
                if (name == "wkt" || name == "co_type") {
                    CHECK((again.columns.at(name) == cells));
                } else { // the sums are taken in another order
                    check_equal(again[name], first[name]);
                }
            }
            std::filesystem::remove(kept);
        }
    }
    const Ran weighted = hotspots(joined(
        places, {file, folder / "x.csv", "--weights", "inverse", "--write-weights", folder / "x.gal"}));
    CHECK(weighted.exit_code == 4); // GAL holds no weights
    CHECK(one_line(weighted.err));
    CHECK(folder.names() == Words{"made.csv", "made.csvt", "made.prj", "made.qml", "places.csv"});
}

TEST_CASE("weights files by another program name features by row or by an id", "[hotspots]")
{
    const TemporaryFolder folder;
    const auto with = [&](const Words& words) {
        Made t = made(folder, columbus, joined(columbus_crime, words));
        CHECK(t.ran.exit_code == 0);
        return t;
    };
    const Words by_id = {"--weights-id", "POLYID", "--weights-file"};
    const Words gal = joined(by_id, {testdata("weights/columbus.gal")});
    CHECK((with(gal).columns == with({"--weights-file", testdata("weights/columbus_bare.gal")}).columns));
    const Made row =
        with(joined({"--statistic", "moran"}, joined(by_id, {testdata("weights/columbus_row.csv")})));
    const Made ours = with(joined({"--statistic", "moran", "--row-standardise"}, gal));
    check_equal(row["lm_z"], ours["lm_z"]);
    check_equal(row["lm_i"], ours["lm_i"]);
    const Made triangles = with({"--weights", "delaunay"});
    CHECK((with(joined(by_id, {testdata("weights/columbus_delaunay.gal")})).columns == triangles.columns));
    for (const double n : with(joined(by_id, {testdata("weights/columbus_knn4_inverse.gwt")}))["n_nbrs"]) {
        CHECK(n == 5); // four and itself
    }
    check_equal(with({"--row-standardise"})["gi_z"], with({})["gi_z"]); // Gi* does not change with it
}

TEST_CASE("along a network the way round counts, not the crow's", "[hotspots]")
{
    // a horseshoe: places 1 and 2 are 1,000 m apart through the air and 3,000 m along the line
    const TemporaryFolder folder;
    const double x = 500000;
    const double y = 5000000;
    write_lines(folder / "shoe.gpkg", {{{x, y}, {x + 1000, y}},
                                       {{x + 1000, y}, {x + 1000, y + 1000}},
                                       {{x + 1000, y + 1000}, {x, y + 1000}}});
    const std::string file = folder.file(
        "ends.csv", csv_of({{x, y, 1}, {x, y + 1000, 2}, {x + 1000, y, 5}, {x + 1000, y + 1000, 1}}));
    const auto neighbours = [&](const Words& words) {
        const Made t = made(folder, file, joined(joined(places, {"--statistic", "gi"}), words));
        CHECK(t.ran.exit_code == 0);
        return t["n_nbrs"];
    };
    const Words net = {"--network", folder / "shoe.gpkg"};
    CHECK(neighbours({"--band", "1001"}) == std::vector<double>{2, 2, 2, 2});
    CHECK(neighbours(joined(net, {"--band", "1001"})) == std::vector<double>{1, 1, 2, 2});
    CHECK(neighbours(joined(net, {"--band", "2001"})) == std::vector<double>{2, 2, 3, 3});
    CHECK(neighbours(joined(net, {"--k", "1"})) == std::vector<double>{1, 1, 1, 1});
    const auto told = hotspots(joined(joined(places, net), {file, "-", "--band", "2001", "-v"}));
    CHECK(told.exit_code == 0);
}

TEST_CASE("space-time neighbours are near in both", "[hotspots]")
{
    const TemporaryFolder folder;
    Rows rows("x,y,date,weight");
    rows.add(500000, 5000000, "2024-03-01", 1);
    rows.add(500000, 5000000, "2024-03-20", 2); // same place, another time: another feature
    rows.add(500100, 5000000, "2024-03-04", 3);
    rows.add(500200, 5000000, "2024-03-02", 4);
    rows.add(500900, 5000000, "2024-03-02", 5);
    const std::string file = folder.file("moments.csv", rows.text());
    const Made t =
        made(folder, file, joined(places, {"--band", "200", "--time-band", "3", "--statistic", "gi"}));
    REQUIRE(t.ran.exit_code == 0);
    CHECK(t["value"] == std::vector<double>{1, 2, 3, 4, 5});
    CHECK(t["n_nbrs"] == std::vector<double>{2, 0, 2, 2, 0});
    CHECK(std::isnan(t["gi_p"][1]));
    CHECK(!std::isnan(t["gi_p"][0]));
    CHECK(hotspots(joined({file, "-", "--cell", "100", "--band", "200", "--time-band", "3"}, on_plane))
              .exit_code == 2);
}

TEST_CASE("on the ellipsoid neighbours are counted across the antimeridian", "[hotspots]")
{
    const TemporaryFolder folder;
    const Words world = {"--grid", "points", "--geodesic", "-q", "--statistic", "gi"};
    const std::string pacific =
        folder.file("pacific.csv", "lon,lat,weight\n179.9,0,1\n-179.9,0,2\n179.9,1,3\n-179.9,1,4\n150,5,5\n");
    const Made t = made(folder, pacific, joined(world, {"--band", "23000"})); // 0.2 degrees are 22.3 km
    REQUIRE(t.ran.exit_code == 0);
    CHECK(t["n_nbrs"] == std::vector<double>{1, 1, 0, 1, 1}); // from the west: -179.9 twice, 150, 179.9 twice

    Columns points = csv_columns(testdata("weights/world_points.csv"));
    Rows rows("lon,lat,weight");
    std::multiset<double> wanted;
    for (std::size_t i = 0; i < points["id"].size(); ++i) {
        rows.add(points["lon"][i], points["lat"][i], i % 7);
    }
    std::istringstream gal(read_file(testdata("weights/world_2000km.gal")));
    std::string line;
    std::getline(gal, line);
    for (int id = 0, count = 0; gal >> id >> count;) {
        wanted.insert(count);
        for (int k = 0, other = 0; k < count; ++k) {
            gal >> other;
        }
    }
    const Made r = made(folder, folder.file("world.csv", rows.text()), joined(world, {"--band", "2000000"}));
    REQUIRE(r.ran.exit_code == 0);
    const auto seen = r["n_nbrs"];
    CHECK((std::multiset<double>(seen.begin(), seen.end()) == wanted));
    for (const std::string kind : {"knn", "inverse"}) {
        CHECK(made(folder, pacific,
                   joined(world, {"--weights", kind, kind == "knn" ? "--k" : "--band",
                                  kind == "knn" ? "2" : "200000"}))
                  .ran.exit_code == 0);
    }
}
