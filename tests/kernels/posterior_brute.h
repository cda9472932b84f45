#pragma once

#include "kernels/route/match/order_lattice.h"
#include "kernels/route/match/posterior.h"
#include "libgeo/random.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <numeric>
#include <utility>
#include <vector>

/// Orders and states of a few sightings listed one by one.
namespace vigil::test {

inline constexpr double inf = std::numeric_limits<double>::infinity();

/// A case with all its likelihoods.
struct Hidden {
    std::vector<Sighting> sightings;
    std::vector<std::vector<double>> emission;
    std::vector<LegMatrix> legs; ///< of (from, to): from * sightings + to

    [[nodiscard]] const LegMatrix& leg(std::size_t from, std::size_t to) const
    {
        return legs[from * sightings.size() + to];
    }
    [[nodiscard]] Posterior posterior(const OrderLattice& lattice) const
    {
        return {lattice, emission, [&](std::uint32_t from, std::uint32_t to) -> const LegMatrix& {
                    return leg(from, to);
                }};
    }
};

/// Everything that is asked of a posterior.
struct Listed {
    using Key = std::vector<std::uint32_t>; ///< sightings in order, then states in that order
    std::map<Key, double> ln;               ///< of each possible sequence
    double log_evidence = -inf;
    std::vector<std::vector<double>> marginal;
    Key best;
    double log_probability_of_best = 0;
};

inline Listed::Key key(const StateSequence& sequence)
{
    Listed::Key all = sequence.sighting;
    all.insert(all.end(), sequence.state.begin(), sequence.state.end());
    return all;
}

/// Adds all states of one order, from place `at` on.
inline void list_states(const Hidden& hidden, Listed::Key& sequence, std::size_t at, double ln,
                        Listed& listed)
{
    const std::size_t n = hidden.sightings.size();
    if (at == n) {
        if (ln > -inf) {
            listed.ln[sequence] = ln;
        }
        return;
    }
    const std::uint32_t sighting = sequence[at];
    for (std::uint32_t state = 0; state < hidden.emission[sighting].size(); ++state) {
        double here = ln + hidden.emission[sighting][state];
        if (at > 0) {
            const LegMatrix& leg = hidden.leg(sequence[at - 1], sighting);
            here += leg.log_p[sequence[n + at - 1] * leg.columns + state];
        }
        sequence[n + at] = state;
        list_states(hidden, sequence, at + 1, here, listed);
    }
}

inline void sum_up(const Hidden& hidden, Listed& listed)
{
    const std::size_t n = hidden.sightings.size();
    double greatest = -inf;
    for (const auto& [sequence, ln] : listed.ln) {
        if (ln > greatest) {
            greatest = ln;
            listed.best = sequence;
        }
    }
    long double sum = 0;
    std::vector<std::vector<long double>> part;
    for (const auto& emission : hidden.emission) {
        part.emplace_back(emission.size(), 0.0L);
    }
    for (const auto& [sequence, ln] : listed.ln) {
        const long double p = std::exp(static_cast<long double>(ln) - greatest);
        sum += p;
        for (std::size_t at = 0; at < n; ++at) {
            part[sequence[at]][sequence[n + at]] += p;
        }
    }
    if (listed.ln.empty()) {
        return;
    }
    listed.log_evidence = static_cast<double>(greatest + std::log(sum));
    listed.log_probability_of_best = static_cast<double>(-std::log(sum));
    for (const auto& states : part) {
        listed.marginal.emplace_back();
        for (const long double p : states) {
            listed.marginal.back().push_back(static_cast<double>(p / sum));
        }
    }
}

/// Every permutation that respects the bounds, with every state of every sighting.
inline Listed list_all(const Hidden& hidden)
{
    const std::size_t n = hidden.sightings.size();
    Listed listed;
    Listed::Key order(n);
    std::iota(order.begin(), order.end(), 0U);
    do {
        bool possible = true;
        for (std::size_t a = 0; a < n; ++a) {
            for (std::size_t b = a + 1; b < n; ++b) {
                possible &= !(hidden.sightings[order[b]].order_end < hidden.sightings[order[a]].order_begin);
            }
        }
        if (possible) {
            Listed::Key sequence = order;
            sequence.resize(2 * n);
            list_states(hidden, sequence, 0, 0, listed);
        }
    } while (std::next_permutation(order.begin(), order.end()));
    sum_up(hidden, listed);
    return listed;
}

enum class Known { chain, nothing, intervals, partly };

/// Sightings with random likelihoods: multiples of 1/256 (so that constants can be added without rounding)
/// down to -8 * spread, some of them impossible.
inline Hidden random_hidden(std::uint64_t item, std::size_t n, Known known, double spread = 1,
                            double impossible = 0.15)
{
    const Random random(77, item);
    std::uint64_t next = 0;
    const auto ln = [&] {
        const bool none = random.uniform(next++) < impossible;
        return none ? -inf : -std::floor(random.uniform(next++) * 2048 * spread) / 256;
    };
    Hidden hidden;
    for (std::size_t i = 0; i < n; ++i) {
        Sighting sighting;
        const auto at = static_cast<double>(known == Known::chain ? n - i : random.bits(next++) % 6);
        if (known != Known::nothing && (known != Known::partly || i % 2 == 0)) {
            sighting.order_begin = at;
            sighting.order_end = at + (known == Known::intervals ? 2 * random.uniform(next++) : 0);
        }
        hidden.sightings.push_back(sighting);
        hidden.emission.emplace_back(1 + random.bits(next++) % 4);
        std::generate(hidden.emission.back().begin(), hidden.emission.back().end(), ln);
    }
    for (const auto& from : hidden.emission) {
        for (const auto& to : hidden.emission) {
            LegMatrix leg{from.size(), to.size(), std::vector<double>(from.size() * to.size())};
            std::generate(leg.log_p.begin(), leg.log_p.end(), ln);
            hidden.legs.push_back(std::move(leg));
        }
    }
    return hidden;
}

/// What was worked out must be what was listed, to 1e-12 of each number.
inline void check_equal(const Hidden& hidden, const Listed& listed)
{
    const OrderLattice lattice = order_lattice(hidden.sightings);
    const Posterior posterior = hidden.posterior(lattice);
    if (listed.ln.empty()) {
        CHECK(posterior.log_evidence() == -inf);
        return;
    }
    CHECK(std::abs(posterior.log_evidence() - listed.log_evidence) <=
          1e-12 * std::max(1.0, std::abs(listed.log_evidence)));
    for (std::uint32_t i = 0; i < hidden.sightings.size(); ++i) {
        const std::vector<double> p = posterior.marginal(i);
        REQUIRE(p.size() == listed.marginal[i].size());
        for (std::size_t state = 0; state < p.size(); ++state) {
            const double expected = listed.marginal[i][state];
            CHECK(std::abs(p[state] - expected) <= 1e-12 * expected + 1e-250);
        }
    }
    // of equals it may be another than the first listed
    const auto best = listed.ln.find(key(posterior.best()));
    REQUIRE(best != listed.ln.end());
    CHECK(best->second == listed.ln.at(listed.best));
    CHECK(std::abs(posterior.log_probability_of_best() - listed.log_probability_of_best) <=
          1e-12 * std::max(1.0, -listed.log_probability_of_best));
}

} // namespace vigil::test
