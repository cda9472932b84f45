#include "kernels/getis_ord_grid/residues.h"
#include "kernels/getis_ord_grid/stencil_sums.h"
#include "libgeo/random.h"

#include <catch2/catch.hpp>
#include <tbb/global_control.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

using namespace vigil;
using namespace vigil::grid_sums;

namespace {

/// Whole numbers of either sign in [-largest, largest].
std::vector<std::int64_t> whole_noise(const Grid& grid, std::uint64_t seed, double largest)
{
    std::vector<std::int64_t> values;
    for (std::int64_t i = 0; i < grid.cells(); ++i) {
        const double u = Random(seed, static_cast<std::uint64_t>(i)).uniform(0);
        values.push_back(static_cast<std::int64_t>(std::llround((2 * u - 1) * largest)));
    }
    return values;
}

std::uint64_t total_size(const std::vector<std::int64_t>& values)
{
    std::uint64_t size = 0;
    for (const std::int64_t x : values) {
        size += static_cast<std::uint64_t>(std::llabs(x));
    }
    return size;
}

/// Cell by cell of the stencil.
std::vector<std::int64_t> slow_sums(const Grid& grid, const Stencil& stencil,
                                    const std::vector<std::int64_t>& values)
{
    std::vector<std::int64_t> sums;
    for (std::int64_t row = 0; row < grid.rows; ++row) {
        for (std::int64_t col = 0; col < grid.cols; ++col) {
            std::int64_t sum = 0;
            for (std::int64_t r = 0; r < grid.rows; ++r) {
                const std::int64_t away = r - row + stencil.reach();
                if (away < 0 || away > 2 * stencil.reach()) {
                    continue;
                }
                const std::int64_t half = stencil.half_width[static_cast<std::size_t>(away)];
                for (std::int64_t c = std::max<std::int64_t>(0, col - half);
                     c <= std::min(grid.cols - 1, col + half); ++c) {
                    sum += values[static_cast<std::size_t>(r * grid.cols + c)];
                }
            }
            sums.push_back(sum);
        }
    }
    return sums;
}

template <typename Sums>
std::vector<std::int64_t> sums_of(Sums sums, const Grid& grid, const Stencil& stencil,
                                  const std::vector<std::int64_t>& values, std::uint64_t bound)
{
    const auto cols = static_cast<std::size_t>(grid.cols);
    std::vector<std::int64_t> out(values.size());
    sums(
        grid, stencil, bound,
        [&](std::int64_t row, std::span<std::int64_t> into) {
            std::copy_n(&values[static_cast<std::size_t>(row) * cols], cols, into.begin());
        },
        [&](std::int64_t row, std::span<const std::int64_t> of_row) {
            std::copy(of_row.begin(), of_row.end(), &out[static_cast<std::size_t>(row) * cols]);
        });
    return out;
}

Grid shaped(std::int64_t rows, std::int64_t cols)
{
    return {.left_x = 0, .top_y = 0, .cell_m = 1, .rows = rows, .cols = cols};
}

} // namespace

TEST_CASE("products and powers modulo a prime are those of long division", "[grid_sums]")
{
    for (const std::uint32_t p : {2146959361U, 97U}) {
        const Field field(p);
        for (std::uint64_t i = 0; i < 200; ++i) {
            const auto a = static_cast<std::uint32_t>(Random(1, i).uniform(0) * p);
            const auto b = static_cast<std::uint32_t>(Random(1, i).uniform(1) * p);
            CHECK(field.mul(a, field.factor(b)) == std::uint64_t{a} * b % p);
            CHECK(field.add(a, b) == (std::uint64_t{a} + b) % p);
            CHECK(field.sub(a, b) == (std::uint64_t{a} + p - b) % p);
            if (b > 0) {
                CHECK(field.mul(b, field.inverse(field.factor(b))) == 1);
            }
        }
        CHECK(field.mul(p - 1, field.factor(p - 1)) == 1); // (-1)^2
    }
}

TEST_CASE("transforms are sums over roots of unity, and go back", "[grid_sums]")
{
    const Field field(2146959361);
    for (const std::size_t n : {1U, 2U, 3U, 4U, 5U, 8U, 15U, 36U, 60U, 90U, 288U}) {
        const Transform transform(field, 19, n);
        std::vector<std::uint32_t> x(n * lanes);
        for (std::size_t i = 0; i < x.size(); ++i) {
            x[i] = static_cast<std::uint32_t>(Random(2, i).uniform(0) * field.prime());
        }
        std::vector<std::uint32_t> turned = x;
        transform.forward(turned.data());
        std::size_t wrong = 0;
        for (std::size_t row = 0; row < n; ++row) {
            const std::size_t f = transform.frequency()[row];
            for (const std::size_t lane : {std::size_t{0}, lanes - 1}) {
                std::uint32_t sum = 0;
                for (std::size_t t = 0; t < n; ++t) {
                    sum = field.add(sum, field.mul(x[t * lanes + lane], transform.root_power(f * t % n)));
                }
                wrong += sum == turned[row * lanes + lane] ? 0U : 1U;
            }
        }
        transform.inverse(turned.data());
        for (std::size_t i = 0; i < x.size(); ++i) {
            wrong += turned[i] == std::uint64_t{x[i]} * n % field.prime() ? 0U : 1U;
        }
        CHECK(wrong == 0);
    }
}

TEST_CASE("lengths of transforms are multiples of 32 not far above what is asked", "[grid_sums]")
{
    CHECK(transform_length(1) == 32);
    CHECK(transform_length(33) == 64);
    CHECK(transform_length(65) == 96);     // 3 * 32
    CHECK(transform_length(129) == 160);   // 5 * 32
    CHECK(transform_length(257) == 288);   // 9 * 32
    CHECK(transform_length(2300) == 2304); // 9 * 256
    CHECK(transform_length(3100) == 3840); // 15 * 256
}

TEST_CASE("both ways to add up a stencil give the sum over its cells", "[grid_sums]")
{
    // thin, square and prime shapes; stencils beyond the grid on one or on all sides; one to three primes
    const std::vector<Grid> grids = {shaped(1, 1),  shaped(1, 70),  shaped(67, 1),
                                     shaped(2, 33), shaped(41, 29), shaped(32, 64)};
    for (const Grid& grid : grids) {
        for (const double largest : {1.0, 3e5, 4e10, 0x1.0p60 / static_cast<double>(grid.cells())}) {
            const auto values = whole_noise(grid, 5, largest);
            for (const double radius : {0.5, 1.0, 2.3, 7.0, 30.5, 200.0}) {
                Stencil stencil = disc_stencil(grid, radius);
                const auto slow = slow_sums(grid, stencil, values);
                const std::uint64_t bound = total_size(values);
                CHECK(sums_of(sums_by_rows, grid, stencil, values, bound) == slow);
                CHECK(sums_of(sums_by_transform, grid, stencil, values, bound) == slow);
            }
        }
    }
}

TEST_CASE("stencils need not be discs, nor symmetric, nor without holes", "[grid_sums]")
{
    const Grid grid = shaped(23, 31);
    const auto values = whole_noise(grid, 6, 100);
    const Stencil shapes[] = {{{0, -1, 5, 2, 40}}, {{3, -1, -1}},
                              {{-1, -1, 3}},       {{-1}},
                              queen_stencil(),     {std::vector<std::int64_t>(99, 50)}};
    for (const Stencil& stencil : shapes) {
        const auto slow = slow_sums(grid, stencil, values);
        CHECK(sums_of(sums_by_rows, grid, stencil, values, total_size(values)) == slow);
        CHECK(sums_of(sums_by_transform, grid, stencil, values, total_size(values)) == slow);
    }
}

TEST_CASE("sums are right to the last step where they are as large as the primes allow", "[grid_sums]")
{
    // All values of one sign: the sum over everything is the bound itself
    const Grid grid = shaped(3, 5);
    const Stencil all = disc_stencil(grid, 10);
    // p0 = 2146959361, p1 = 2135162881: the last that one prime tells apart is (p0 - 1) / 2 - 1, and with
    // two it is p0 (p1 - 1) / 2 - 1
    for (const std::int64_t most :
         {std::int64_t{1073479679}, std::int64_t{1073479680}, std::int64_t{2292053966237859839},
          std::int64_t{2292053966237859840}, std::int64_t{1} << 61}) {
        for (const std::int64_t sign : {1, -1}) {
            std::vector<std::int64_t> values(15, 0);
            values[3] = sign * (most - 7);
            values[11] = sign * 7;
            const auto sums = sums_of(sums_by_transform, grid, all, values, static_cast<std::uint64_t>(most));
            CHECK(sums == std::vector<std::int64_t>(15, sign * most));
            CHECK(sums_of(sums_by_rows, grid, all, values, static_cast<std::uint64_t>(most)) == sums);
        }
    }
}

TEST_CASE("cells of a stencil inside the grid are counted", "[grid_sums]")
{
    for (const Grid& grid : {shaped(9, 13), shaped(1, 8), shaped(6, 1)}) {
        const std::vector<std::int64_t> ones(static_cast<std::size_t>(grid.cells()), 1);
        for (const double radius : {0.5, 1.5, 4.0, 30.0}) {
            const Stencil stencil = disc_stencil(grid, radius);
            const auto slow = slow_sums(grid, stencil, ones);
            const CellsInside inside(grid, stencil);
            std::vector<std::int32_t> counts(static_cast<std::size_t>(grid.cols));
            for (std::int64_t row = 0; row < grid.rows; ++row) {
                inside.of_row(row, counts);
                CHECK(std::equal(counts.begin(), counts.end(), slow.begin() + row * grid.cols));
            }
        }
    }
}

TEST_CASE("a transform is chosen for stencils of many rows only, and where it fits", "[grid_sums]")
{
    const Grid grid = shaped(1000, 1000);
    CHECK_FALSE(transform_is_faster(grid, disc_stencil(grid, 10), 1000));
    CHECK(transform_is_faster(grid, disc_stencil(grid, 800), 1000));
    const Grid wide = shaped(3, 300000);
    CHECK_FALSE(transform_size(wide, queen_stencil(), 1000).possible);
    CHECK_FALSE(transform_is_faster(wide, queen_stencil(), 1000));
}

TEST_CASE("no number of threads changes a sum", "[grid_sums]")
{
    const Grid grid = shaped(150, 170);
    const auto values = whole_noise(grid, 8, 1e9);
    const Stencil disc = disc_stencil(grid, 40);
    const auto sums = sums_of(sums_by_rows, grid, disc, values, total_size(values));
    for (const std::size_t threads : {1U, 2U, 8U}) {
        const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
        CHECK(sums_of(sums_by_rows, grid, disc, values, total_size(values)) == sums);
        CHECK(sums_of(sums_by_transform, grid, disc, values, total_size(values)) == sums);
    }
}
