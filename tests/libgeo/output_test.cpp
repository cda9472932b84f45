#include "libgeo/io/output.h"

#include "libgeo/error.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

using vigil::ExitCode;
using vigil::io::PendingOutput;
using vigil::io::write_bytes;
using vigil::test::read_file;
using vigil::test::TemporaryFolder;

namespace fs = std::filesystem;

namespace {

using Names = std::vector<std::string>;

void put(const std::string& path, const std::string& bytes)
{
    std::ofstream(path, std::ios::binary) << bytes;
}

/// The message of an output error, or empty when there was none.
template <typename Action>
std::string refusal(Action action)
{
    try {
        action();
    } catch (const vigil::Error& error) {
        CHECK(error.code() == ExitCode::output);
        return error.what();
    }
    return {};
}

} // namespace

TEST_CASE("an output appears whole at commit and not before", "[output]")
{
    const TemporaryFolder folder;
    {
        PendingOutput output(folder / "a.tif", false);
        put(output.file(), "raster");
        put(output.sidecar(".qml"), "style");
        CHECK(!fs::exists(folder / "a.tif"));
        output.commit();
    }
    CHECK(folder.names() == Names{"a.qml", "a.tif"});
    CHECK(read_file(folder / "a.tif") == "raster");
}

TEST_CASE("an output that is dropped leaves nothing", "[output]")
{
    const TemporaryFolder folder;
    put(folder / "a.tif", "older");
    {
        const PendingOutput output(folder / "a.tif", true);
        put(output.file(), "half");
    }
    CHECK(folder.names() == Names{"a.tif"});
    CHECK(read_file(folder / "a.tif") == "older");
}

TEST_CASE("existing files and companions are kept unless asked", "[output]")
{
    const TemporaryFolder folder;
    put(folder / "a.shp", "older");
    CHECK(refusal([&] { const PendingOutput output(folder / "a.shp", false); }).find("--overwrite") !=
          std::string::npos);
    put(folder / "b.qml", "my own style");
    CHECK(refusal([&] {
              PendingOutput output(folder / "b.tif", false);
              put(output.file(), "raster");
              put(output.sidecar(".qml"), "style");
              output.commit();
          }).find("b.qml: already exists; add --overwrite") != std::string::npos);
    CHECK(read_file(folder / "b.qml") == "my own style");
    CHECK(folder.names() == Names{"a.shp", "b.qml"});
}

TEST_CASE("a companion that is a folder is refused before anything is moved", "[output]")
{
    const TemporaryFolder folder;
    fs::create_directory(folder / "a.qml");
    put(folder / "a.tif", "older");
    CHECK(!refusal([&] {
               PendingOutput output(folder / "a.tif", true);
               put(output.file(), "raster");
               put(output.sidecar(".qml"), "style");
               output.commit();
           }).empty());
    CHECK(read_file(folder / "a.tif") == "older");
}

TEST_CASE("what a GIS derived from a replaced file goes with it", "[output]")
{
    const TemporaryFolder folder;
    for (const char* name : {"a.shp", "a.qix", "a.shp.aux.xml", "a.txt"}) {
        put(folder / name, "older");
    }
    write_bytes(folder / "a.shp", "newer", true);
    CHECK(folder.names() == Names{"a.shp", "a.txt"});
}

TEST_CASE("a GeoPackage that another program is writing is left alone", "[output]")
{
    const TemporaryFolder folder;
    put(folder / "a.gpkg", "older");
    put(folder / "a.gpkg-wal", "frames");
    CHECK(refusal([&] { write_bytes(folder / "a.gpkg", "newer", true); }).find("another program") !=
          std::string::npos);
    CHECK(read_file(folder / "a.gpkg") == "older");
}

TEST_CASE("a link is replaced, not followed", "[output]")
{
    const TemporaryFolder folder;
    put(folder / "far.csv", "older");
    fs::create_symlink(folder / "far.csv", folder / "a.csv");
    CHECK(!refusal([&] { write_bytes(folder / "a.csv", "newer", false); }).empty());
    write_bytes(folder / "a.csv", "newer", true);
    CHECK(read_file(folder / "far.csv") == "older");
    CHECK(!fs::is_symlink(folder / "a.csv"));
}

TEST_CASE("folders that are missing and devices that are full are named", "[output]")
{
    const TemporaryFolder folder;
    CHECK(refusal([&] { write_bytes(folder / "no/a.csv", "x", false); }).find("no/a.csv") !=
          std::string::npos);
    CHECK(refusal([&] { write_bytes(folder.path(), "x", true); }).find("is a folder") != std::string::npos);
    CHECK(refusal([&] { write_bytes("/dev/full", "x", false); }).find("/dev/full") != std::string::npos);
    CHECK(refusal([&] {
              PendingOutput output("/dev/full", false);
              put(output.file(), "x");
              output.commit();
          }).find("/dev/full") != std::string::npos);
    write_bytes("/dev/null", "x", false);
}

TEST_CASE("outputs have the usual permissions", "[output]")
{
    const TemporaryFolder folder;
    write_bytes(folder / "a.csv", "x", false);
    struct stat ours {};
    struct stat theirs {};
    put(folder / "b.csv", "x");
    REQUIRE(::stat((folder / "a.csv").c_str(), &ours) == 0);
    REQUIRE(::stat((folder / "b.csv").c_str(), &theirs) == 0);
    CHECK(ours.st_mode == theirs.st_mode);
}
