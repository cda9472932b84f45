// What vigil density writes and says, and what it leaves when it cannot write.

#include "tests/support/run.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace {

using Catch::Matchers::Contains;
using vigil::test::one_line;
using vigil::test::Ran;
using vigil::test::shell;
using vigil::test::TemporaryFolder;
using vigil::test::testdata;

const std::string mesa = testdata("mesa/mesa_crimes.csv");

Ran density(std::vector<std::string> words)
{
    words.insert(words.begin(), "density");
    return vigil::test::vigil(words);
}

} // namespace

TEST_CASE("nothing is overwritten unasked", "[density]")
{
    const TemporaryFolder folder;
    const std::string older = folder.file("d.tif", "older");
    const auto ran = density({mesa, older, "--bandwidth", "200"});
    CHECK(ran.exit_code == 4);
    CHECK(one_line(ran.err));
    CHECK_THAT(ran.err, Contains("--overwrite"));
    CHECK(vigil::test::read_file(older) == "older");
    CHECK(folder.names() == std::vector<std::string>{"d.tif"});
    CHECK(density({mesa, older, "--bandwidth", "200", "--overwrite"}).exit_code == 0);
    CHECK(vigil::test::read_file(older) != "older");

    const std::string style = folder.file("e.qml", "my own style");
    const auto beside = density({mesa, folder / "e.tif", "--bandwidth", "200"});
    CHECK(beside.exit_code == 4);
    CHECK_THAT(beside.err, Contains("e.qml"));
    CHECK(vigil::test::read_file(style) == "my own style");
    CHECK_FALSE(std::filesystem::exists(folder / "e.tif"));
}

TEST_CASE("a full disk or a missing folder is told with exit code 4 and leaves nothing", "[density]")
{
    const TemporaryFolder folder;
    const auto full = density({mesa, "/dev/full", "--bandwidth", "200"});
    CHECK(full.exit_code == 4);
    CHECK(one_line(full.err));
    CHECK_THAT(full.err, Contains("/dev/full"));
    const auto pipe = shell("$VIGIL density '" + mesa + "' - --bandwidth 200 > /dev/full");
    CHECK(pipe.exit_code == 4);
    const auto missing = density({mesa, folder / "no/d.tif", "--bandwidth", "200"});
    CHECK(missing.exit_code == 4);
    CHECK_THAT(missing.err, Contains("no/d.tif"));
    // file size limits in blocks of 1024 bytes, from nothing to almost all of it
    REQUIRE(density({mesa, folder / "whole.tif", "--bandwidth", "200"}).exit_code == 0);
    const auto size = std::filesystem::file_size(folder / "whole.tif") / 1024;
    for (const auto blocks : {std::uintmax_t{0}, std::uintmax_t{1}, size / 2, size - 1}) {
        const TemporaryFolder small;
        const std::string older = small.file("d.tif", "older");
        // what is said goes through a pipe: the limit would hold for a file of it too
        const auto ran = shell(fmt::format(
            "(ulimit -f {}; $VIGIL density '{}' '{}' --bandwidth 200 --overwrite) 2>&1 | cat >&2; "
            "exit ${{PIPESTATUS[0]}}",
            blocks, mesa, older));
        INFO(blocks << " blocks: " << ran.err);
        CHECK(ran.exit_code == 4);
        CHECK_THAT(ran.err, Contains("d.tif"));
        CHECK(vigil::test::read_file(older) == "older");
        CHECK(small.names() == std::vector<std::string>{"d.tif"});
    }
}

TEST_CASE("a closed pipe ends density quietly, and Ctrl-C leaves the older file whole", "[density]")
{
    const auto closed = shell("set -o pipefail; $VIGIL density '" + mesa +
                              "' - --bandwidth 200 --cell 1 | head -c 10 >/dev/null; exit ${PIPESTATUS[0]}");
    CHECK(closed.exit_code == 141);
    CHECK(closed.err.empty());

    const TemporaryFolder folder;
    const std::string older = folder.file("d.tif", "older");
    // triangular windows of 2000 cells keep it busy long enough to be interrupted
    const auto stopped =
        shell("set -m; $VIGIL density '" + mesa + "' '" + older +
              "' --overwrite --kernel triangular --bandwidth 3000 --cell 1 --max-memory 8G & "
              "sleep 1; kill -INT $!; wait $!");
    CHECK(stopped.exit_code == 130);
    CHECK(vigil::test::read_file(older) == "older");
    CHECK(folder.names() == std::vector<std::string>{"d.tif"});
}

TEST_CASE("the file tells how it was made, without folders or places", "[density]")
{
    const TemporaryFolder folder;
    REQUIRE(density({mesa, folder / "d.tif", "--bandwidth", "200"}).exit_code == 0);
    const std::string bytes = vigil::test::read_file(folder / "d.tif");
    for (const char* words : {"VIGIL_BANDWIDTH_M", "VIGIL_KERNEL", "VIGIL_WEIGHT_SUM",
                              "VIGIL_ERROR_BOUND_OF_MAXIMUM", "mesa_crimes.csv sha256:"}) {
        CHECK_THAT(bytes, Contains(words));
    }
    CHECK(bytes.find(folder.path()) == std::string::npos);
}

TEST_CASE("the place of the highest value is withheld when few incidents are near", "[density]")
{
    const TemporaryFolder folder;
    std::string rows = "lon,lat\n-111.80,33.40\n-111.81,33.41\n-111.82,33.42\n-111.83,33.43\n";
    const std::string few = folder.file("few.csv", rows);
    const auto withheld = density({few, folder / "few.tif", "--bandwidth", "200", "-v"});
    CHECK(withheld.exit_code == 0);
    CHECK_THAT(withheld.err, Contains("withheld"));
    CHECK_THAT(withheld.err, !Contains("longitude -111"));
    for (int i = 0; i < 5; ++i) {
        rows += "-111.80,33.40\n";
    }
    const auto told =
        density({folder.file("more.csv", rows), folder / "more.tif", "--bandwidth", "200", "-v"});
    CHECK_THAT(told.err, Contains("longitude -111.8"));
}
