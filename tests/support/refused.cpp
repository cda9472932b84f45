#include "tests/support/refused.h"

#include "tests/support/run.h"

#include <catch2/catch.hpp>

namespace vigil::test {

void refused(const std::string& command, std::vector<std::string> arguments, int code,
             const std::string& text)
{
    arguments.insert(arguments.begin(), command);
    const Ran ran = vigil(arguments);
    INFO(ran.err);
    CHECK(ran.exit_code == code);
    CHECK_THAT(ran.err, Catch::Contains(text));
    CHECK(one_line(ran.err));
    CHECK(ran.out.empty());
}

} // namespace vigil::test
