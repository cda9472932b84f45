#include "tests/tools/match_runs.h"

using namespace vigil::test;

TEST_CASE("a route that turns round inside an edge is not broken", "[match]")
{
    const TemporaryFolder folder;
    // 3.3 km of street on the equator: out by 1,336 m and back
    const std::string street = town(folder, {{"street", "[0,0],[0.03,0]"}});
    const std::string sightings = "time,lon,lat,uncert_m\n"
                                  "2024-03-01T10:00:00,0.003,0,20\n"
                                  "2024-03-01T10:01:30,0.015,0,20\n"
                                  "2024-03-01T10:03:00,0.003,0,20\n";
    const auto routes = match_rows("routes", street, sightings);
    REQUIRE(!routes.empty());
    CHECK(routes[0].at("n_break") == "0");
    CHECK(routes[0].at("status") == "ok");
    CHECK(number(routes[0], "len_km") == Approx(2 * 0.012 * 111.319).epsilon(1e-3));
    CHECK(where(match_rows("points", street, sightings), "status", "gap").empty());
}
