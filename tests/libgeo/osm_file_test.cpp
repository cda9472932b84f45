#include "libgeo/error.h"
#include "tests/libgeo/osm_reading.h"

#include <osmium/io/any_compression.hpp>
#include <osmium/io/pbf_input.hpp>
#include <osmium/io/pbf_output.hpp>
#include <osmium/io/reader.hpp>
#include <osmium/io/writer.hpp>
#include <osmium/io/xml_input.hpp>
#include <osmium/io/xml_output.hpp>

#include <map>
#include <set>

using namespace vigil;
using namespace vigil::test;

namespace {

/// The same data in another format, by the name.
void repack(const std::string& from, const std::string& to)
{
    osmium::io::Reader reader(from);
    osmium::io::Writer writer(to);
    while (osmium::memory::Buffer buffer = reader.read()) {
        writer(std::move(buffer));
    }
    writer.close();
    reader.close();
}

/// Where the blocks of a PBF file end, without the last. Each has 4 bytes of length, a header of which the
/// last field is the varint that tells how long the data is, and the data
/// (wiki.openstreetmap.org/wiki/PBF_Format).
std::vector<std::size_t> ends_of_blocks(const std::string& bytes)
{
    std::vector<std::size_t> ends;
    for (std::size_t at = 0; at < bytes.size();) {
        const auto byte = [&](std::size_t i) {
            return static_cast<unsigned char>(bytes[i]);
        };
        const std::size_t header = byte(at + 2) * 256U + byte(at + 3);
        const std::size_t size = at + 4 + header;
        std::size_t length = 0;
        const std::size_t type_length = byte(at + 5);
        std::size_t varint = at + 4 + 2 + type_length + 1;
        for (unsigned shift = 0; varint < size; ++varint, shift += 7) {
            length |= static_cast<std::size_t>(byte(varint) & 0x7fU) << shift;
        }
        at = size + length;
        ends.push_back(at);
    }
    REQUIRE(ends.back() == bytes.size());
    ends.pop_back();
    return ends;
}

std::string message_of(const std::string& path)
{
    try {
        read({path});
    } catch (const Error& e) {
        const std::string text = e.what();
        const std::size_t at = text.find(path);
        return at == std::string::npos ? text : text.substr(0, at) + "FILE" + text.substr(at + path.size());
    }
    return "no error";
}

/// Ways of each mode, each source once.
std::map<std::string, std::size_t> sources_by_mode(const Ways& ways)
{
    std::map<std::string, std::set<std::int64_t>> found;
    for (const Way& way : ways.ways) {
        found[std::string(name_of(ways.kinds[way.kind].mode))].insert(way.source);
    }
    std::map<std::string, std::size_t> counts;
    for (const auto& [mode, sources] : found) {
        counts[mode] = sources.size();
    }
    return counts;
}

} // namespace

TEST_CASE("names of OpenStreetMap files are known by their ends", "[osm]")
{
    for (const char* name : {"a.osm.pbf", "a.pbf", "a.osm", "a.OSM.PBF", "dir/a.osm.gz", "a.osm.bz2"}) {
        CHECK(io::is_osm_name(name));
    }
    for (const char* name : {"a.osc", "a.xml", "a.gz", "a.pbf.zip", "osm", "a.gpkg", "", "-"}) {
        CHECK_FALSE(io::is_osm_name(name));
    }
}

TEST_CASE("what is no extract is refused in one line", "[osm]")
{
    const TemporaryFolder folder;
    const auto of = [&](const std::string& name, const std::string& bytes) {
        const std::string message = message_of(folder.file(name, bytes));
        CHECK(message.find('\n') == std::string::npos);
        return message;
    };
    const std::string town = OsmText().nodes(1, 3).way(10, {1, 2, 3}, street).xml();
    CHECK(message_of(folder / "none.osm.pbf") == "FILE: no such file; check the name");
    CHECK(message_of("https://example.org/a.osm.pbf") ==
          "FILE: is an address; download the file first and name the local copy");
    CHECK(message_of("http:a.osm").starts_with("FILE: looks like a database connection"));
    CHECK(message_of("/vsicurl/a.osm").starts_with("FILE: is a GDAL virtual path"));
    CHECK(message_of("-") ==
          "OpenStreetMap data is read twice, so it cannot come from standard input; name a file");
    CHECK(message_of(folder.path()).starts_with("FILE: is a folder"));
    CHECK(of("a.txt", town) ==
          "FILE: is not named as OpenStreetMap data: .osm.pbf, .osm, .osm.gz or .osm.bz2");
    CHECK(of("empty.osm.pbf", "") == "FILE: is empty");
    CHECK(of("empty.osm", "") == "FILE: is empty");
    CHECK(of("text.pbf", "lat,lon\n1,2\n") == "FILE: is not OpenStreetMap PBF: it looks like plain text");
    CHECK(of("text.osm", "lat,lon\n1,2\n") == "FILE: is not OpenStreetMap XML: it looks like plain text");
    CHECK(of("xml.pbf", town) ==
          "FILE: is not OpenStreetMap PBF: it looks like OpenStreetMap XML; rename it");
    CHECK(of("gz.osm", "\x1f\x8b\x08") ==
          "FILE: is not OpenStreetMap XML: it looks like gzipped data; rename it");
    CHECK(of("gz.osm.bz2", "\x1f\x8b\x08") ==
          "FILE: is not bzip2 data: it looks like gzipped data; rename it");
    CHECK(of("o5m.pbf", std::string("\xff\xe0\x04") + "o5m2\xff") ==
          "FILE: is not OpenStreetMap PBF: it looks like o5m data; convert it to PBF");
    CHECK(of("web.osm", "<!DOCTYPE html><html><body>404</body></html>").starts_with("FILE: "));
    CHECK(of("page.osm", "<html><body/></html>") == "FILE: holds XML that is no OpenStreetMap extract");
    CHECK(of("old.osm", "<osm version='0.5'></osm>") == "FILE: is not OpenStreetMap XML of version 0.6");
    CHECK(of("change.osm", "<osmChange version='0.6'></osmChange>") ==
          "FILE: holds changes, not a map; name an extract");
    CHECK(of("river.osm", OsmText().nodes(1, 2).way(1, {1, 2}, {{"waterway", "river"}}).xml()) ==
          "FILE: holds no road, path, railway or ferry");
    CHECK(of("one.osm", OsmText().nodes(1, 2).way(1, {1}, street).xml()) ==
          "FILE: holds no road, path, railway or ferry");
    CHECK(of("place.osm",
             "<osm version='0.6'><node id='1' lon='x' lat='0'/><way id='1'><nd ref='1'/><tag k='highway' "
             "v='path'/></way></osm>") == "FILE: damaged: a node is no place on Earth");
    for (const char* place : {"lon='10' lat='91'", "lon='181' lat='0'", "lon='10'"}) {
        INFO(place);
        CHECK(of("off.osm", std::string("<osm version='0.6'><node id='1' ") + place +
                                "/><node id='2' lon='10' lat='0'/><way id='1'><nd ref='1'/><nd ref='2'/><tag "
                                "k='highway' v='path'/></way></osm>") ==
              "FILE: damaged: a node is no place on Earth");
    }
    CHECK(of("ways.osm", OsmText().way(1, {1, 2}, street).xml()) ==
          "FILE: cut short: holds ways but no nodes, so nobody knows where they are");
    CHECK(of("most.osm", OsmText().nodes(1, 2).way(1, {1, 2, 3, 4, 5}, street).xml()) ==
          "FILE: cut short: 3 of the 5 nodes along its roads, paths, rails and ferries are missing");
}

TEST_CASE("an XML extract cut anywhere is refused", "[osm]")
{
    const TemporaryFolder folder;
    const std::string town = OsmText().nodes(1, 3).way(10, {1, 2, 3}, street).xml();
    for (std::size_t size = 1; size < town.size() - 1; size += 7) { // the last byte is an end of line
        CAPTURE(size);
        const std::string message = message_of(folder.file("cut.osm", town.substr(0, size)));
        CHECK(message.starts_with("FILE: "));
        CHECK(message.find('\n') == std::string::npos);
    }
}

TEST_CASE("PBF and compressed XML give what XML gives, and are refused when cut", "[osm]")
{
    const TemporaryFolder folder;
    OsmText town;
    town.nodes(1, 3)
        .node(4, {{"barrier", "gate"}})
        .way(10, {1, 2, 3}, {{"highway", "residential"}, {"name", "Long Lane"}})
        .way(11, {3, 4}, {{"highway", "footway"}})
        .relation(1, {{"way", 10, "from"}, {"node", 3, "via"}, {"way", 11, "to"}},
                  {{"type", "restriction"}, {"restriction", "no_left_turn"}});
    const std::string xml = folder.file("town.osm", town.xml());
    const Ways expected = read({xml}).ways;
    for (const std::string ending : {".osm.pbf", ".osm.gz", ".osm.bz2"}) {
        CAPTURE(ending);
        const std::string packed = folder / ("town" + ending);
        repack(xml, packed);
        CHECK(same(read({packed}).ways, expected));
        const std::string bytes = read_file(packed);
        const std::vector<std::size_t> whole =
            ending == ".osm.pbf" ? ends_of_blocks(bytes) : std::vector<std::size_t>{};
        for (std::size_t size = 1; size < bytes.size(); size += size < 40 ? 1 : 13) {
            if (std::find(whole.begin(), whole.end(), size) != whole.end()) {
                continue;
            }
            CAPTURE(size);
            const std::string message = message_of(folder.file("cut" + ending, bytes.substr(0, size)));
            CHECK(message.starts_with("FILE: "));
            CHECK(message.find('\n') == std::string::npos);
        }
        if (!whole.empty()) { // blocks: header, nodes, ways, relations
            REQUIRE(whole.size() == 3);
            const auto cut = [&](std::size_t size) {
                return folder.file("cut.osm.pbf", bytes.substr(0, size));
            };
            CHECK(message_of(cut(whole[0])) == "FILE: holds no road, path, railway or ferry");
            CHECK(message_of(cut(whole[1])) == "FILE: holds no road, path, railway or ferry");
            CHECK(read({cut(whole[2])}).ways.bans.empty()); // looks whole: the limit that the header states
        }
    }
    const std::string pbf = read_file(folder / "town.osm.pbf");
    CHECK(message_of(folder.file("zeros.pbf", pbf + std::string(8, '\0'))).starts_with("FILE: damaged: "));
    CHECK(message_of(folder.file("more.pbf", pbf + "xy")) ==
          "FILE: cut short: its last block is not whole; fetch it again");
    CHECK(message_of(folder.file("pbf.osm", pbf)) ==
          "FILE: is not OpenStreetMap XML: it looks like OpenStreetMap PBF; rename it");
}

TEST_CASE("a damaged PBF file never crashes the reader", "[osm]")
{
    const TemporaryFolder folder;
    const std::string xml = folder.file("town.osm", OsmText().nodes(1, 9).way(10, {1, 2, 3}, street).xml());
    repack(xml, folder / "town.osm.pbf");
    const std::string pbf = read_file(folder / "town.osm.pbf");
    for (std::size_t at = 0; at < pbf.size(); ++at) {
        std::string damaged = pbf;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
        const std::string message = message_of(folder.file("damaged.osm.pbf", damaged));
        CHECK(message.find('\n') == std::string::npos); // an error, or the change did not matter
    }
}

TEST_CASE("all extracts at hand are read whole", "[osm]")
{
    // highway: counted with GDAL's OSM driver (ogrinfo, layer lines), by tag; XML with a plain XML parser.
    // Those that nobody may travel on (construction, access=no, platforms, ...) were listed and counted the
    // same way. rail: ways railway=rail, subway, funicular.
    struct Extract {
        const char* name;
        std::size_t ways, highway, closed, rail, ferry;
    };
    constexpr Extract extracts[] = {
        {"osm/osrm_monaco.osm.pbf", 27377, 2924, 25, 67, 1},
        {"osm/r5r_poa.osm.pbf", 16032, 15886, 283, 5, 0},
        {"osm/valhalla_bus.osm.pbf", 2336, 508, 0, 15, 2},
        {"osm/valhalla_harrisburg.osm.pbf", 3537, 2513, 0, 167, 0},
        {"osm/valhalla_liechtenstein-latest.osm.pbf", 15247, 4660, 6, 31, 0},
        {"osm/gh_north-bayreuth.osm.gz", 7801, 2056, 11, 17, 0},
        {"gpx/gh_map-issue147.osm.gz", 2740, 1880, 5, 0, 0},
    };
    for (const Extract& extract : extracts) {
        const std::string path = shared_data(std::string("routes/") + extract.name);
        if (path.empty()) {
            WARN("skipped: " << extract.name << " is not here");
            continue;
        }
        CAPTURE(extract.name);
        const auto found = read({path});
        check_sound(found.ways);
        auto modes = sources_by_mode(found.ways);
        CHECK(found.report.ways == extract.ways);
        CHECK(modes["road"] + modes["walk"] == extract.highway - extract.closed);
        CHECK(modes["rail"] == extract.rail);
        CHECK(modes["ferry"] == extract.ferry);
        CHECK(found.report.cut_ways == 0);
        CHECK(same(found.ways, read({path}).ways));
    }
}
