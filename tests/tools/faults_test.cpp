// What every writing command promises when the disk, the pipe, the user or the path fails it.

#include "tests/support/writing.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

using namespace vigil::test;

namespace fs = std::filesystem;

namespace {

using Names = std::vector<std::string>;

const std::string older = "older file, must stay whole\n";

bool only_parts_of(const Names& names, const std::string& stem)
{
    return std::all_of(names.begin(), names.end(),
                       [&](const std::string& name) { return name.starts_with(stem + "."); });
}

/// Runs `body(writing, inputs, folder, out)` for each writing command, in a fresh folder.
template <typename Body>
void for_each_writing(Body body)
{
    const TemporaryFolder inputs;
    put_inputs(inputs);
    for (const Writing& writing : writing_commands()) {
        const TemporaryFolder folder;
        INFO(writing.line << " as " << writing.extension);
        body(writing, inputs, folder, folder / ("result." + writing.extension));
    }
}

} // namespace

TEST_CASE("outputs are written whole, twice the same, and replaced only when asked", "[faults]")
{
    for_each_writing([](const Writing& writing, const TemporaryFolder& inputs, const TemporaryFolder& folder,
                        const std::string& out) {
        const std::string line = filled(writing, inputs, out);
        REQUIRE(shell(line).exit_code == 0);
        CHECK(only_parts_of(folder.names(), "result"));
        const std::string first = read_file(out);
        CHECK(!first.empty());

        (void)folder.file("result." + writing.extension, older);
        const Ran refused = shell(line);
        CHECK(refused.exit_code == 4);
        CHECK(one_line(refused.err.substr(refused.err.find("result."))));
        CHECK(refused.err.find("--overwrite") != std::string::npos);
        CHECK(read_file(out) == older);

        CHECK(shell(line + " --overwrite").exit_code == 0);
        if (writing.name != "info" && writing.extension != "json") { // these keep the command line inside
            CHECK(read_file(out).size() >= first.size());
        }
        CHECK(only_parts_of(folder.names(), "result"));

        const Names names = folder.names();
        for (const std::string& name : names) {
            fs::remove(folder / name);
        }
        REQUIRE(shell("sleep 0.01; " + line).exit_code == 0);
        CHECK(read_file(out) == first);
    });
}

TEST_CASE("a full disk leaves the older file whole and no litter", "[faults]")
{
    for_each_writing([](const Writing& writing, const TemporaryFolder& inputs, const TemporaryFolder& folder,
                        const std::string& out) {
        const std::string line = filled(writing, inputs, out);
        REQUIRE(shell(line).exit_code == 0);
        std::uintmax_t largest = 0;
        for (const std::string& name : folder.names()) {
            largest = std::max(largest, fs::file_size(folder / name));
            fs::remove(folder / name);
        }
        (void)folder.file("result." + writing.extension, older);
        for (const double share : {0.0, 0.4, 0.95}) { // bash counts in blocks of 1024 bytes
            const auto blocks = static_cast<std::uintmax_t>(share * static_cast<double>(largest - 1)) / 1024;
            INFO("at most " << blocks << " KiB of " << largest << " bytes");
            // through a pipe, since messages into a file would meet the limit too
            const Ran ran = shell(fmt::format(
                "( ulimit -f {}; {} --overwrite ) 2>&1 | cat; exit ${{PIPESTATUS[0]}}", blocks, line));
            CHECK(ran.exit_code == 4);
            CHECK(ran.out.find("result.") != std::string::npos);
            CHECK(folder.names() == Names{"result." + writing.extension});
            CHECK(read_file(out) == older);
        }
    });
}

TEST_CASE("a full file system of its own leaves the older file whole and no litter", "[faults]")
{
    if (shell("unshare -rm true").exit_code != 0) {
        WARN("skipped: this machine gives no mount namespace");
        return;
    }
    for_each_writing([](const Writing& writing, const TemporaryFolder& inputs, const TemporaryFolder& folder,
                        const std::string& out) {
        const std::string run = fmt::format(
            "mount -t tmpfs -o size=16k none '{0}' || exit 99; printf older > '{1}'; {2} --overwrite; "
            "code=$?; cat '{1}' >&2; ls -A '{0}' | wc -l >&2; exit $code",
            folder.path(), out, filled(writing, inputs, out));
        const Ran ran = shell("unshare -rm bash -c " + quoted(run));
        if (ran.exit_code == 0) {
            return; // a small output fits
        }
        CHECK(ran.exit_code == 4);
        CHECK(ran.err.find("result.") != std::string::npos);
        CHECK(ran.err.ends_with("older1\n"));
    });
}

TEST_CASE("folders that are missing are named", "[faults]")
{
    for_each_writing([](const Writing& writing, const TemporaryFolder& inputs, const TemporaryFolder& folder,
                        const std::string& /*out*/) {
        const Ran ran = shell(filled(writing, inputs, folder / ("no/result." + writing.extension)));
        CHECK(ran.exit_code == 4);
        CHECK(ran.err.find("no/result.") != std::string::npos);
        CHECK(folder.names().empty());
    });
}

TEST_CASE("a stop leaves the older file or the new one, and no litter", "[faults]")
{
    int delay_ms = 11;
    for_each_writing([&](const Writing& writing, const TemporaryFolder& inputs, const TemporaryFolder& folder,
                         const std::string& out) {
        const std::string line = filled(writing, inputs, out);
        for (const auto& [signal, code] : {std::pair("INT", 130), std::pair("TERM", 143)}) {
            for (int round = 0; round < 3; ++round) {
                (void)folder.file("result." + writing.extension, older);
                delay_ms = delay_ms * 7 % 190 + 1; // all over the run
                std::string run = line;
                run.replace(
                    0, 6,
                    fmt::format("timeout --preserve-status -s {} 0.{:03} \"$VIGIL\"", signal, delay_ms));
                const Ran ran = shell(run + " --overwrite");
                INFO(signal << " after " << delay_ms << " ms: " << ran.err);
                // before its first line of code runs, a program dies of the signal itself
                CHECK((ran.exit_code == code || ran.exit_code == 0));
                CHECK(only_parts_of(folder.names(), "result"));
                if (ran.exit_code == 0) {
                    CHECK(read_file(out) != older);
                }
                for (const std::string& name : folder.names()) {
                    fs::remove(folder / name);
                }
            }
        }
    });
}

TEST_CASE("a stop while waiting for input ends at once", "[faults]")
{
    const TemporaryFolder folder;
    for (const auto& [signal, code] : {std::pair("INT", 130), std::pair("TERM", 143)}) {
        const Ran ran = shell(fmt::format("set -o pipefail; (printf 'lon,lat\\n1,2\\n'; sleep 1.5) | timeout "
                                          "--preserve-status -s {} 0.7 \"$VIGIL\" density - '{}'",
                                          signal, folder / "a.tif"));
        CHECK(ran.exit_code == code);
        CHECK(folder.names().empty());
    }
}

TEST_CASE("outputs honour the umask", "[faults]")
{
    for_each_writing([](const Writing& writing, const TemporaryFolder& inputs, const TemporaryFolder& folder,
                        const std::string& out) {
        REQUIRE(shell("umask 027; " + filled(writing, inputs, out)).exit_code == 0);
        for (const std::string& name : folder.names()) {
            INFO(name);
            CHECK(fs::status(folder / name).permissions() == static_cast<fs::perms>(0640));
        }
    });
}

TEST_CASE("the locale changes no byte", "[faults]")
{
    const TemporaryFolder locales;
    if (shell("localedef -i de_DE -f UTF-8 '" + (locales / "de_DE.UTF-8") + "'").exit_code != 0) {
        WARN("skipped: localedef cannot make a German locale here");
        return;
    }
    for_each_writing([&](const Writing& writing, const TemporaryFolder& inputs, const TemporaryFolder& folder,
                         const std::string& out) {
        REQUIRE(shell(filled(writing, inputs, out)).exit_code == 0);
        const std::string first = read_file(out);
        for (const std::string& name : folder.names()) {
            fs::remove(folder / name);
        }
        const Ran ran = shell("export LOCPATH='" + locales.path() + "' LC_ALL=de_DE.UTF-8; " +
                              filled(writing, inputs, out));
        REQUIRE(ran.exit_code == 0);
        CHECK(read_file(out) == first);
    });
}

TEST_CASE("too little memory is a refusal, not a crash", "[faults]")
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    WARN("skipped: sanitizers need all the address space");
    return;
#else
    for_each_writing([](const Writing& writing, const TemporaryFolder& inputs, const TemporaryFolder& folder,
                        const std::string& out) {
        for (const int mebibytes : {330, 380, 450, 600}) {
            const Ran ran = shell(fmt::format("ulimit -v {}; {} --threads 2 --overwrite", mebibytes * 1024,
                                              filled(writing, inputs, out)));
            INFO(mebibytes << " MiB: " << ran.err);
            const bool not_loaded = ran.exit_code == 127; // the libraries themselves did not fit
            CHECK((ran.exit_code == 0 || ran.exit_code == 5 || not_loaded));
            CHECK(only_parts_of(folder.names(), "result"));
        }
    });
#endif
}
