#include "libgeo/error.h"
#include "libgeo/io/crs.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

using namespace vigil;
using Catch::Matchers::Contains;

namespace {

XY moved(XY place, const std::string& from, const std::string& to)
{
    XY places[] = {place};
    CHECK(io::transform(places, io::crs_from_user(from), io::crs_from_user(to)) == 0);
    return places[0];
}

constexpr const char* esri_prj =
    "PROJCS[\"NAD_1983_UTM_Zone_12N\",GEOGCS[\"GCS_North_American_1983\",DATUM[\"D_North_American_1983\","
    "SPHEROID[\"GRS_1980\",6378137.0,298.257222101]],PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\","
    "0.0174532925199433]],PROJECTION[\"Transverse_Mercator\"],PARAMETER[\"False_Easting\",500000.0],"
    "PARAMETER[\"False_Northing\",0.0],PARAMETER[\"Central_Meridian\",-111.0],PARAMETER[\"Scale_Factor\","
    "0.9996],PARAMETER[\"Latitude_Of_Origin\",0.0],UNIT[\"Meter\",1.0]]";

} // namespace

TEST_CASE("projections give the worked examples of IOGP guidance note 373-7-2", "[crs]")
{
    // Transverse Mercator: OSGB 1936 / British National Grid, 50 30 N, 0 30 E
    const XY grid = moved({0.5, 50.5}, "EPSG:4277", "EPSG:27700");
    CHECK(grid.x == Approx(577274.99).margin(0.01));
    CHECK(grid.y == Approx(69740.50).margin(0.01));

    // Lambert azimuthal equal area: ETRS89-extended / LAEA Europe, 50 N, 5 E; northing comes first there
    const XY europe = moved({5, 50}, "EPSG:4258", "EPSG:3035");
    CHECK(europe.x == Approx(3962799.45).margin(0.01));
    CHECK(europe.y == Approx(2999718.85).margin(0.01));

    // Lambert conic conformal in US survey feet: NAD27 / Texas South Central, 28 30 N, 96 W
    const XY texas = moved({-96, 28.5}, "EPSG:4267", "EPSG:32040");
    CHECK(texas.x == Approx(2963503.91).margin(0.01));
    CHECK(texas.y == Approx(254759.80).margin(0.01));
}

TEST_CASE("a transformation there and back returns within a micrometre", "[crs]")
{
    struct Case {
        const char* degrees;
        const char* plane;
        XY place;
        double error_m = 1e-6;
    };
    for (const Case& one : {Case{"EPSG:4326", "EPSG:32612", {-111.83, 33.41}},
                            {"EPSG:4326", "EPSG:32736", {34.2, -3.5}},
                            {"EPSG:4167", "EPSG:2193", {174.8, -36.9}},
                            // PROJ 9.1 cuts the series of the inverse equal-area projection at 0.4 mm
                            {"EPSG:4326", "EPSG:3035", {8.17, 48.4}, 1e-3}}) {
        const XY there = moved(one.place, one.degrees, one.plane);
        const XY again = moved(moved(there, one.plane, one.degrees), one.degrees, one.plane);
        CHECK(distance_m(there, again) < one.error_m);
    }
}

TEST_CASE("many places on many threads come out as one by one", "[crs]")
{
    const Crs plane = io::crs_from_user("EPSG:32612");
    std::vector<XY> many;
    for (int i = 0; i < 50000; ++i) {
        many.push_back({-111.8 + 1e-5 * (i % 251), 33.4 + 1e-5 * (i % 997)});
    }
    const auto before = many;
    CHECK(io::transform(many, io::wgs84(), plane) == 0);
    for (std::size_t i = 0; i < many.size(); i += 7919) {
        XY one[] = {before[i]};
        io::transform(one, io::wgs84(), plane);
        CHECK(one[0] == many[i]);
    }
}

TEST_CASE("places that cannot be transformed become NaN and are counted", "[crs]")
{
    const double nan = std::numeric_limits<double>::quiet_NaN();
    XY places[] = {{nan, 33}, {-111, 33}, {-111, 412}, {std::numeric_limits<double>::infinity(), 0}};
    CHECK(io::transform(places, io::wgs84(), io::crs_from_user("EPSG:32612")) == 3);
    CHECK(std::isnan(places[0].x));
    CHECK(std::isfinite(places[1].x));
    CHECK(std::isnan(places[2].y));
    CHECK(std::isnan(places[3].x));
    CHECK(io::transform(places, io::wgs84(), io::wgs84()) == 3);
}

TEST_CASE("a CRS is understood from a code, WKT of any age, or a PROJ string", "[crs]")
{
    CHECK(io::crs_from_user("EPSG:26912").authority == "EPSG:26912");
    CHECK(io::crs_from_user(" 26912\n").name == "NAD83 / UTM zone 12N");
    CHECK(io::crs_from_user(esri_prj).authority == "EPSG:26912");
    CHECK(io::crs_from_user("urn:ogc:def:crs:EPSG::4326").authority == "EPSG:4326");
    CHECK(io::crs_from_user("OGC:CRS84").geographic);
    CHECK(io::crs_from_user("EPSG:4979").geographic); // with height: the plane is kept
    const Crs utm = io::crs_from_user("+proj=utm +zone=12 +datum=WGS84 +units=m");
    CHECK(utm.authority == "EPSG:32612");
    CHECK(io::crs_from_user(utm.wkt).authority == "EPSG:32612");
    CHECK(io::crs_from_user("EPSG:2223").metres_per_unit == 0.3048);
    CHECK(io::crs_from_user("EPSG:32040").metres_per_unit == Approx(0.3048006096));
}

TEST_CASE("what is no CRS is refused by name", "[crs]")
{
    CHECK_THROWS_WITH(io::crs_from_user("EPSG:999999"), Contains("EPSG:999999") && Contains("not known"));
    CHECK_THROWS_AS(io::crs_from_user(""), Error);
    CHECK_THROWS_AS(io::crs_from_user("Mesa"), Error); // no search for similar names
    CHECK_THROWS_AS(io::crs_from_user("/etc/passwd"), Error);
    CHECK_THROWS_AS(io::crs_from_user("https://epsg.io/26912"), Error);
    CHECK_THROWS_WITH(io::crs_from_user("EPSG:5703"), Contains("neither geographic nor projected"));
    CHECK_THROWS_AS(io::crs_from_user("EPSG:4978"), Error); // geocentric
}

TEST_CASE("a code that a file claims falsely is not believed", "[crs]")
{
    std::string wkt = esri_prj;
    wkt.replace(wkt.find("-111.0"), 6, "-105.0");
    wkt.insert(wkt.size() - 1, ",AUTHORITY[\"EPSG\",\"26912\"]");
    CHECK(io::crs_from_user(wkt).authority != "EPSG:26912");
}

TEST_CASE("two spellings of one CRS are the same, two datums are not", "[crs]")
{
    CHECK(io::same_crs(io::crs_from_user(esri_prj), io::crs_from_user("EPSG:26912")));
    CHECK(io::same_crs(io::crs_from_user("OGC:CRS84"), io::wgs84()));
    CHECK_FALSE(io::same_crs(io::crs_from_user("EPSG:26912"), io::crs_from_user("EPSG:32612")));
    CHECK_FALSE(io::same_crs(io::wgs84(), io::crs_from_user("EPSG:32612")));
    CHECK_FALSE(io::same_crs(Crs(), io::wgs84()));
}

TEST_CASE("the plane to work on follows the extent", "[crs]")
{
    CHECK(io::analysis_crs({-111.9, 33.4, -111.8, 33.5}).authority == "EPSG:32612");
    CHECK(io::analysis_crs({-0.14, 51.5, -0.13, 51.6}).authority == "EPSG:32630");
    CHECK(io::analysis_crs({31, -3, 32, -2}).authority == "EPSG:32736");
    CHECK(io::analysis_crs({180, -17, 180, -17}).authority == "EPSG:32701");
    CHECK(io::analysis_crs({-120, 30, -80, 45}).authority == "EPSG:5070");
    CHECK(io::analysis_crs({-5, 40, 25, 60}).authority == "EPSG:3035");
    CHECK(io::analysis_crs({10, 85, 20, 86}).authority == "EPSG:32661");
    const Crs africa = io::analysis_crs({-17, -34, 40, 20});
    CHECK(africa.name == "WGS 84 / equal area around -7 12");
    CHECK_FALSE(africa.geographic);
    CHECK_THROWS_WITH(io::analysis_crs({-120, -30, 150, 60}), Contains("--crs"));
    CHECK_THROWS_WITH(io::analysis_crs({-179, -18, 179, -17}), Contains("--crs"));
    CHECK_THROWS_WITH(io::analysis_crs({33, -112, 34, -111}), Contains("swapped"));
    CHECK_THROWS_AS(io::analysis_crs(Box()), Error);
}

TEST_CASE("data in metres are worked in as they are, feet and stretched planes are not", "[crs]")
{
    const auto plane = [](const char* code, Box extent, const char* user = "") {
        return io::analysis_crs_for(io::crs_from_user(code), extent, user);
    };
    CHECK(plane("EPSG:26912", {420000, 3690000, 430000, 3700000}).authority == "EPSG:26912");
    CHECK(plane("EPSG:4326", {-111.9, 33.4, -111.8, 33.5}).authority == "EPSG:32612");
    // Web Mercator stretches distances by 1 / cos(33.4 deg) = 1.2 here
    CHECK(plane("EPSG:3857", {-12456000, 3950000, -12445000, 3960000}).authority == "EPSG:32612");
    CHECK(plane("EPSG:26912", {420000, 3690000, 430000, 3700000}, "EPSG:32612").authority == "EPSG:32612");
    CHECK_THROWS_WITH(plane("EPSG:26912", {420000, 3690000, 430000, 3700000}, "EPSG:4326"),
                      Contains("not projected"));
    CHECK_THROWS_WITH(io::analysis_crs_for(Crs(), {0, 0, 1, 1}, ""), Contains("--input-crs"));

    const Crs feet = io::crs_from_user("EPSG:2223"); // NAD83 / Arizona Central, international feet
    const Crs metric = io::analysis_crs_for(feet, {700000, 850000, 720000, 870000}, "");
    CHECK(metric.metres_per_unit == 1);
    XY place[] = {{700000, 850000}};
    io::transform(place, feet, metric);
    CHECK(place[0].x == Approx(700000 * 0.3048));
    CHECK(place[0].y == Approx(850000 * 0.3048));
}

TEST_CASE("a geodesic circle is closed, runs counter-clockwise and keeps its radius", "[crs]")
{
    const auto ring = io::geodesic_circle({25, 0}, 111319.49, 360);
    REQUIRE(ring.size() == 361);
    CHECK(ring.front() == ring.back());
    CHECK(ring[0].lat_deg == Approx(1.00674).margin(1e-4)); // a degree at the equator is 110574 m north
    CHECK(ring[270].lon_deg == Approx(26.0).margin(1e-6));  // and 111319.49 m = pi/180 * 6378137 east
    double twice_area = 0;
    for (std::size_t i = 1; i < ring.size(); ++i) {
        twice_area += ring[i - 1].lon_deg * ring[i].lat_deg - ring[i].lon_deg * ring[i - 1].lat_deg;
    }
    CHECK(twice_area > 0);
    const auto dateline = io::geodesic_circle({179.9, 10}, 50000);
    for (const LonLat corner : dateline) {
        CHECK(std::abs(corner.lon_deg - 179.9) < 1); // the ring does not jump across the map
    }
    CHECK_THROWS_AS(io::geodesic_circle({0, 95}, 10), Error);
    CHECK_THROWS_AS(io::geodesic_circle({0, 0}, 0), Error);
}
