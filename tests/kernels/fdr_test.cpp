#include "kernels/fdr.h"

#include <catch2/catch.hpp>

#include <cmath>

TEST_CASE("Benjamini-Hochberg adjusted p-values are those of R's p.adjust", "[fdr]")
{
    // R 4.2: p.adjust(c(.01, .02, .03, .04, NA, .5), "BH")  ->  .05 .05 .05 .05 NA .5
    const double p[] = {.01, .02, .03, .04, std::nan(""), .5};
    const auto q = vigil::benjamini_hochberg(p);
    for (int i = 0; i < 4; ++i) {
        CHECK(q[static_cast<std::size_t>(i)] == Approx(.05));
    }
    CHECK(std::isnan(q[4]));
    CHECK(q[5] == Approx(.5));
}
