#include "tests/support/run.h"

#include "libgeo/io/features_io.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <string>
#include <vector>

// What `vigil match` says of the sightings it reads, and the columns case_id, seq and sigma_m of its layer of
// points. The sightings lie in Ford (testdata/ford), an invented town.

using Catch::Contains;
using vigil::test::Ran;
using vigil::test::TemporaryFolder;
using vigil::test::testdata;

namespace {

std::vector<std::string> cases_of(const vigil::Features& layer)
{
    return std::get<std::vector<std::string>>(layer.table.find("case_id")->values);
}

/// A run on Ford whose sightings are `text` in a file of this name.
struct Matching {
    TemporaryFolder folder;
    Ran ran;

    explicit Matching(const std::string& text, std::vector<std::string> options = {},
                      const std::string& name = "seen.csv")
    {
        options.insert(options.begin(),
                       {"match", testdata("ford/ford.osm"), folder.file(name, text), folder / "out.gpkg"});
        ran = vigil::test::vigil(options);
        INFO(ran.err);
    }

    [[nodiscard]] vigil::Features points() const
    {
        REQUIRE(ran.exit_code == 0);
        return vigil::io::read_features(folder / "out.gpkg", {.layer = "points", .crs = {}});
    }
    [[nodiscard]] std::vector<std::string> cases() const { return cases_of(points()); }
    /// The cases in the order of their routes.
    [[nodiscard]] std::vector<std::string> cases_of_routes() const
    {
        return cases_of(vigil::io::read_features(folder / "out.gpkg", {.layer = "routes", .crs = {}}));
    }
    [[nodiscard]] std::vector<double> sigmas() const
    {
        return std::get<std::vector<double>>(points().table.find("sigma_m")->values);
    }
};

constexpr const char* two_cases = "case_id,lon,lat,time\n"
                                  "b,-29.9955,0.0045,2024-03-05 08:00\n"
                                  "a,-29.9977,0.0022,2024-03-05 09:00\n"
                                  "b,-29.9955,0.0113,2024-03-05 08:05\n"
                                  "a,-29.9955,0.0022,2024-03-05 09:05\n";

} // namespace

TEST_CASE("cases come in the order in which they first appear", "[match][input]")
{
    const Matching two(two_cases, {"--sigma", "10", "--draws", "0"});
    CHECK(two.cases() == std::vector<std::string>{"b", "a", "b", "a"}); // points are in the order of rows
    CHECK(two.cases_of_routes() == std::vector<std::string>{"b", "a"});
    CHECK(two.ran.err.empty());
    CHECK_THAT(Matching(two_cases, {"-v"}).ran.err,
               Contains("4 sightings of 2 cases (by case_id); order by time"));
    CHECK(Matching(two_cases, {"--case", "time"}).cases().size() == 4);
}

TEST_CASE("without a column of cases all sightings are one", "[match][input]")
{
    const Matching one("lon,lat\n-29.9955,0.0045\n-29.9955,0.0113\n", {"-v"});
    CHECK(one.cases() == std::vector<std::string>{"1", "1"});
    CHECK_THAT(one.ran.err, Contains("no column tells the cases: all are one); order that of the rows"));
}

TEST_CASE("two columns that could tell the cases are refused", "[match][input]")
{
    const Matching both("case_id,case,lon,lat\n1,2,-29.9955,0.0045\n");
    CHECK(both.ran.exit_code == 3);
    CHECK_THAT(both.ran.err, Contains("name one with --case"));
}

TEST_CASE("a row without a case is skipped and kept by --rejects", "[match][input]")
{
    const TemporaryFolder folder;
    const Matching some(std::string(two_cases) + ",-29.9955,0.0022,2024-03-05 10:00\n",
                        {"--rejects", folder / "r.csv"});
    CHECK(some.cases().size() == 4);
    CHECK_THAT(some.ran.err, Contains("1 of 5 rows skipped: no case (first at line 6)"));
    CHECK_THAT(vigil::test::read_file(folder / "r.csv"), Contains(",6,no case"));
}

TEST_CASE("times that go backwards are sorted, with a count", "[match][input]")
{
    const Matching back("lon,lat,time\n-29.9955,0.0045,2024-03-05 08:05\n-29.9955,0.0113,2024-03-05 08:00\n");
    CHECK(back.ran.exit_code == 0);
    CHECK_THAT(back.ran.err, Contains("1 times are before those of the row before"));
    const Matching numbered("seq,lon,lat,time\n1,-29.9955,0.0045,2024-03-05 08:05\n"
                            "2,-29.9955,0.0113,2024-03-05 08:00\n");
    CHECK_THAT(numbered.ran.err, Contains("1 times go against the numbers in seq and do not count"));
}

TEST_CASE("what should number the sightings must be numbers", "[match][input]")
{
    const Matching text("nth,lon,lat\nfirst,-29.9955,0.0045\n2,-29.9955,0.0113\n", {"--seq", "nth"});
    CHECK(text.ran.exit_code == 3);
    CHECK_THAT(text.ran.err, Contains("seen.csv:2: what should tell the order is no number"));
    CHECK(Matching("nth,lon,lat\n,-29.9955,0.0045\n2,-29.9955,0.0113\n", {"--seq", "nth"}).ran.exit_code ==
          0);
}

TEST_CASE("unordered goes with no order", "[match][input]")
{
    CHECK(Matching(two_cases, {"--unordered", "--seq", "time"}).ran.exit_code == 2);
    CHECK(Matching(two_cases, {"--unordered", "--time", "time"}).ran.exit_code == 2);
    CHECK_THAT(Matching(two_cases, {"--unordered", "-v"}).ran.err,
               Contains("order not known; 0 with a time"));
}

TEST_CASE("sigma is half the radius; what is no radius is not known and told", "[match][input]")
{
    const Matching some("lon,lat,uncert_m\n-29.9955,0.0045,100\n-29.9955,0.0068,0\n-29.9955,0.0090,-5\n"
                        "-29.9955,0.0113,\n");
    CHECK(some.sigmas() == std::vector<double>{50, 10, 10, 10}); // 10 m where too few tell what it may be
    CHECK_THAT(some.ran.err, Contains("3 sightings do not tell how well their place is known: 10 m"));
    CHECK_THAT(some.ran.err,
               Contains("1 uncertainties are not numbers of 0 or more") && Contains("(first at line 4)"));
    CHECK_THAT(some.ran.err,
               Contains("1 uncertainties are 0 and count as not known") && Contains("(first at line 3)"));
}

TEST_CASE("words tell how well a place is known, where no radius does", "[match][input]")
{
    const std::string text = "lon,lat,prec,uncert_m\n-29.9955,0.0045,Address,\n-29.9955,0.0068,street,\n"
                             "-29.9955,0.0090,street,50\n-29.9955,0.0113,hamlet,\n";
    const Matching unknown(text, {"--precision", "prec"});
    CHECK(unknown.ran.exit_code == 3);
    CHECK_THAT(unknown.ran.err, Contains("the precision of 1 rows is none of address, district, street, town "
                                         "(first at line 5)"));
    CHECK_THAT(unknown.ran.err, !Contains("hamlet")); // words are data
    const Matching known(text, {"--precision", "prec", "--precision-sigma", "hamlet:300,street:80"});
    CHECK(known.sigmas() == std::vector<double>{20, 80, 25, 300});
    CHECK(Matching(text, {"--precision", "prec", "--precision-sigma", "hamlet"}).ran.exit_code == 2);
    CHECK(Matching(text, {"--precision", "prec", "--precision-sigma", "hamlet:0"}).ran.exit_code == 2);
    CHECK(Matching(text, {"--precision-sigma", "hamlet:300"}).ran.exit_code == 2);
}

TEST_CASE("each track of a GPX file is a case, and so is standard input", "[match][input][gpx]")
{
    const std::string tracks = vigil::test::read_file(testdata("ford/tracks.gpx"));
    const Matching gpx(tracks, {}, "tracks.gpx");
    CHECK(gpx.cases() == std::vector<std::string>{"old bridge", "old bridge", "old bridge", "old bridge",
                                                  "market street", "market street", "market street"});
    CHECK_THAT(gpx.ran.err, Contains("1 waypoints are not read; name the layer with --layer"));
    CHECK(Matching(tracks, {"--layer", "waypoints"}, "tracks.gpx").cases() == std::vector<std::string>{"1"});

    const TemporaryFolder folder;
    const Ran piped =
        vigil::test::vigil({"match", testdata("ford/ford.osm"), "-", folder / "o.gpkg", "-v"}, tracks);
    CHECK(piped.exit_code == 0);
    CHECK_THAT(piped.err, Contains("7 sightings of 2 cases (by track); order by time; 7 with a time"));
}
