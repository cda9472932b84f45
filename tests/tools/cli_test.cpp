#include "tests/support/run.h"

#include <catch2/catch.hpp>

using vigil::test::shell;

TEST_CASE("vigil alone lists its commands", "[cli]")
{
    const auto ran = vigil::test::vigil({});
    CHECK(ran.exit_code == 0);
    CHECK(ran.out.find("describe") != std::string::npos);
    CHECK(ran.err.empty());
}

TEST_CASE("an unknown option is refused in one line with exit code 2", "[cli]")
{
    const auto ran = vigil::test::vigil({"describe", "--colour", "blue"});
    CHECK(ran.exit_code == 2);
    CHECK(std::count(ran.err.begin(), ran.err.end(), '\n') == 1);
}

TEST_CASE("a full disk is reported with exit code 4", "[cli]")
{
    const auto ran = shell("$VIGIL describe --json > /dev/full");
    CHECK(ran.exit_code == 4);
    CHECK(ran.err.find("standard output") != std::string::npos);
}

TEST_CASE("a closed pipe ends quietly", "[cli]")
{
    const auto ran =
        shell("set -o pipefail; (sleep 0.2; $VIGIL describe --json) | true; exit ${PIPESTATUS[0]}");
    CHECK(ran.exit_code == 141);
    CHECK(ran.err.empty());
}
