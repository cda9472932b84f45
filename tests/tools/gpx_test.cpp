#include "libgeo/error.h"
#include "libgeo/io/incidents_io.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using Catch::Contains;
using vigil::io::incident_columns;
using vigil::io::read_incidents;
using vigil::io::ReadIncidents;
using vigil::io::ReadOptions;
using vigil::test::TemporaryFolder;
using vigil::test::testdata;

namespace {

ReadOptions by_track()
{
    ReadOptions options;
    options.degrees = true;
    options.category = "track";
    return options;
}

ReadIncidents read_text(const std::string& text, const ReadOptions& options)
{
    const TemporaryFolder folder;
    return read_incidents(folder.file("a.gpx", text), options);
}

std::string gpx(const std::string& inside)
{
    return "<gpx version=\"1.1\" creator=\"nobody\">" + inside + "</gpx>";
}

std::string refusal(const std::string& text)
{
    try {
        read_text(text, by_track());
    } catch (const vigil::Error& error) {
        CHECK(error.code() == vigil::ExitCode::input);
        return error.what();
    }
    return "read";
}

const std::string one_point = "<trkseg><trkpt lat='1' lon='2'/></trkseg>";

} // namespace

TEST_CASE("the points of tracks are read in the order of the file, with their times", "[gpx]")
{
    // as written in the file
    const ReadIncidents read = read_incidents(testdata("ford/tracks.gpx"), by_track());
    REQUIRE(read.incidents.size() == 7);
    CHECK(read.report.format == "GPX");
    CHECK(read.report.row_word == "point");
    CHECK(read.incidents.category.names == std::vector<std::string>{"old bridge", "market street"});
    CHECK(read.incidents.category.code == std::vector<std::uint32_t>{0, 0, 0, 0, 1, 1, 1});
    CHECK(read.incidents.xy[2].x == -29.99549);
    CHECK(read.incidents.xy[2].y == 0.00902);
    CHECK(read.incidents.time[3].start - read.incidents.time[0].start == 125);
    CHECK(read.incidents.row.back() == 7);
    CHECK_THAT(read.report.warnings.at(0), Contains("1 waypoints are not read"));
    CHECK(incident_columns(testdata("ford/tracks.gpx")).front() == "track");
}

TEST_CASE("tracks go by their numbers unless each has a name of its own", "[gpx]")
{
    const std::string named = "<trk><name> a </name>" + one_point + "</trk>";
    const auto names = [](const std::string& inside) {
        return read_text(gpx(inside), by_track()).incidents.category.names;
    };
    CHECK(names(named) == std::vector<std::string>{"a"});
    CHECK(names(named + "<trk>" + one_point + "</trk>") == std::vector<std::string>{"1", "2"});
    CHECK(names(named + named) == std::vector<std::string>{"1", "2"});
    CHECK(names("<trk>" + one_point + "<name>late</name></trk>") == std::vector<std::string>{"late"});
    CHECK(names("<x:trk xmlns:x='urn:x'><x:name>p</x:name>" + one_point + "</x:trk>").front() == "p");
}

TEST_CASE("routes are read when there is no track, else waypoints; a layer can be named", "[gpx]")
{
    const std::string route = "<rte><name>r</name><rtept lat='3' lon='4'><name>inn</name></rtept></rte>";
    const std::string waypoint = "<wpt lat='5' lon='6'/>";
    const std::string track = "<trk>" + one_point + "</trk>";
    const auto latitude = [](const std::string& inside, const std::string& layer = {}) {
        ReadOptions options = by_track();
        options.layer = layer;
        const ReadIncidents read = read_text(gpx(inside), options);
        REQUIRE(read.incidents.size() == 1);
        return read.incidents.xy[0].y;
    };
    CHECK(latitude(waypoint + route + track) == 1);
    CHECK(latitude(waypoint + route) == 3);
    CHECK(latitude(waypoint) == 5);
    CHECK(latitude(waypoint + route + track, "route_points") == 3);
    CHECK_THROWS_WITH(latitude(waypoint, "tracks"), Contains("there is no such layer"));
    CHECK_THROWS_WITH(latitude(waypoint, "track_points"), Contains("holds no records"));
}

TEST_CASE("points without a usable place are counted by reason", "[gpx]")
{
    const ReadIncidents read = read_text(gpx("<trk><trkseg><trkpt lat='1' lon='2'/><trkpt lat='x' "
                                             "lon='2'/><trkpt lon='2'/><trkpt lat='' lon='2'/>"
                                             "<trkpt lat='91' lon='2'/></trkseg></trk>"),
                                         by_track());
    CHECK(read.report.records == 5);
    CHECK(read.report.accepted == 1);
    REQUIRE(read.report.rejected.size() == 3);
    CHECK(read.report.rejected[0].reason == "no coordinates");
    CHECK(read.report.rejected[0].count == 2);
    CHECK(read.report.rejected[1].reason == "a coordinate is not a number");
    CHECK(read.report.rejected[1].first_row == 2);
    CHECK(read.report.rejected[2].first_row == 5);
}

TEST_CASE("GPX that is cut, has a document type or no points is refused", "[gpx]")
{
    const std::string whole = vigil::test::read_file(testdata("ford/tracks.gpx"));
    const std::size_t end = whole.rfind("</gpx>");
    for (std::size_t cut = whole.find("<gpx") + 5; cut <= end; cut += 61) {
        INFO(cut);
        CHECK_THAT(refusal(whole.substr(0, cut)), Contains("cut short or damaged: XML error in line"));
    }
    CHECK_THAT(refusal("<!DOCTYPE gpx [<!ENTITY a 'b'>]>" + gpx("<trk>" + one_point + "</trk>")),
               Contains("holds XML, which is not read"));
    CHECK_THAT(refusal(gpx("<metadata/>")), Contains("no point of a track or route, and no waypoint"));
    CHECK_THAT(refusal(gpx("<trk><extensions>" + one_point + "</extensions></trk>")), Contains("no point"));
}
