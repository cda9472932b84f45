#include "libgeo/io/features_io.h"
#include "tests/support/refused.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <osmium/io/any_compression.hpp>
#include <osmium/io/pbf_output.hpp>
#include <osmium/io/reader.hpp>
#include <osmium/io/writer.hpp>
#include <osmium/io/xml_input.hpp>

#include <algorithm>
#include <filesystem>
#include <map>
#include <numeric>
#include <set>

using namespace vigil;
using namespace vigil::test;
using Catch::Matchers::Contains;

namespace {

const std::string& ford()
{
    static const std::string path = testdata("ford/ford.osm");
    return path;
}

const std::vector<double>& numbers(const Features& layer, const std::string& field)
{
    return std::get<std::vector<double>>(layer.table.find(field)->values);
}

const std::vector<std::int64_t>& integers(const Features& layer, const std::string& field)
{
    return std::get<std::vector<std::int64_t>>(layer.table.find(field)->values);
}

const std::vector<std::string>& texts(const Features& layer, const std::string& field)
{
    return std::get<std::vector<std::string>>(layer.table.find(field)->values);
}

/// The invented town as PBF.
std::string ford_as_pbf(const TemporaryFolder& folder)
{
    const std::string path = folder / "ford.osm.pbf";
    osmium::io::Reader reader(ford());
    osmium::io::Writer writer(path);
    while (osmium::memory::Buffer buffer = reader.read()) {
        writer(std::move(buffer));
    }
    writer.close();
    reader.close();
    return path;
}

/// The edges that vigil network writes to standard output, one a line.
std::string edges_of(std::vector<std::string> arguments)
{
    arguments.insert(arguments.begin(), "network");
    arguments.insert(arguments.end(), {"-", "-q"});
    const auto ran = test::vigil(arguments);
    INFO(ran.err);
    REQUIRE(ran.exit_code == 0);
    return ran.out;
}

} // namespace

TEST_CASE("the town of ford.osm becomes edges of every mode", "[network][osm]")
{
    const TemporaryFolder folder;
    const auto ran = test::vigil({"network", ford(), folder / "ford.gpkg", "-v"});
    REQUIRE(ran.exit_code == 0);
    CHECK_THAT(ran.err, Contains("33 of 33 ways are for travel") && Contains("1 turn restrictions"));
    CHECK_THAT(ran.err, Contains("2 dangling ends") && Contains("1 borders")); // node 64 and node 66
    const Features edges = io::read_features(folder / "ford.gpkg", {.layer = "edges"});
    const Features nodes = io::read_features(folder / "ford.gpkg", {.layer = "nodes"});
    CHECK(edges.crs.authority == "EPSG:4326");
    // ways of each mode in the file: 1029 is the railway, 1024 the ferry, 1025 the footway, 30 others are
    // roads
    std::map<std::string, std::set<std::int64_t>> ways;
    for (std::size_t i = 0; i < edges.geometry.size(); ++i) {
        ways[texts(edges, "mode")[i]].insert(integers(edges, "source_id")[i]);
    }
    CHECK(ways["rail"] == std::set<std::int64_t>{1029});
    CHECK(ways["ferry"] == std::set<std::int64_t>{1024});
    CHECK(ways["walk"] == std::set<std::int64_t>{1025});
    // 1032 goes on where 1003 ends, but the lanes meet there; no way is lost inside a longer chain except
    // 1021, which goes round the corner from 1005 and 1007
    CHECK(ways["road"].size() >= 28);
    CHECK(ways["road"].count(1033) == 1);
    // stations 60 and 63 are linked to a road, each by one edge; so is each end of the ferry (24 and 31)
    CHECK(std::count(texts(edges, "mode").begin(), texts(edges, "mode").end(), "transfer") == 4);
    // the turn ban at node 20 makes one approach special
    CHECK(std::accumulate(integers(nodes, "bans").begin(), integers(nodes, "bans").end(), std::int64_t{0}) ==
          1);
    // the border post (node 54) and the gate (node 65) are edges of no length
    const auto& length_m = numbers(edges, "length_m");
    CHECK(std::count(integers(edges, "border").begin(), integers(edges, "border").end(), 1) == 1);
    std::set<std::string> posts;
    for (std::size_t i = 0; i < length_m.size(); ++i) {
        if (length_m[i] <= 0 && texts(edges, "mode")[i] == "road") {
            posts.insert(texts(edges, "name")[i]);
        }
    }
    CHECK(posts == std::set<std::string>{"Border Road", "Depot"});
    // 3 is one-way as drawn, 4 against it; the drawing of an edge may be turned, so only both together count
    for (std::size_t i = 0; i < length_m.size(); ++i) {
        const std::string& name = texts(edges, "name")[i];
        const bool one_way = name == "South Lane 3" || name == "South Lane 4";
        CHECK((texts(edges, "oneway")[i] != "no") == one_way);
    }
}

TEST_CASE("XML, PBF and compressed XML give one network", "[network][osm]")
{
    const TemporaryFolder folder;
    const std::string pbf = ford_as_pbf(folder);
    const std::string expected = edges_of({ford()});
    CHECK(std::count(expected.begin(), expected.end(), '\n') == 93);
    CHECK(edges_of({pbf}) == expected);
    CHECK(edges_of({ford(), "--threads", "1"}) == expected);
    CHECK(edges_of({ford(), "--threads", "8"}) == expected);
    REQUIRE(test::shell("gzip -c " + quoted(ford()) + " > " + quoted(folder / "f.osm.gz")).exit_code == 0);
    CHECK(edges_of({folder / "f.osm.gz"}) == expected);
    // what several extracts share is taken once
    CHECK(edges_of({ford(), pbf}) == expected);
    // the engine file holds the same
    REQUIRE(test::vigil({"network", pbf, folder / "f.vnet", "--layers", folder / "f.gpkg"}).exit_code == 0);
    CHECK(edges_of({folder / "f.vnet"}) == expected);
    const Features beside = io::read_features(folder / "f.gpkg", {.layer = "edges"});
    CHECK(beside.geometry.size() == 93);
}

TEST_CASE("an engine file is the same bytes for any number of threads", "[network]")
{
    const TemporaryFolder folder;
    for (const char* threads : {"1", "8"}) {
        REQUIRE(test::vigil({"network", ford(), folder / threads + std::string(".vnet"), "--threads", threads,
                             "--no-provenance"})
                    .exit_code == 0);
    }
    CHECK(read_file(folder / "1.vnet") == read_file(folder / "8.vnet"));
}

TEST_CASE("info tells what an engine file holds and how it was made", "[network]")
{
    const TemporaryFolder folder;
    const std::string net = folder / "ford.vnet";
    REQUIRE(test::vigil({"network", ford(), net}).exit_code == 0);
    const auto ran = test::vigil({"network", "--info", net});
    REQUIRE(ran.exit_code == 0);
    CHECK(ran.err.empty());
    CHECK_THAT(ran.out, Contains("rail km") && Contains("3.752")); // 3,752 m: node 60 to node 63 over 61, 62
    CHECK_THAT(ran.out, Contains("ferry km") && Contains("\"name\": \"ford.osm\"") && Contains("sha256") &&
                            Contains("\"turn_bans\": \"1\"") && Contains("\"borders\": \"1\""));
    CHECK_THAT(ran.out, !Contains("-29.9") && !Contains("0.0022609"));
    REQUIRE(test::vigil({"network", ford(), folder / "bare.vnet", "--no-provenance"}).exit_code == 0);
    CHECK_THAT(test::vigil({"network", "--info", folder / "bare.vnet"}).out, !Contains("sha256"));
}

TEST_CASE("an engine file that is damaged, cut short or of another version is refused", "[network]")
{
    const TemporaryFolder folder;
    const std::string net = folder / "ford.vnet";
    REQUIRE(test::vigil({"network", ford(), net}).exit_code == 0);
    const std::string whole = read_file(net);
    const std::string out = folder / "out.gpkg";
    const auto flipped = [&](std::size_t at) {
        std::string bytes = whole;
        bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
        return folder.file("flipped.vnet", bytes);
    };
    refused("network", {flipped(12), out}, 3,
            "another version of vigil"); // the version stands behind magic and byte order
    refused("network", {flipped(0), out}, 3, "flipped.vnet");
    refused("network", {flipped(whole.size() / 2), out}, 3, "damaged");
    refused("network", {flipped(30), out}, 3, "flipped.vnet");
    refused("network", {folder.file("short.vnet", whole.substr(0, whole.size() / 2)), out}, 3, "cut short");
    refused("network", {folder.file("stub.vnet", whole.substr(0, 20)), out}, 3, "cut short");
    refused("network", {folder.file("none.vnet", ""), out}, 3, "is empty");
    refused("network", {folder.file("text.vnet", "lon,lat\n1,2\n"), out}, 3, "not an engine file");
    refused("network", {"--info", ford()}, 3, "not an engine file");
    refused("network", {"--info", folder / "nowhere.vnet"}, 3, "no such file");
    CHECK(test::vigil({"routes", flipped(whole.size() / 2), out, "--pairs", testdata("ford/journeys.csv")})
              .exit_code == 3);
    CHECK_FALSE(std::filesystem::exists(out));
}

TEST_CASE("an engine file goes alone, and options without effect are refused", "[network]")
{
    const TemporaryFolder folder;
    const std::string net = folder / "ford.vnet";
    REQUIRE(test::vigil({"network", ford(), net}).exit_code == 0);
    const std::string out = folder / "out.gpkg";
    refused("network", {net, ford(), out}, 3, "without other inputs");
    refused("network", {ford(), net, out}, 3, "without other inputs");
    refused("network", {net, out, "--node"}, 2, "--node");
    refused("network", {net, out, "--borders", testdata("mesa/mesa.gpkg")}, 2, "--borders");
    refused("network", {ford(), out, "--oneway", "ow"}, 2, "OpenStreetMap");
    refused("network", {ford(), out, "--layer", "streets"}, 2, "OpenStreetMap");
    refused("network", {"--info", net, "--layers", out}, 2, "--layers");
    CHECK(folder.names() == std::vector<std::string>{"ford.vnet"});
}

TEST_CASE("truncated and mislabelled extracts are refused in one line", "[network][osm]")
{
    const TemporaryFolder folder;
    const std::string xml = read_file(ford());
    const std::string pbf = read_file(ford_as_pbf(folder));
    const std::string out = folder / "out.vnet";
    refused("network", {folder.file("a.osm.pbf", xml), out}, 3, "not OpenStreetMap PBF");
    refused("network", {folder.file("b.osm", pbf), out}, 3, "b.osm");
    refused("network", {folder.file("c.osm.gz", xml), out}, 3, "c.osm.gz");
    refused("network", {folder.file("d.osm.pbf", pbf.substr(0, pbf.size() - 30)), out}, 3, "d.osm.pbf");
    refused("network", {folder.file("e.osm.pbf", pbf.substr(0, 40)), out}, 3, "e.osm.pbf");
    refused("network", {folder.file("f.osm.pbf", ""), out}, 3, "f.osm.pbf");
    refused("network", {folder.file("g.osm", xml.substr(0, xml.size() / 2)), out}, 3, "g.osm");
    refused("network", {folder.file("h.osm", "<osm version=\"0.6\"></osm>\n"), out}, 3, "h.osm");
    refused("network", {folder / "nowhere.osm.pbf", out}, 3, "nowhere.osm.pbf");
    refused(
        "network",
        {folder.file("wall.osm", "<osm version=\"0.6\"><node id=\"1\" lat=\"0\" lon=\"0\"/><node id=\"2\" "
                                 "lat=\"0\" lon=\"1\"/><way id=\"3\"><nd ref=\"1\"/><nd ref=\"2\"/><tag "
                                 "k=\"barrier\" v=\"wall\"/></way></osm>"),
         out},
        3, "wall.osm");
    CHECK_FALSE(std::filesystem::exists(out));
}

TEST_CASE("memory is asked for before an extract is read", "[network][osm]")
{
    const TemporaryFolder folder;
    refused("network", {ford(), folder / "out.vnet", "--max-memory", "1000"}, 5, "use a smaller extract");
    CHECK(folder.names().empty());
}

TEST_CASE("of two outputs none is written when one of them cannot be", "[network]")
{
    const TemporaryFolder folder;
    const std::string older = folder.file("older.vnet", "older");
    refused("network", {ford(), older, "--layers", folder / "new.gpkg"}, 4, "--overwrite");
    refused("network", {ford(), folder / "new.vnet", "--layers", folder.file("older.gpkg", "older")}, 4,
            "--overwrite");
    refused("network", {ford(), folder / "new.vnet", "--layers", folder / "missing" + "/a.gpkg"}, 4,
            "missing");
    refused("network", {ford(), folder / "missing" + "/a.vnet"}, 4, "missing");
    refused("network", {ford(), folder.path()}, 4, "folder");
    CHECK(folder.names() == std::vector<std::string>{"older.gpkg", "older.vnet"});
    CHECK(read_file(older) == "older");
    CHECK(test::vigil({"network", ford(), older, "--overwrite"}).exit_code == 0);
    CHECK(test::vigil({"network", "--info", older}).exit_code == 0);
    CHECK(test::vigil({"network", ford(), "/dev/full", "--format", "gpkg"}).exit_code == 4);
}

TEST_CASE("real extracts become networks, the same as PBF and as engine file", "[network][osm]")
{
    const std::string extract = shared_data("routes/osm/valhalla_bus.osm.pbf");
    if (extract.empty()) {
        WARN("skipped: no extracts here");
        return;
    }
    const TemporaryFolder folder;
    REQUIRE(test::vigil({"network", extract, folder / "a.vnet"}).exit_code == 0);
    const std::string direct = edges_of({extract, "--threads", "1"});
    CHECK(edges_of({folder / "a.vnet"}) == direct);
    CHECK_THAT(test::vigil({"network", "--info", folder / "a.vnet"}).out, Contains("ferry km"));
}
