#include "libgeo/error.h"
#include "libgeo/io/source.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>
#include <zlib.h>

using vigil::Error;
using vigil::ExitCode;
using namespace vigil::io;
using namespace std::string_literals;

namespace {

std::string gzipped(const std::string& bytes)
{
    z_stream stream{};
    REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string out(deflateBound(&stream, bytes.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

/// What an Error says, or empty when nothing is thrown.
template <typename F>
std::pair<std::string, ExitCode> error_of(F&& call)
{
    try {
        call();
    } catch (const Error& error) {
        return {error.what(), error.code()};
    }
    return {"", ExitCode::done};
}

} // namespace

TEST_CASE("only plain local files are inputs", "[source]")
{
    const vigil::test::TemporaryFolder folder;
    const std::string file = folder.file("a.csv", "x,y\n");
    CHECK_NOTHROW(require_local_file(file));
    for (const std::string bad :
         {"http://example.org/a.csv", "/vsicurl/http://example.org/a.csv", "/vsizip/a.zip/a.csv",
          "PG:dbname=x", "GPKG:a.gpkg:layer", "{\"type\":\"FeatureCollection\"}", "<OGRVRTDataSource>",
          "/no/such/file.csv"}) {
        INFO(bad);
        const auto [text, code] = error_of([&] { require_local_file(bad); });
        CHECK(!text.empty());
        CHECK(code == ExitCode::input);
    }
    CHECK(error_of([&] { require_local_file(folder.path()); }).first.find("folder") != std::string::npos);
    CHECK_NOTHROW(require_local_file("/vsizip/a.zip", true));
    CHECK_THROWS_AS(require_local_file(""), vigil::UsageError);
}

TEST_CASE("gzip is inflated, also in several members, and never beyond the limit", "[source]")
{
    const vigil::test::TemporaryFolder folder;
    const std::string both = folder.file("a.csv.gz", gzipped("x,y\n") + gzipped("1,2\n"));
    CHECK(Source(both, 1000).bytes() == "x,y\n1,2\n");
    CHECK(Source(both, 1000).name() == "a.csv.gz");

    const std::string bomb = folder.file("bomb.csv.gz", gzipped(std::string(5'000'000, '0')));
    CHECK(error_of([&] { Source(bomb, 1'000'000); }).second == ExitCode::limit);

    const std::string whole = gzipped("x,y\n1,2\n");
    const std::string cut = folder.file("cut.csv.gz", whole.substr(0, whole.size() - 6));
    CHECK(error_of([&] { Source(cut, 1000); }).first.find("gzip") != std::string::npos);
}

TEST_CASE("content tells the format and must keep what the extension promises", "[source]")
{
    CHECK(recognise("a.csv", "lon,lat\n1,2\n") == InputFormat::csv);
    CHECK(recognise("a.csv.gz", "\xef\xbb\xbflon;lat\n") == InputFormat::csv);
    CHECK(recognise("-", "lon\tlat\n") == InputFormat::csv);
    CHECK(recognise("a.geojson", R"( {"type":"FeatureCollection","features":[]})") == InputFormat::geojson);
    CHECK(recognise("-", "{\"type\":\"Feature\"}\n{\"type\":\"Feature\"}\n") == InputFormat::geojson_seq);
    CHECK(recognise("-", "\x1e{\"type\":\"Feature\"}\n") == InputFormat::geojson_seq);
    CHECK(recognise("a.geojsonl", R"({"type":"Feature","name":"}{"})") == InputFormat::geojson);
    CHECK(recognise("a.gpkg", "SQLite format 3\0.."s) == InputFormat::geopackage);
    CHECK(recognise("a.shp", "\0\0\x27\x0a"s) == InputFormat::shapefile);
    CHECK(recognise("a.fgb", "fgb\x03") == InputFormat::flatgeobuf);
    CHECK(recognise("a.tif", "II*\0"s) == InputFormat::geotiff);
    CHECK(recognise("a.gpx", "<gpx>") == InputFormat::gpx);
    CHECK(recognise("-", "\xef\xbb\xbf<?xml version='1.0'?>\n<!-- <a> -->\n<gpx version='1.1'") ==
          InputFormat::gpx);
    for (const auto& [name, bytes] : {std::pair{"a.csv"s, "<OGRVRTDataSource/>"s},
                                      {"a.csv"s, "SQLite format 3\0"s},
                                      {"a.tif"s, "<VRTDataset"s},
                                      {"a.csv"s, "{\"type\":\"Feature\"}"s},
                                      {"a.gpkg"s, "x,y\n"s},
                                      {"a.shp"s, "x,y\n"s},
                                      {"a.dbf"s, "\x03"s},
                                      {"a.csv"s, "PK\x03\x04"s},
                                      {"a.csv"s, "<gpx>"s},
                                      {"a.gpx"s, "<gpxx>"s},
                                      {"a.gpx"s, "<gpx"s},
                                      {"a.gpx"s, "<kml><gpx>"s},
                                      {"a.gpx"s, "<!-- <gpx>"s},
                                      {"a.gpx"s, "<!DOCTYPE gpx><gpx>"s},
                                      {"a.csv"s, ""s},
                                      {"a.csv"s, "\xef\xbb\xbf \n"s},
                                      {"a.bin"s, "\x01\x00\x02"s}}) {
        INFO(name << " " << bytes);
        CHECK_THROWS_AS(recognise(name, bytes), Error);
    }
}

TEST_CASE("extracts and engine files are known by content, whatever they are called", "[source]")
{
    // the first block of PBF: its header's length, then field 1 (a text of 9 bytes)
    const std::string pbf = "\0\0\0\x0d\x0a\x09OSMHeader\x18\x7c"s;
    const std::string engine = "\x89VNET\r\n\x1a"s;
    for (const char* name : {"a", "a.gpkg", "-"}) {
        CHECK(error_of([&] { recognise(name, pbf); }).first.ends_with("ends in .osm.pbf"));
        CHECK(error_of([&] { recognise(name, engine); }).first.ends_with("ends in .vnet"));
    }
}

TEST_CASE("SHA-256 is that of FIPS 180-4", "[source]")
{
    // FIPS 180-4 example: "abc"
    const std::string expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    CHECK(sha256_hex("abc") == expected);
    const vigil::test::TemporaryFolder folder;
    CHECK(sha256_of_file(folder.file("abc", "abc")) == expected);
}
