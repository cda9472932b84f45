#include "kernels/route/match/posterior.h"

#include "libgeo/error.h"
#include "tests/kernels/posterior_brute.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstdint>
#include <map>
#include <vector>

using namespace vigil;
using namespace vigil::test;

namespace {

/// n sightings one after another, all with the same leg; emission of each is 0 in both states.
struct LongChain {
    std::vector<Sighting> sightings;
    std::vector<std::vector<double>> emission;
    OrderLattice lattice;

    LongChain(std::size_t n, std::size_t states) : sightings(n), emission(n, std::vector<double>(states, 0))
    {
        for (std::size_t i = 0; i < n; ++i) {
            sightings[i].order_begin = sightings[i].order_end = static_cast<double>(i);
        }
        lattice = order_lattice(sightings);
    }
};

} // namespace

TEST_CASE("posterior: two sightings can be worked out on paper", "[posterior]")
{
    // p(0, .) = 1 : 3, p(1, .) = 2 : 1, leg = {{1, 0}, {1, 2}}; products: 00: 2, 10: 3 * 1 * 2 = 6,
    // 11: 3 * 2 * 1 = 6, 01: 0; in all 14
    Hidden hidden;
    hidden.sightings.resize(2);
    hidden.sightings[0].order_end = 0;
    hidden.sightings[1].order_begin = 1;
    hidden.emission = {{0, std::log(3.0)}, {std::log(2.0), 0}};
    hidden.legs.resize(4);
    hidden.legs[1] = {2, 2, {0, -inf, 0, std::log(2.0)}};
    const OrderLattice lattice = order_lattice(hidden.sightings);
    const Posterior posterior = hidden.posterior(lattice);
    CHECK(posterior.log_evidence() == Approx(std::log(14.0)).epsilon(1e-14));
    CHECK(posterior.marginal(0)[0] == Approx(2.0 / 14).epsilon(1e-14));
    CHECK(posterior.marginal(0)[1] == Approx(12.0 / 14).epsilon(1e-14));
    CHECK(posterior.marginal(1)[0] == Approx(8.0 / 14).epsilon(1e-14));
    CHECK(posterior.marginal(1)[1] == Approx(6.0 / 14).epsilon(1e-14));
    CHECK(posterior.log_probability_of_best() == Approx(std::log(6.0 / 14)).epsilon(1e-14));
}

TEST_CASE("posterior: equals all orders and states listed one by one", "[posterior]")
{
    std::size_t impossible = 0;
    std::size_t orders = 0;
    for (const Known known : {Known::chain, Known::nothing, Known::intervals, Known::partly}) {
        for (std::uint64_t item = 0; item < 60; ++item) {
            const Hidden hidden = random_hidden(item, 1 + item % 5, known);
            const Listed listed = list_all(hidden);
            CAPTURE(static_cast<int>(known), item);
            check_equal(hidden, listed);
            impossible += listed.ln.empty() ? 1U : 0U;
            std::map<Listed::Key, int> different;
            for (const auto& [sequence, ln] : listed.ln) {
                different[{sequence.begin(),
                           sequence.begin() + static_cast<std::ptrdiff_t>(sequence.size() / 2)}] = 1;
            }
            orders += different.size() > 1 ? 1U : 0U;
        }
    }
    CHECK(impossible > 0); // both kinds of case were met
    CHECK(impossible < 60);
    CHECK(orders > 80);
}

TEST_CASE("posterior: likelihoods far below the smallest number keep their digits", "[posterior]")
{
    // ln p down to -8000: most sums underflow as plain numbers
    for (const Known known : {Known::chain, Known::nothing, Known::intervals, Known::partly}) {
        for (std::uint64_t item = 100; item < 140; ++item) {
            const Hidden hidden = random_hidden(item, 1 + item % 5, known, 1000);
            CAPTURE(static_cast<int>(known), item);
            check_equal(hidden, list_all(hidden));
        }
    }
}

TEST_CASE("posterior: the only way is found however unlikely each of its steps", "[posterior]")
{
    // From state 0 everything is likely, and the first sighting is all but surely in it; the last sighting is
    // possible only in the state that the other state leads to, at exp(-5000).
    Hidden hidden = random_hidden(1, 3, Known::chain, 0, 0); // sighting 2 is the first
    hidden.emission = {{-inf, 0}, {0, -9000}, {0, -9000}};
    hidden.legs[2 * 3 + 1] = {2, 2, {0, -inf, 0, -5000}};
    hidden.legs[1 * 3 + 0] = {2, 2, {0, -inf, 0, -5000}};
    check_equal(hidden, list_all(hidden));
    const OrderLattice lattice = order_lattice(hidden.sightings);
    const Posterior posterior = hidden.posterior(lattice);
    CHECK(posterior.log_evidence() == -28000);
    CHECK(key(posterior.sample(Random(1, 1), 0)) == Listed::Key{2, 1, 0, 1, 1, 1});
}

TEST_CASE("posterior: constants of emissions and legs change the evidence and nothing else", "[posterior]")
{
    for (std::uint64_t item = 200; item < 230; ++item) {
        const Hidden hidden = random_hidden(item, 2 + item % 4, Known::partly, 1, 0.05);
        const std::size_t n = hidden.sightings.size();
        Hidden shifted = hidden;
        for (std::size_t i = 0; i < n; ++i) {
            for (double& ln : shifted.emission[i]) {
                ln -= 1e4 * static_cast<double>(i + 1);
            }
        }
        // exact: what is added is taken off again without rounding
        const OrderLattice lattice = order_lattice(hidden.sightings);
        const Posterior a = hidden.posterior(lattice);
        const Posterior emitted = shifted.posterior(lattice);
        for (LegMatrix& leg :
             shifted.legs) { // all alike: legs of different orders are compared with one another
            for (double& ln : leg.log_p) {
                ln += 2e4;
            }
        }
        const Posterior b = shifted.posterior(lattice);
        const auto count = static_cast<double>(n);
        CHECK(std::abs(b.log_evidence() -
                       (a.log_evidence() - 1e4 * count * (count + 1) / 2 + 2e4 * (count - 1))) < 1e-10);
        for (std::uint32_t i = 0; i < n; ++i) {
            const std::vector<double> p = a.marginal(i);
            CHECK(p == emitted.marginal(i));
            const std::vector<double> q = b.marginal(i);
            for (std::size_t state = 0; state < p.size(); ++state) {
                CHECK(std::abs(p[state] - q[state]) <= 4 * count * 2e4 * 0x1p-53); // as rounded at 2e4
            }
        }
        CHECK(key(a.best()) == key(b.best()));
    }
}

TEST_CASE("posterior: a chain of 50,000 legs that forget where they come from is a product", "[posterior]")
{
    // p(to | from) depends on `to` only: every sighting is on its own,
    // evidence = prod_t sum_j exp(e_tj + a_tj), marginal = its terms
    const std::size_t n = 50'000;
    const Random random(3, 3);
    LongChain chain(n, 3);
    std::vector<LegMatrix> legs;
    long double evidence = 0;
    std::vector<std::vector<double>> expected;
    for (std::size_t t = 0; t < n; ++t) {
        double a[3];
        long double sum = 0;
        for (std::size_t j = 0; j < 3; ++j) {
            a[j] = t == 0 ? 0 : -30 * random.uniform(6 * t + j);
            chain.emission[t][j] = -20 * random.uniform(6 * t + 3 + j);
            sum += std::exp(static_cast<long double>(chain.emission[t][j]) + a[j]);
        }
        legs.push_back({3, 3, {a[0], a[1], a[2], a[0], a[1], a[2], a[0], a[1], a[2]}});
        evidence += std::log(sum);
        expected.emplace_back();
        for (std::size_t j = 0; j < 3; ++j) {
            expected.back().push_back(
                static_cast<double>(std::exp(static_cast<long double>(chain.emission[t][j]) + a[j]) / sum));
        }
    }
    const Posterior posterior(chain.lattice, chain.emission,
                              [&](std::uint32_t, std::uint32_t to) -> const LegMatrix& { return legs[to]; });
    CHECK(posterior.log_evidence() < -3e5); // exp of it is no number
    CHECK(std::abs(posterior.log_evidence() / static_cast<double>(evidence) - 1) < 1e-15);
    double log_best = 0;
    for (std::uint32_t t = 0; t < n; ++t) {
        const std::vector<double> p = posterior.marginal(t);
        log_best += std::log(*std::max_element(expected[t].begin(), expected[t].end()));
        for (std::size_t j = 0; j < 3; ++j) {
            REQUIRE(std::abs(p[j] - expected[t][j]) <= 1e-12 * expected[t][j]);
        }
    }
    CHECK(posterior.log_probability_of_best() == Approx(log_best).epsilon(1e-11));
}

TEST_CASE("posterior: a chain of 50,000 legs that keep their state forgets slowly", "[posterior]")
{
    // Two states, stay with 1 - q, change with q, start in the first: P(first at t) = (1 + (1 - 2 q)^t) / 2,
    // and the evidence is 1. With the end known to be the first too, by Bayes
    // P(first at t) = (1 + r^t) (1 + r^(n-1-t)) / (2 (1 + r^(n-1))), r = 1 - 2 q; evidence (1 + r^(n-1)) / 2
    const std::uint32_t n = 50'000;
    const double q = 1e-4;
    LongChain chain(n, 2);
    chain.emission.front()[1] = -inf;
    const LegMatrix leg{2, 2, {std::log1p(-q), std::log(q), std::log(q), std::log1p(-q)}};
    const Posterior::Legs legs = [&](std::uint32_t, std::uint32_t) -> const LegMatrix& {
        return leg;
    };
    const Posterior open(chain.lattice, chain.emission, legs);
    CHECK(std::abs(open.log_evidence()) < 1e-11);
    chain.emission.back()[1] = -inf;
    const Posterior tied(chain.lattice, chain.emission, legs);
    const double ln_r = std::log1p(-2 * q);
    const auto power = [&](std::uint32_t t) {
        return std::exp(ln_r * t);
    };
    CHECK(tied.log_evidence() == Approx(std::log((1 + power(n - 1)) / 2)).epsilon(1e-11));
    for (const std::uint32_t t : {0U, 1U, 100U, 5'000U, 25'000U, 49'000U, 49'999U}) {
        CHECK(open.marginal(t)[0] == Approx((1 + power(t)) / 2).epsilon(1e-11));
        CHECK(tied.marginal(t)[0] ==
              Approx((1 + power(t)) * (1 + power(n - 1 - t)) / (2 * (1 + power(n - 1)))).epsilon(1e-11));
    }
    CHECK(tied.best().state == std::vector<std::uint32_t>(n, 0));
    CHECK(tied.log_probability_of_best() ==
          Approx(std::log1p(-q) * (n - 1) - std::log((1 + power(n - 1)) / 2)).epsilon(1e-11));
}

TEST_CASE("posterior: samples come as often as their probability", "[posterior]")
{
    const std::size_t draws = 20'000;
    for (const Known known : {Known::chain, Known::nothing, Known::intervals, Known::partly}) {
        const Hidden hidden = random_hidden(303, 4, known, 0.4, 0.1);
        const Listed listed = list_all(hidden);
        const OrderLattice lattice = order_lattice(hidden.sightings);
        const Posterior posterior = hidden.posterior(lattice);
        std::map<Listed::Key, std::size_t> counts;
        for (const StateSequence& sample : posterior.samples(Random(11, 5), 0, draws)) {
            ++counts[key(sample)];
        }
        // chi-square; sequences that are expected less than five times are counted together
        double chi = 0;
        double cells = 0;
        double rare_expected = 0;
        double rare = 0;
        std::size_t seen = 0;
        for (const auto& [sequence, ln] : listed.ln) {
            const double expected = static_cast<double>(draws) * std::exp(ln - listed.log_evidence);
            const auto count = static_cast<double>(counts[sequence]);
            seen += counts[sequence];
            if (expected < 5) {
                rare_expected += expected;
                rare += count;
                continue;
            }
            chi += (count - expected) * (count - expected) / expected;
            ++cells;
        }
        if (rare_expected > 5) {
            chi += (rare - rare_expected) * (rare - rare_expected) / rare_expected;
            ++cells;
        }
        CHECK(seen == draws); // nothing impossible
        REQUIRE(cells > 10);
        // mean cells - 1, variance 2 (cells - 1): three standard deviations
        CHECK(chi < cells - 1 + 3 * std::sqrt(2 * (cells - 1)));
    }
}

TEST_CASE("posterior: a draw takes its own random numbers, the last sighting's first", "[posterior]")
{
    // legs that say nothing: each state is floor(2 u) of its own number
    const LongChain chain(5, 2);
    const LegMatrix leg{2, 2, {0, 0, 0, 0}};
    const Posterior posterior(chain.lattice, chain.emission,
                              [&](std::uint32_t, std::uint32_t) -> const LegMatrix& { return leg; });
    const Random random(8, 9);
    for (std::uint64_t draw = 0; draw < 50; ++draw) {
        const StateSequence sequence = posterior.sample(random, draw);
        for (std::uint32_t place = 0; place < 5; ++place) {
            CHECK(sequence.sighting[place] == place);
            CHECK(sequence.state[place] == (random.uniform(draw * 5 + 4 - place) < 0.5 ? 0U : 1U));
        }
    }
}

TEST_CASE("posterior: draws together are those one by one", "[posterior]")
{
    const Hidden hidden = random_hidden(303, 5, Known::partly, 1, 0.1);
    const OrderLattice lattice = order_lattice(hidden.sightings);
    const Posterior posterior = hidden.posterior(lattice);
    const Random random(4, 2);
    const std::vector<StateSequence> together = posterior.samples(random, 7, 40);
    REQUIRE(together.size() == 40);
    for (std::size_t i = 0; i < 40; ++i) {
        CHECK(key(together[i]) == key(posterior.sample(random, 7 + i)));
    }
    CHECK(posterior.samples(random, 7, 0).empty());
}

TEST_CASE("posterior: of equally likely sequences the lowest node and state, from the end", "[posterior]")
{
    Hidden hidden = random_hidden(1, 3, Known::nothing, 0, 0); // every likelihood is 1
    hidden.emission = {{0, 0}, {0, 0}, {-1, 0, 0}};
    hidden.legs.clear();
    for (const auto& from : hidden.emission) {
        for (const auto& to : hidden.emission) {
            hidden.legs.push_back({from.size(), to.size(), std::vector<double>(from.size() * to.size(), 0)});
        }
    }
    const OrderLattice lattice = order_lattice(hidden.sightings);
    const Posterior posterior = hidden.posterior(lattice);
    // nodes of a set are numbered by their last: sighting 0 is last, then 1 before it
    CHECK(key(posterior.best()) == Listed::Key{2, 1, 0, 1, 0, 0});
    // 6 orders, 2 * 2 * (2 + 1 / e) states
    CHECK(posterior.log_probability_of_best() == Approx(-std::log(24 * (2 + std::exp(-1.0)))).epsilon(1e-14));
}

TEST_CASE("posterior: what is impossible has no answer, what does not fit is refused", "[posterior]")
{
    const LongChain chain(2, 2);
    const auto posterior = [&](LegMatrix leg, std::vector<std::vector<double>> emission) {
        return Posterior(chain.lattice, std::move(emission),
                         [&](std::uint32_t, std::uint32_t) -> const LegMatrix& { return leg; })
            .log_evidence();
    };
    const LegMatrix free{2, 2, {0, 0, 0, 0}};
    CHECK(posterior(free, chain.emission) == Approx(std::log(4.0)));
    CHECK(posterior({2, 2, {-inf, -inf, -inf, -inf}}, chain.emission) == -inf);
    CHECK(posterior(free, {{0, 0}, {-inf, -inf}}) == -inf);
    CHECK_THROWS_AS(posterior({2, 1, {0, 0}}, chain.emission), Error);
    CHECK_THROWS_AS(posterior({2, 2, {0, 0, 0}}, chain.emission), Error);
    CHECK_THROWS_AS(posterior({2, 2, {0, 0, inf, 0}}, chain.emission), Error);
    CHECK_THROWS_AS(posterior({2, 2, {0, 0, std::nan(""), 0}}, chain.emission), Error);
    CHECK_THROWS_AS(posterior(free, {{0, 0}, {0, std::nan("")}}), Error);
    CHECK_THROWS_AS(posterior(free, {{0, 0}, {}}), Error);
    CHECK_THROWS_AS(posterior(free, {{0, 0}}), Error);

    const LegMatrix wall{2, 2, {-inf, -inf, -inf, -inf}};
    const Posterior none(chain.lattice, chain.emission,
                         [&](std::uint32_t, std::uint32_t) -> const LegMatrix& { return wall; });
    CHECK_THROWS_AS(none.marginal(0), Error);
    CHECK_THROWS_AS(none.best(), Error);
    CHECK_THROWS_AS(none.log_probability_of_best(), Error);
    CHECK_THROWS_AS(none.sample(Random(1, 1), 0), Error);
}

TEST_CASE("posterior: entropy in bits", "[posterior]")
{
    CHECK(entropy_bits(std::vector<double>{1}) == 0);
    CHECK(entropy_bits(std::vector<double>{0.5, 0, 0.5}) == 1);
    CHECK(entropy_bits(std::vector<double>{0.25, 0.25, 0.25, 0.25}) == 2);
    CHECK(entropy_bits({}) == 0);
}
