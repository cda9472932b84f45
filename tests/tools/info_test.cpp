#include "tests/support/run.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using nlohmann::json;
using vigil::test::Ran;
using vigil::test::TemporaryFolder;
using vigil::test::testdata;

namespace {

json info(std::vector<std::string> arguments, const std::string& input = {})
{
    arguments.insert(arguments.begin(), {"info", "--json"});
    const Ran ran = vigil::test::vigil(arguments, input);
    INFO(ran.err);
    REQUIRE(ran.exit_code == 0);
    return json::parse(ran.out);
}

std::string role_of(const json& report, const std::string& column)
{
    for (const json& one : report["columns"]) {
        if (one["name"] == column) {
            return one["role"].is_null() ? "" : one["role"].get<std::string>();
        }
    }
    return "no such column";
}

/// A table of invented incidents, `n` rows with the given cells after id.
std::string rows(const std::string& header, const std::string& cells, int n)
{
    std::string text = header + "\n";
    for (int i = 1; i <= n; ++i) {
        text += std::to_string(i) + cells + "\n";
    }
    return text;
}

} // namespace

TEST_CASE("info says what a table holds and how it is understood", "[info]")
{
    const json report = info({testdata("mesa/mesa_crimes.csv")});
    CHECK(report["format"] == "CSV");
    CHECK(report["records"] == 287);
    CHECK(report["accepted"] == 287);
    CHECK(report["rejected"].empty());
    CHECK(report["crs"]["code"] == "EPSG:4326");
    CHECK(report["extent"][0].get<double>() == Approx(-111.841));
    CHECK(report["extent"][3].get<double>() == Approx(33.423));
    CHECK(role_of(report, "lon") == "longitude");
    CHECK(role_of(report, "id") == "id");
    CHECK(report["time"].is_null());
}

TEST_CASE("the same places in every format make the same incidents", "[info]")
{
    const TemporaryFolder folder;
    const std::string gpkg = testdata("mesa/mesa.gpkg");
    for (const std::string name : {"a.shp", "a.geojson", "a.geojsonl", "a.fgb"}) {
        INFO(name);
        const std::string driver = name == "a.geojsonl" ? "GeoJSONSeq" : "";
        const std::string line = "ogr2ogr -q " + (driver.empty() ? "" : "-f " + driver) + " '" +
                                 (folder / name) + "' '" + gpkg + "' crimes";
        if (vigil::test::shell(line).exit_code != 0) {
            WARN("skipped: ogr2ogr is not there");
            return;
        }
        const json report = info({folder / name});
        CHECK(report["records"] == 287);
        CHECK(report["accepted"] == 287);
        CHECK(report["crs"]["code"] == (name != "a.geojsonl" ? "EPSG:26912" : "EPSG:4326"));
    }
    CHECK(info({"--layer", "crimes", gpkg})["accepted"] == 287);
    const Ran several = vigil::test::vigil({"info", gpkg});
    CHECK(several.exit_code == 3);
    CHECK(several.err.find("--layer") != std::string::npos);
}

TEST_CASE("standard input is recognised by its content", "[info]")
{
    const std::string csv = vigil::test::read_file(testdata("mesa/mesa_crimes.csv"));
    CHECK(info({"-"}, csv)["accepted"] == 287);
    std::string lines;
    for (int i = 0; i < 7; ++i) {
        lines +=
            R"({"type":"Feature","properties":{"weight":2},"geometry":{"type":"Point","coordinates":[10.)" +
            std::to_string(i) + ",50]}}\n";
    }
    const json sequence = info({"-"}, lines);
    CHECK(sequence["format"] == "GeoJSONSeq");
    CHECK(sequence["accepted"] == 7);
    CHECK(role_of(sequence, "weight") == "weight");
}

TEST_CASE("degrees win over a projected pair, and a projected pair needs its CRS", "[info]")
{
    const TemporaryFolder folder;
    const json both = info({folder.file("both.csv", rows("id,x,y,lon,lat", ",500000,5500000,10.5,50.5", 6))});
    CHECK(role_of(both, "lon") == "longitude");
    CHECK(role_of(both, "x").empty());

    const std::string plane = folder.file("plane.csv", rows("id,easting,northing", ",500000,5500000", 6));
    const Ran asked = vigil::test::vigil({"info", plane});
    CHECK(asked.exit_code == 3);
    CHECK(asked.err.find("--input-crs") != std::string::npos);
    CHECK(info({"--input-crs", "EPSG:32632", plane})["crs"]["code"] == "EPSG:32632");
}

TEST_CASE("places may stand in one column", "[info]")
{
    const TemporaryFolder folder;
    const json pair = info({folder.file("a.csv", rows("id,Location", ",\"(50.5, 10.5)\"", 6))});
    CHECK(role_of(pair, "Location") == "place");
    CHECK(pair["extent"][0] == 10.5); // longitude first
    const json wkt = info({folder.file("b.csv", rows("id,wkt", ",SRID=4326;POINT (10.5 50.5)", 6))});
    CHECK(wkt["extent"][0] == 10.5);
    CHECK(wkt["crs"]["code"] == "EPSG:4326");
    const json geojson = info({folder.file(
        "c.csv", rows("id,geometry", R"(,"{""type"":""Point"",""coordinates"":[10.5,50.5]}")", 6))});
    CHECK(geojson["extent"][0] == 10.5);
}

TEST_CASE("columns can be named", "[info]")
{
    const TemporaryFolder folder;
    const std::string file =
        folder.file("a.csv", rows("id,orig_lat,orig_lon,map_lat,map_lon", ",50.5,10.5,51.5,11.5", 6));
    CHECK(vigil::test::vigil({"info", file}).exit_code == 3);
    const json report = info({"--x", "map_lon", "--y", "MapLat", "--input-crs", "EPSG:4326", file});
    CHECK(report["extent"][0] == 11.5);
    const Ran unknown = vigil::test::vigil({"info", "--x", "nowhere", "--y", "map_lat", file});
    CHECK(unknown.exit_code == 3);
    CHECK(unknown.err.find("nowhere") != std::string::npos);
}

TEST_CASE("months are intervals, start and end make one, and columns of parts are put together", "[info]")
{
    const TemporaryFolder folder;
    const json month = info({folder.file("m.csv", rows("id,lon,lat,month", ",10.5,50.5,2024-03", 6))});
    CHECK(month["time"]["start"] == "2024-03-01T00:00:00");
    CHECK(month["time"]["end"] == "2024-04-01T00:00:00");
    const json span = info({folder.file(
        "s.csv", rows("id,lon,lat,date_start,date_end", ",10.5,50.5,2024-03-01 10:00,2024-03-02 11:00", 6))});
    CHECK(span["time"]["end"] == "2024-03-02T11:00:00");
    const json parts = info(
        {folder.file("p.csv", rows("id,lon,lat,YEAR,MONTH,DAY,HOUR,MINUTE", ",10.5,50.5,2024,3,4,5,6", 6))});
    CHECK(parts["time"]["start"] == "2024-03-04T05:06:00");
}

TEST_CASE("rejects are kept as they were, with line and reason, and guarded", "[info]")
{
    const TemporaryFolder folder;
    const std::string file =
        folder.file("a.csv", "id,lon,lat,note\n1,10.5,50.5,ok\n2,nan,50.5,=1+1\n3,10.5,50.5\n"
                             "4,,,\"a \"\"b\"\", c\"\n5,0,0,x\n");
    info({"--rejects", folder / "r.csv", file});
    CHECK(vigil::test::read_file(folder / "r.csv") == "id,lon,lat,note,line,reason\n"
                                                      "2,nan,50.5,'=1+1,3,a coordinate is NaN or infinite\n"
                                                      "3,10.5,50.5,,4,more or fewer fields than the header\n"
                                                      "4,,,\"a \"\"b\"\", c\",5,no coordinates\n"
                                                      "5,0,0,x,6,\"at 0,0\"\n");
    const Ran again = vigil::test::vigil({"info", "--rejects", folder / "r.csv", file});
    CHECK(again.exit_code == 4);
    CHECK(again.err.find("--overwrite") != std::string::npos);
}

TEST_CASE("rejected features are kept with their fields and number", "[info]")
{
    const TemporaryFolder folder;
    std::string lines;
    for (const char* coordinates : {"[10.1,50.1]", "[0,0]", "[10.2,50.2]", "[500,50]"}) {
        lines +=
            std::string(
                R"({"type":"Feature","properties":{"note":"=1+1"},"geometry":{"type":"Point","coordinates":)") +
            coordinates + "}}\n";
    }
    const json report = info({"--rejects", folder / "r.csv", folder.file("a.geojsonl", lines)});
    CHECK(report["accepted"] == 2);
    CHECK(vigil::test::read_file(folder / "r.csv") ==
          "note,x,y,feature,reason\n'=1+1,0,0,2,\"at 0,0\"\n"
          "'=1+1,500,50,4,outside longitude -180..180 or latitude -90..90\n");
}

TEST_CASE("a table that needs more memory than allowed is refused at once", "[info]")
{
    const Ran ran = vigil::test::vigil({"info", "--max-memory", "1k", testdata("mesa/mesa_crimes.csv")});
    CHECK(ran.exit_code == 5);
    CHECK(ran.err.find("--max-memory") != std::string::npos);
}

TEST_CASE("zeroed places of a projected CRS are rejected when all others are far", "[info]")
{
    const TemporaryFolder folder;
    std::string text = "x,y\n0,0\n";
    for (int i = 0; i < 20; ++i) {
        text += std::to_string(500000 + i) + "," + std::to_string(5500000 + i * i) + "\n";
    }
    const json far = info({"--input-crs", "EPSG:32632", folder.file("a.csv", text)});
    CHECK(far["rejected"][0]["reason"] == "at 0,0");
    const json grid =
        info({"--input-crs", "EPSG:32632", folder.file("b.csv", "x,y\n0,0\n0,30\n30,0\n30,30\n60,0\n")});
    CHECK(grid["accepted"] == 5);
}

TEST_CASE("few records have no extent, and no report holds a value", "[info]")
{
    const TemporaryFolder folder;
    const std::string file =
        folder.file("a.csv", rows("id,lon,lat,victim", ",10.123456,50.654321,Publicson", 4));
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"info", file}, {"info", "--json", file}, {"info", "-v", file}}) {
        const Ran ran = vigil::test::vigil(arguments);
        CHECK(ran.exit_code == 0);
        for (const char* secret : {"10.1", "50.6", "Publicson"}) {
            CHECK((ran.out + ran.err).find(secret) == std::string::npos);
        }
    }
    CHECK(info({file})["extent_withheld"] == true);
}

TEST_CASE("the order of rows and the number of threads do not change the report", "[info]")
{
    const Ran one = vigil::test::vigil({"info", "--threads", "1", testdata("mesa/mesa_crimes.csv")});
    const Ran many = vigil::test::vigil({"info", "--threads", "3", testdata("mesa/mesa_crimes.csv")});
    CHECK(one.out == many.out);
}

TEST_CASE("real files of many cities are understood", "[info]")
{
    struct Real {
        const char* name;
        std::vector<std::string> options;
        std::uint64_t records, accepted;
        const char* form; ///< of the time
    };
    const Real files[] = {
        {"co_medellin_homicides_2010_2019_csv2.csv.gz", {}, 9360, 9279, "Y-m-d H:M"},
        {"uk_lancashire_asb_2022.tab.gz", {}, 56434, 56434, "Y-m-d"},
        {"us_stlouis_crime_2010_2013_2017_stateplane.csv.gz",
         {"--input-crs", "ESRI:102696", "--weight", "count"},
         158785,
         0,
         "m/d/Y H:M"},
        {"raw_format_drift/us_stlouis_may2017_raw.csv.gz",
         {"--input-crs", "ESRI:102696"},
         4548,
         0,
         "m/d/Y H:M"},
        {"ca_vancouver_thefts_2020_utm10.csv.gz", {"--input-crs", "EPSG:32610"}, 21918, 21918, ""},
        {"mx_cdmx_carjacking_2019.gpkg", {}, 2811, 2659, "Y-m-d H:M"},
        {"world_missing_migrants_2014_2019.csv.gz", {}, 5560, 5559, "d Mon Y"},
        {"us_nyc_vehicle_thefts_2014_2016_intervals.csv.gz", {}, 27861, 27861, "Y-m-d H:M"},
        {"ht_haiti_ushahidi_reports_2010.csv.gz", {}, 3593, 3593, "d/m/Y H:M"},
        {"world_pirate_attacks_1993_2020.csv.gz", {}, 7511, 7510, "Y-m-d"},
    };
    for (const Real& file : files) {
        const std::string path = vigil::test::shared_data(std::string("incidents/") + file.name);
        if (path.empty()) {
            WARN("skipped: development data is not there");
            return;
        }
        INFO(file.name);
        std::vector<std::string> arguments = file.options;
        arguments.push_back(path);
        const json report = info(arguments);
        CHECK(report["records"] == file.records);
        if (file.accepted > 0) {
            CHECK(report["accepted"] == file.accepted);
        }
        if (*file.form != '\0') {
            CHECK(report["time"]["format"] == file.form);
        }
    }
}

TEST_CASE("an older rejects file is replaced with --overwrite", "[info]")
{
    const vigil::test::TemporaryFolder folder;
    const std::string input =
        folder.file("a.csv", "lon,lat\n-111.83,33.41\n-111.84,33.42\n-111.82,33.40\nnone,33.4\n");
    for (const char* command : {"density", "hotspots"}) {
        const std::string rejects = folder.file("rejects.csv", "older");
        const std::string out = folder / (std::string(command) == "density" ? "a.tif" : "a.gpkg");
        CHECK(vigil::test::vigil({command, input, out, "--rejects", rejects}).exit_code == 4);
        CHECK(vigil::test::read_file(rejects) == "older");
        CHECK(vigil::test::vigil({command, input, out, "--rejects", rejects, "--overwrite"}).exit_code == 0);
        CHECK(vigil::test::read_file(rejects) != "older");
    }
}
