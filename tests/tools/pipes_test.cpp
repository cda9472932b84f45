#include "tests/support/run.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>
#include <sstream>

namespace test = vigil::test;

namespace {

/// A command whose result must depend on nothing but input and options. %IN and %OUT stand for files.
struct Use {
    std::string line;
    std::string out; ///< name of the output file
};

const std::vector<Use>& uses()
{
    static const std::vector<Use> all{
        {"info --json %IN > %OUT", "info.json"},
        {"density --bandwidth 300 --cell 20 --no-provenance %IN %OUT", "density.tif"},
        {"density --kernel gaussian --bandwidth 150 --cell 20 --no-provenance %IN %OUT", "gaussian.tif"},
        {"hotspots --grid fishnet --cell 100 --no-provenance %IN %OUT", "hotspots.csv"},
        {"hotspots --grid hexagon --cell 120 --no-provenance %IN %OUT", "hexagons.geojson"},
        {"hotspots --grid fishnet --cell 100 --no-provenance %IN %OUT", "hotspots.gpkg"},
        {"target --radius 1 --circles 5 --min-count 1 --no-provenance %IN %OUT", "targets.json"},
        {"target --radius 1 --circles 5 --min-count 1 --no-provenance %IN %OUT", "targets.gpkg"},
    };
    return all;
}

bool known(const std::string& command)
{
    static const std::string overview = test::vigil({}).out;
    return overview.find("\n  " + command + " ") != std::string::npos;
}

std::string filled(std::string line, const std::string& in, const std::string& out)
{
    line.replace(line.find("%IN"), 3, "'" + in + "'");
    line.replace(line.find("%OUT"), 4, "'" + out + "'");
    return line;
}

/// The bytes a use writes with further options.
std::string made_by(const Use& use, const std::string& in, const std::string& options)
{
    const test::TemporaryFolder folder;
    const std::string out = folder / use.out;
    const auto space = use.line.find(' ');
    const auto ran = test::shell("SOURCE_DATE_EPOCH=1 $VIGIL " + use.line.substr(0, space) + " " + options +
                                 filled(use.line.substr(space), in, out));
    CAPTURE(use.line, options, ran.err);
    CHECK(ran.exit_code == 0);
    return test::read_file(out);
}

std::string command_of(const Use& use)
{
    return use.line.substr(0, use.line.find(' '));
}

/// The file with its rows after the first in another order.
std::string shuffled(const std::string& path)
{
    std::istringstream in(test::read_file(path));
    std::string header;
    std::getline(in, header);
    std::vector<std::string> rows;
    for (std::string row; std::getline(in, row);) {
        rows.push_back(row);
    }
    std::shuffle(rows.begin(), rows.end(), std::mt19937_64(7));
    std::string text = header + "\n";
    for (const std::string& row : rows) {
        text += row + "\n";
    }
    return text;
}

} // namespace

TEST_CASE("every command writes the same bytes on 1, 2, 3 and 8 threads", "[pipes]")
{
    for (const Use& use : uses()) {
        if (!known(command_of(use))) {
            continue;
        }
        const std::string in = test::testdata("mesa/mesa_crimes.csv");
        const std::string alone = made_by(use, in, "-q --threads 1");
        CHECK(!alone.empty());
        for (const char* options : {"-q --threads 2", "-q --threads 3", "-q --threads 8"}) {
            CAPTURE(use.line, options);
            CHECK(made_by(use, in, options) == alone);
        }
    }
}

TEST_CASE("every command gives the same result for any order of the rows", "[pipes]")
{
    const std::string in = test::testdata("mesa/mesa_crimes.csv");
    const test::TemporaryFolder folder;
    const std::string other = folder.file("mesa_crimes.csv", shuffled(in));
    for (const Use& use : uses()) {
        if (!known(command_of(use)) || command_of(use) == "info") { // info counts and names rows
            continue;
        }
        CAPTURE(use.line);
        CHECK(made_by(use, other, "-q") == made_by(use, in, "-q"));
    }
}

TEST_CASE("a pipe from incidents to a target list gives the bytes of the steps with files", "[pipes]")
{
    if (!known("hotspots") || !known("target")) {
        return;
    }
    const std::string in = test::testdata("mesa/mesa_crimes.csv");
    const test::TemporaryFolder folder;
    const std::string options = "--radius 1 --circles 5 --min-count 1 --no-provenance";
    const auto piped =
        test::shell("set -o pipefail; cd '" + folder.path() + "' && cat '" + in +
                    "' | $VIGIL hotspots -q --no-provenance --cell 100 - - | $VIGIL target -q " + options +
                    " - piped.json");
    INFO(piped.err);
    CHECK(piped.exit_code == 0);
    const auto stepped =
        test::shell("set -e; cd '" + folder.path() + "'; $VIGIL hotspots -q --no-provenance --cell 100 '" +
                    in + "' cells.geojsonl; $VIGIL target -q " + options + " cells.geojsonl stepped.json");
    INFO(stepped.err);
    CHECK(stepped.exit_code == 0);
    const std::string piped_bytes = test::read_file(folder / "piped.json");
    CHECK(!piped_bytes.empty());
    CHECK(piped_bytes == test::read_file(folder / "stepped.json"));
}

TEST_CASE("standard input reads like the file it comes from", "[pipes]")
{
    const std::string in = test::testdata("mesa/mesa_crimes.csv");
    for (const std::string line : {"density -q --bandwidth 300 --cell 20 --no-provenance",
                                   "hotspots -q --cell 100 --no-provenance --format csv"}) {
        if (!known(line.substr(0, line.find(' ')))) {
            continue;
        }
        const auto from_file = test::shell("$VIGIL " + line + " '" + in + "' -");
        const auto from_pipe = test::shell("cat '" + in + "' | $VIGIL " + line + " - -");
        CAPTURE(line, from_file.err, from_pipe.err);
        CHECK(from_file.exit_code == 0);
        CHECK(!from_file.out.empty());
        CHECK(from_pipe.out == from_file.out);
    }
}

TEST_CASE("a closed pipe ends every command quietly", "[pipes]")
{
    const std::string in = test::testdata("mesa/mesa_crimes.csv");
    for (const std::string line : {"info", "density -q --bandwidth 300 --cell 20", "hotspots -q --cell 100",
                                   "target -q --radius 1 --circles 5 --min-count 1"}) {
        if (!known(line.substr(0, line.find(' ')))) {
            continue;
        }
        const std::string output = line == "info" ? "" : " -";
        const auto ran = test::shell("(sleep 0.3; $VIGIL " + line + " '" + in + "'" + output +
                                     ") | true; exit ${PIPESTATUS[0]}");
        CAPTURE(line);
        CHECK(ran.exit_code == 141);
        CHECK(ran.err.empty());
    }
}
