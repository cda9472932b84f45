#include "libgeo/io/features_io.h"
#include "tests/tools/routes_runs.h"

#include <cmath>
#include <filesystem>
#include <set>

using namespace vigil;
using namespace vigil::test;
using Catch::Matchers::Contains;

namespace {

std::string ford()
{
    return testdata("ford/ford.osm");
}

std::string journeys()
{
    return testdata("ford/journeys.csv");
}

/// One pair as a table.
std::string pair(const std::string& places)
{
    return "case_id,from_lon,from_lat,to_lon,to_lat\n" + places + "\n";
}

/// The middle of the Toll Bridge, node 50, and of the Old Bridge, node 51.
constexpr const char* toll_bridge = "-29.9885914 0.0090437";
constexpr const char* old_bridge = "-30.0013475 0.0090437";

} // namespace

TEST_CASE("ways of a case are ranked by cost and their probabilities sum to one", "[routes]")
{
    for (const char* profile : {"car", "truck", "bus", "walk", "multimodal"}) {
        INFO(profile);
        const auto rows = routes_rows({ford(), "--pairs", journeys(), "--ways", "5", "--profile", profile});
        const auto cheapest =
            routes_rows({ford(), "--pairs", journeys(), "--ways", "1", "--profile", profile});
        REQUIRE(cheapest.size() == 3);
        for (std::size_t c = 0; c < 3; ++c) {
            const auto ways = of_case(rows, cheapest[c].at("case_id"));
            REQUIRE(!ways.empty());
            REQUIRE(ways.size() <= 5);
            double sum = 0;
            std::set<std::string> drawings;
            for (std::size_t k = 0; k < ways.size(); ++k) {
                CHECK(ways[k].at("rank") == std::to_string(k + 1));
                CHECK(ways[k].at("status") == "ok");
                sum += number(ways[k], "prob");
                drawings.insert(ways[k].at("wkt"));
                CHECK(number(ways[k], "detour") ==
                      Approx(number(ways[k], "cost_min") / number(ways[0], "cost_min")).epsilon(1e-12));
                CHECK(number(ways[k], "detour") <= 1.25); // the limit unless --stretch is given
                CHECK(number(ways[k], "cost_min") >= number(ways[k == 0 ? 0 : k - 1], "cost_min") - 1e-9);
            }
            CHECK(sum == Approx(1).epsilon(1e-12));
            CHECK(drawings.size() == ways.size());
            // of ways that cost the same another may come first when more are asked for
            CHECK(number(cheapest[c], "cost_min") == Approx(number(ways[0], "cost_min")).epsilon(1e-12));
            CHECK(number(cheapest[c], "prob") == 1);
        }
    }
}

TEST_CASE("without sensitivity to cost only overlap counts, and without path size nothing", "[routes]")
{
    const auto rows =
        routes_rows({ford(), "--pairs", journeys(), "--ways", "5", "--theta", "0", "--path-size", "0"});
    const auto sized = routes_rows({ford(), "--pairs", journeys(), "--ways", "5", "--theta", "0"});
    for (const char* id : {"market", "village", "ferry"}) {
        const auto ways = of_case(rows, id);
        for (const Row& way : ways) {
            CHECK(number(way, "prob") == Approx(1.0 / static_cast<double>(ways.size())).epsilon(1e-12));
        }
        double sum = 0;
        for (const Row& way : of_case(sized, id)) {
            sum += number(way, "prob");
        }
        CHECK(sum == Approx(1).epsilon(1e-12));
    }
    // the two ways to the village have only their two ends in common, half of each of the same 2 x 150 m
    const auto village = of_case(sized, "village");
    REQUIRE(village.size() == 2);
    CHECK(number(village[0], "prob") == Approx(0.5).margin(0.01));
    // a steep theta makes the cheapest certain
    const auto steep = routes_rows({ford(), "--pairs", journeys(), "--theta", "100"});
    CHECK(number(of_case(steep, "village")[0], "prob") > 0.999999);
}

TEST_CASE("a banned turn binds cars, not people on foot", "[routes]")
{
    // eastwards on Market Street (1003), then north into South Lane 6 (1033): a banned left turn at node 20.
    // On foot 0.0017289 degrees of longitude of 111319.49 m and 0.0014782 of latitude of 110574.3 m: 355.9 m
    const std::string turn = pair("t,-29.9905,0.0045218,-29.9887711,0.0060");
    const auto walk = routes_rows({ford(), "--pairs", "-", "--ways", "1", "--profile", "walk"}, turn);
    CHECK(number(walk.at(0), "len_km") == Approx(0.35591).margin(1e-5));
    CHECK(number(walk[0], "cost_min") == Approx(0.35591 / 4.8 * 60).margin(1e-3)); // at 4.8 km/h
    const auto car = routes_rows({ford(), "--pairs", "-", "--ways", "1"}, turn);
    CHECK(number(car.at(0), "len_km") > 0.5);
    CHECK_THAT(car[0].at("wkt"), !Contains("-29.9887711 0.0045218"));
    // the other way round nothing is banned
    const auto back =
        routes_rows({ford(), "--pairs", "-", "--ways", "1"}, pair("t,-29.9887711,0.0060,-29.9905,0.0045218"));
    CHECK(number(back.at(0), "len_km") == Approx(0.35591).margin(1e-5));
}

TEST_CASE("a one-way street sends cars round the block and lets people on foot back", "[routes]")
{
    // South Lane 3 is one-way northwards; 0.003 degrees of latitude are 331.7 m
    const std::string south = pair("s,-29.9955084,0.004,-29.9955084,0.001");
    CHECK(number(routes_rows({ford(), "--pairs", "-", "--ways", "1", "--profile", "walk"}, south).at(0),
                 "len_km") == Approx(0.33172).margin(1e-5));
    // the car goes on to the crossing (57.7 m), round one block (250 + 500 + 250 m), and up to the place
    // (110.6 m)
    CHECK(number(routes_rows({ford(), "--pairs", "-", "--ways", "1"}, south).at(0), "len_km") ==
          Approx(1.16827).margin(1e-3));
    CHECK(number(routes_rows({ford(), "--pairs", "-", "--ways", "1"},
                             pair("n,-29.9955084,0.001,-29.9955084,0.004"))
                     .at(0),
                 "len_km") == Approx(0.33172).margin(1e-5));
}

TEST_CASE("a border post costs its minutes once and is counted", "[routes]")
{
    const TemporaryFolder folder;
    const auto profile = [&](const char* border) {
        return folder.file(std::string(border) + ".profile",
                           std::string("vehicle = car\nmode road = 1\ndefault speed = 36\nborder = ") +
                               border);
    };
    const auto free = routes_rows({ford(), "--pairs", journeys(), "--ways", "1", "--profile", profile("0")});
    const auto quick =
        routes_rows({ford(), "--pairs", journeys(), "--ways", "1", "--profile", profile("7s")});
    const auto slow = routes_rows({ford(), "--pairs", journeys(), "--ways", "1", "--profile", profile("2h")});
    CHECK(of_case(free, "village").at(0).at("borders") == "1");
    CHECK(number(of_case(quick, "village").at(0), "cost_min") ==
          Approx(number(of_case(free, "village").at(0), "cost_min") + 7.0 / 60).margin(1e-9));
    CHECK(of_case(slow, "village").at(0).at("borders") == "0"); // over the forest track
    CHECK(of_case(free, "market").at(0).at("borders") == "0");
}

TEST_CASE("the toll bridge is avoided when the toll is dear", "[routes]")
{
    const TemporaryFolder folder;
    const std::string common = "vehicle = car\nmode road = 1\ndefault speed = 36\n";
    const auto cheap = routes_rows(
        {ford(), "--pairs", journeys(), "--ways", "1", "--profile", folder.file("a.profile", common)});
    const auto dear = routes_rows({ford(), "--pairs", journeys(), "--ways", "5", "--profile",
                                   folder.file("b.profile", common + "factor toll=yes = 20\n")});
    const auto closed = routes_rows({ford(), "--pairs", journeys(), "--ways", "5", "--profile",
                                     folder.file("c.profile", common + "factor toll=* = no\n")});
    CHECK_THAT(of_case(cheap, "market").at(0).at("wkt"), Contains(toll_bridge));
    for (const auto* rows : {&dear, &closed}) {
        for (const Row& way : of_case(*rows, "market")) {
            CHECK_THAT(way.at("wkt"), !Contains(toll_bridge) && Contains(old_bridge));
        }
    }
    CHECK(of_case(closed, "market") == of_case(dear, "market"));
}

TEST_CASE("a gate stops those whose profile says so, and costs the others a moment", "[routes]")
{
    const TemporaryFolder folder;
    // along Depot: 0.0050253 degrees of longitude, 559.4 m; at node 65 a gate, access=private
    const std::string depot = pair("g,-29.9865253,0.0158265,-29.9815,0.0158265");
    const auto car = routes_rows({ford(), "--pairs", "-", "--ways", "1"}, depot);
    CHECK(number(car.at(0), "len_km") == Approx(0.55941).margin(1e-5));
    CHECK(number(car[0], "cost_min") ==
          Approx(0.55941 / 15 * 60 + 0.5).margin(1e-3)); // service; barrier 30 s
    const auto walk = routes_rows({ford(), "--pairs", "-", "--ways", "1", "--profile", "walk"}, depot);
    CHECK(number(walk.at(0), "cost_min") == Approx(0.55941 / 4.8 * 60 + 0.1).margin(1e-3));
    const std::string strict = folder.file(
        "strict.profile", "vehicle = car\nmode road = 1\ndefault speed = 36\nfactor barrier=gate = no\n");
    const auto ran = routes({ford(), "--pairs", "-", "--profile", strict}, depot);
    CHECK(ran.exit_code == 0);
    CHECK_THAT(ran.err, Contains("1 of 1 cases have no path"));
    const auto rows = rows_of(ran.out);
    CHECK(rows.at(0).at("status") == "no_path");
    CHECK(rows[0].at("wkt").empty());
    CHECK(rows[0].at("prob").empty());
}

TEST_CASE("the ferry, the foot bridge and the train are taken by those who may", "[routes]")
{
    const TemporaryFolder folder;
    // from the lane south of the ferry to the one north of it: on foot 64.5 m and 54.8 m at 80 m a minute,
    // the 6 minutes of the crossing, and 5 minutes at each quay
    const std::string quays = pair("q,-29.9955084,0.0062,-29.9955084,0.0118");
    const auto walk = routes_rows({ford(), "--pairs", "-", "--profile", "walk"}, quays);
    CHECK(walk.at(0).at("ferries") == "1");
    CHECK(walk[0].at("modes") == "road ferry");
    CHECK(number(walk[0], "cost_min") == Approx((64.45 + 54.78) / 80 + 6 + 10).margin(0.01));
    CHECK(walk.at(1).at("modes") == "road walk"); // the foot bridge, way 1025
    // a car without bridges
    const std::string car = folder.file("car.profile", "vehicle = car\nmode road = 1\nmode ferry = 1\n"
                                                       "mode transfer = 1\ndefault speed = 30\n"
                                                       "factor bridge=yes = no\n");
    const auto boat = routes_rows({ford(), "--pairs", "-", "--profile", car, "--ways", "1"}, quays);
    CHECK(boat.at(0).at("ferries") == "1");
    CHECK(number(boat[0], "cost_min") == Approx((64.45 + 54.78) / 500 + 6).margin(0.01)); // 30 km/h; no wait
    // the ferry alone
    const auto ferry = routes_rows({ford(), "--pairs", "-", "--profile", "ferry", "--ways", "1"}, quays);
    CHECK(number(ferry.at(0), "cost_min") == Approx(6).margin(1e-4)); // duration=00:06
    CHECK(ferry[0].at("modes") == "ferry");
    // the train from Ford to Village: 3752 m at 100 km/h
    const std::string stations = pair("r,-29.9991017,-0.0019896,-29.9654149,-0.001447");
    const auto rail = routes_rows({ford(), "--pairs", "-", "--profile", "rail", "--ways", "1"}, stations);
    CHECK(rail.at(0).at("modes") == "rail");
    CHECK(number(rail[0], "len_km") == Approx(3.7523).margin(1e-3));
}

TEST_CASE("scenarios mix probabilities by their weights", "[routes]")
{
    const TemporaryFolder folder;
    const std::string south = pair("s,-29.9955084,0.004,-29.9955084,0.001");
    // cars go round one of two blocks of the same length, people on foot straight back
    const auto mixed =
        routes_rows({ford(), "--pairs", "-", "--scenario", "car:0.6", "--scenario", "walk:0.4"}, south);
    REQUIRE(mixed.size() == 3);
    double straight = 0;
    for (const Row& row : mixed) {
        const bool back = number(row, "len_km") < 0.4;
        straight += back ? number(row, "prob") : 0;
        CHECK(number(row, "prob") == Approx(back ? 0.4 : 0.3).margin(1e-9));
    }
    CHECK(straight == Approx(0.4).margin(1e-12));
    // only the proportions of weights matter
    CHECK(routes({ford(), "--pairs", "-", "--scenario", "car:1.2", "--scenario", "walk:0.8"}, south).out ==
          routes({ford(), "--pairs", "-", "--scenario", "car:0.6", "--scenario", "walk:0.4"}, south).out);
    // one scenario is a profile
    CHECK(routes({ford(), "--pairs", "-", "--scenario", "car:5"}, south).out ==
          routes({ford(), "--pairs", "-", "--profile", "car"}, south).out);
}

TEST_CASE("a scenario in which an area is dear moves its share of journeys", "[routes]")
{
    const TemporaryFolder folder;
    static_cast<void>(folder.file(
        "river.geojson", R"({"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[)"
                         R"([-29.9895,0.0075],[-29.9875,0.0075],[-29.9875,0.0105],[-29.9895,0.0105],)"
                         R"([-29.9895,0.0075]]]}})"));
    const std::string common = "vehicle = car\nmode road = 1\ndefault speed = 36\nborder = 1\n";
    const std::string open = folder.file("open.profile", common);
    const std::string shut = folder.file("shut.profile", common + "factor area river.geojson = 1000\n");
    const auto share_over_toll = [&](const std::vector<std::string>& scenarios) {
        std::vector<std::string> arguments = {ford(), "--pairs",   journeys(), "--ways",
                                              "50",   "--stretch", "1.6"};
        arguments.insert(arguments.end(), scenarios.begin(), scenarios.end());
        double share = 0;
        for (const Row& way : of_case(routes_rows(arguments), "market")) {
            share += way.at("wkt").find(toll_bridge) != std::string::npos ? number(way, "prob") : 0;
        }
        return share;
    };
    CHECK(share_over_toll({"--profile", shut}) == Approx(0).margin(1e-12));
    const double alone = share_over_toll({"--profile", open});
    CHECK(alone > 0.5);
    // Both scenarios choose among what either finds, so the share is near that of the open one times its
    // weight
    const double mixed = share_over_toll({"--scenario", open + ":0.6", "--scenario", shut + ":0.4"});
    CHECK(mixed > 0.3);
    CHECK(mixed < 0.6 + 1e-9);
}

TEST_CASE("an extract, its engine file and any number of threads give the same bytes", "[routes]")
{
    const TemporaryFolder folder;
    const std::string net = folder / "ford.vnet";
    REQUIRE(test::vigil({"network", ford(), net}).exit_code == 0);
    const auto direct = routes({ford(), "--pairs", journeys(), "--ways", "5"});
    REQUIRE(direct.exit_code == 0);
    CHECK(routes({net, "--pairs", journeys(), "--ways", "5"}).out == direct.out);
    CHECK(routes({net, "--pairs", journeys(), "--ways", "5", "--threads", "1"}).out == direct.out);
    CHECK(routes({net, "--pairs", journeys(), "--ways", "5", "--threads", "8"}).out == direct.out);
    CHECK(routes({net, "--pairs", "-", "--ways", "5"}, read_file(journeys())).out == direct.out);

    REQUIRE(test::vigil({"routes", net, folder / "r.gpkg", "--pairs", journeys(), "--ways", "5"}).exit_code ==
            0);
    const Features layer = io::read_features(folder / "r.gpkg");
    const auto rows = rows_of(direct.out);
    REQUIRE(layer.geometry.size() == rows.size());
    const auto& prob = std::get<std::vector<double>>(layer.table.find("prob")->values);
    const auto& modes = std::get<std::vector<std::string>>(layer.table.find("modes")->values);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        CHECK(prob[i] == Approx(number(rows[i], "prob")).epsilon(1e-12));
        CHECK(modes[i] == rows[i].at("modes"));
    }
    CHECK(layer.crs.authority == "EPSG:4326");
}

TEST_CASE("cutting every line in three changes nothing at all", "[routes]")
{
    const TemporaryFolder folder;
    // a lattice of lines that bend twice, every seventh one-way
    std::string whole;
    std::string cut;
    const auto feature = [](const std::vector<XY>& line, bool one_way) {
        std::string text = R"({"type":"Feature","properties":{"ow":")" + std::string(one_way ? "yes" : "no") +
                           R"("},"geometry":{"type":"LineString","coordinates":[)";
        for (std::size_t v = 0; v < line.size(); ++v) {
            text += (v == 0 ? "[" : ",[") + std::to_string(line[v].x) + "," + std::to_string(line[v].y) + "]";
        }
        return text + "]}}\n";
    };
    int number_of_line = 0;
    const auto add = [&](XY a, XY b) {
        const bool one_way = ++number_of_line % 7 == 0;
        const XY c{a.x + (b.x - a.x) / 3 + 1e-4, a.y + (b.y - a.y) / 3 - 1e-4};
        const XY d{a.x + (b.x - a.x) / 3 * 2 - 1e-4, a.y + (b.y - a.y) / 3 * 2 + 2e-4};
        whole += feature({a, c, d, b}, one_way);
        cut += feature({a, c}, one_way) + feature({c, d}, one_way) + feature({d, b}, one_way);
    };
    for (int i = 0; i < 8; ++i) {
        for (int j = 0; j < 8; ++j) {
            const XY at{20 + i * 0.004, 45 + j * 0.003};
            add(at, {at.x + 0.004, at.y});
            add({at.x, at.y + 0.003}, at);
        }
    }
    const std::string first = folder.file("whole.geojsonl", whole);
    const std::string second = folder.file("cut.geojsonl", cut);
    std::string pairs = "from_lon,from_lat,to_lon,to_lat\n";
    for (int i = 0; i < 12; ++i) {
        pairs += std::to_string(20 + 0.0027 * i) + ",45.0011," + std::to_string(20.031 - 0.0025 * i) +
                 ",45.0207\n";
    }
    const auto one = routes({first, "--pairs", "-", "--oneway", "ow", "--ways", "4"}, pairs);
    const auto three = routes({second, "--pairs", "-", "--oneway", "ow", "--ways", "4"}, pairs);
    REQUIRE(one.exit_code == 0);
    CHECK(one.err.empty());
    CHECK(rows_of(one.out).size() > 24);
    CHECK(one.out == three.out);
}
