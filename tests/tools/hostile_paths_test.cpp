// Inputs that are no plain local file, or not what their name says.

#include "tests/support/writing.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <set>

using namespace vigil::test;

namespace {

const std::string vrt = "<OGRVRTDataSource><OGRVRTLayer name=\"a\"><SrcDataSource>/etc/passwd</SrcDataSource>"
                        "</OGRVRTLayer></OGRVRTDataSource>\n";

/// Each command once, reading `path` in place of its input.
std::vector<std::string> readers_of(const std::string& path, const TemporaryFolder& folder)
{
    std::vector<std::string> lines{"$VIGIL info " + path};
    std::set<std::string> seen{"info"};
    for (const Writing& writing : writing_commands()) {
        if (seen.insert(writing.name).second) {
            const std::string options =
                writing.name == "routes" ? " --from " + path + " --to " + path : std::string();
            const std::string inputs = writing.name == "match" ? path + " " + path : path;
            lines.push_back(fmt::format("$VIGIL {} {} {}{}", writing.name, inputs,
                                        folder / ("result." + writing.extension), options));
        }
    }
    return lines;
}

void check_refused(const std::string& path)
{
    const TemporaryFolder folder;
    for (const std::string& line : readers_of(path, folder)) {
        const Ran ran = shell(line);
        INFO(line << ": " << ran.err);
        CHECK(ran.exit_code == 3);
        CHECK(ran.err.find('\n') == ran.err.size() - 1);
        CHECK(folder.names().empty());
    }
}

} // namespace

TEST_CASE("addresses, virtual paths, connections and documents are no inputs", "[hostile]")
{
    for (const char* path :
         {"http://127.0.0.1:9/a.csv", "/vsicurl/http://127.0.0.1:9/a.geojson", "PG:dbname=a",
          "'{\"type\":\"FeatureCollection\",\"features\":[]}'", "no-such-file.csv", "/tmp"}) {
        check_refused(path);
    }
}

TEST_CASE("a program hidden in a data file is not followed", "[hostile]")
{
    const TemporaryFolder folder;
    for (const char* name : {"a.csv", "a.tif", "a.gpkg", "a.geojson", "a.shp"}) {
        check_refused(folder.file(name, vrt));
    }
}

TEST_CASE("no command opens a connection", "[hostile]")
{
    if (shell("strace -o /dev/null true").exit_code != 0) {
        WARN("skipped: strace is not there or not allowed");
        return;
    }
    const TemporaryFolder inputs;
    const TemporaryFolder folder;
    put_inputs(inputs);
    std::set<std::string> seen;
    for (const Writing& writing : writing_commands()) {
        if (seen.insert(writing.name).second) {
            std::string line = filled(writing, inputs, folder / (writing.name + "." + writing.extension));
            line.replace(0, 6,
                         "ASAN_OPTIONS=detect_leaks=0 strace -f -qq -e trace=socket,connect -o '" +
                             (folder / "trace") + "' \"$VIGIL\"");
            CHECK(shell(line).exit_code == 0);
            CHECK(read_file(folder / "trace").find("AF_INET") == std::string::npos);
        }
    }
    const Ran ran = shell("ASAN_OPTIONS=detect_leaks=0 strace -f -qq -e trace=socket,connect -o '" +
                          (folder / "trace") + "' \"$VIGIL\" info /vsicurl/http://127.0.0.1:9/a.geojson");
    CHECK(ran.exit_code == 3);
    CHECK(read_file(folder / "trace").find("connect(") == std::string::npos);
}
