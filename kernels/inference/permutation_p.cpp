#include "kernels/inference/permutation_p.h"

#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>

namespace vigil {

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

void check(const PermutationCounts& counts, std::uint32_t draws)
{
    require(counts.at_least.size() == counts.at_most.size(), "{} upper and {} lower counts",
            counts.at_least.size(), counts.at_most.size());
    const auto fits = [draws](std::uint32_t k) {
        return k <= draws;
    };
    require(std::all_of(counts.at_least.begin(), counts.at_least.end(), fits) &&
                std::all_of(counts.at_most.begin(), counts.at_most.end(), fits),
            "a count exceeds the number of draws, {}", draws);
}

bool tested(const PermutationCounts& counts, std::size_t i)
{
    return counts.at_least[i] > 0 || counts.at_most[i] > 0;
}

/// log(m!) less Stirling's formula.
double stirling_error(double m)
{
    if (m <= 15) {
        double factorial = 1;
        for (int f = 2; f <= m; ++f) {
            factorial *= f;
        }
        return std::log(factorial) - (m + 0.5) * std::log(m) + m - 0.5 * std::log(2 * std::numbers::pi);
    }
    const double mm = m * m;
    return (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680 - 1.0 / 1188 / mm) / mm) / mm) / mm) / m;
}

/// x log(x / mean) + mean - x, without cancellation near the mean.
double deviance(double x, double mean)
{
    const double off = x - mean;
    if (std::fabs(off) >= 0.1 * (x + mean)) {
        return x * std::log(x / mean) - off;
    }
    const double v = off / (x + mean);
    double sum = off * v;
    double power = 2 * x * v;
    for (int odd = 3; odd < 1000; odd += 2) {
        power *= v * v;
        const double next = sum + power / odd;
        if (next == sum) {
            break;
        }
        sum = next;
    }
    return sum;
}

/// log of the binomial probability of j among n, 0 < j < n, with chances x and y = 1 - x.
double log_binomial(double j, double n, double x, double y)
{
    return stirling_error(n) - stirling_error(j) - stirling_error(n - j) - deviance(j, n * x) -
           deviance(n - j, n * y) + 0.5 * std::log(n / (2 * std::numbers::pi * j * (n - j)));
}

/// P(X >= j) over y times the probability of j: the continued fraction of the incomplete beta function
/// with a = j and b = n - j + 1, evaluated from the front (Lentz 1976). For x below (a + 1) / (a + b + 2).
double beta_fraction(double j, double n, double x)
{
    const double b = n - j + 1;
    constexpr double tiny = 1e-300;
    const auto away_from_zero = [](double value) {
        return std::fabs(value) < tiny ? tiny : value;
    };
    double c = 1;
    double d = 1 / away_from_zero(1 - (j + b) * x / (j + 1));
    double fraction = d;
    for (int step = 1; step < 100000; ++step) {
        const double m = step;
        const double even = m * (b - m) * x / ((j + 2 * m - 1) * (j + 2 * m));
        d = 1 / away_from_zero(1 + even * d);
        c = away_from_zero(1 + even / c);
        fraction *= d * c;
        const double odd = -(j + m) * (j + b + m) * x / ((j + 2 * m) * (j + 2 * m + 1));
        d = 1 / away_from_zero(1 + odd * d);
        c = away_from_zero(1 + odd / c);
        fraction *= d * c;
        if (std::fabs(d * c - 1) < 1e-15) {
            break;
        }
    }
    return fraction;
}

/// A chance and what is missing to 1, both without rounding to it.
struct Chance {
    double x = 0;
    double y = 1;
};

/// P(X >= j) over the probability of j, for x below the mean of the matching beta distribution.
double tail_over_first(double j, double n, const Chance& chance)
{
    if (n - j > 64) {
        return chance.y * beta_fraction(j, n, chance.x);
    }
    double sum = 1; // few terms, and the fraction would cancel where x is close to 1
    double term = 1;
    double left = n - j;
    while (left > 0) {
        term *= left / (n - left + 1) * chance.x / chance.y;
        sum += term;
        left -= 1;
    }
    return sum;
}

/// The z that a standard normal exceeds with this probability <= 1/2, to 5e-4 (Abramowitz & Stegun 26.2.23).
double normal_quantile(double tail)
{
    const double t = std::sqrt(-2 * std::log(tail));
    return t -
           (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
}

/// Where to begin the search for log(x / y): Abramowitz & Stegun 26.5.22.
double approximate_logit(double j, double n, double tail)
{
    const double z = normal_quantile(tail);
    const double one_a = 1 / (2 * j - 1);
    const double one_b = 1 / (2 * (n - j) + 1);
    const double h = 2 / (one_a + one_b);
    const double lambda = (z * z - 3) / 6;
    const double w =
        z * std::sqrt(std::max(0.0, h + lambda)) / h - (one_b - one_a) * (lambda + 5.0 / 6 - 2 / (3 * h));
    return std::log(j / (n - j + 1)) - 2 * w;
}

/// The chance x for which P(X >= j | n, x) = tail, 0 < j < n: Halley's method for the logarithm of that
/// probability as a function of t = log(x / y). Its slope is j y times the probability of j over the
/// tail; the logarithm of y times that probability rises by j - (n + 1) x.
Chance chance_for(double j, double n, double tail)
{
    double t = approximate_logit(j, n, tail);
    Chance chance;
    for (int step = 0; step < 100; ++step) {
        chance = {1 / (1 + std::exp(-t)), 1 / (1 + std::exp(t))};
        const double over = tail_over_first(j, n, chance);
        const double slope = j * chance.y / over;
        const double off = log_binomial(j, n, chance.x, chance.y) + std::log(over) - std::log(tail);
        const double newton = off / slope;
        const double bend = 1 - newton * (j - (n + 1) * chance.x - slope) / 2;
        const double move = std::clamp(newton / std::max(bend, 0.5), -1.0, 1.0);
        t -= move;
        if (move * move * n * chance.x * chance.y < 1e-11) { // the cube of it is beyond rounding
            break;
        }
    }
    return {1 / (1 + std::exp(-t)), 1 / (1 + std::exp(t))};
}

} // namespace

std::vector<double> permutation_p(const PermutationCounts& counts, std::uint32_t draws, Tail tail, Ties ties)
{
    check(counts, draws);
    std::vector<double> p(counts.at_least.size(), missing);
    const double all = draws + 1.0;
    parallel_chunks(p.size(), 65536, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            if (!tested(counts, i)) {
                continue;
            }
            double high = counts.at_least[i] + 1.0;
            double low = counts.at_most[i] + 1.0;
            if (ties == Ties::half) {
                const double half = (high + low - all) / 2; // of the ties, the observed one among them
                high = std::max(1.0, high - half);
                low = std::max(1.0, low - half);
            }
            p[i] = tail == Tail::greater ? high / all
                   : tail == Tail::less  ? low / all
                                         : std::min(1.0, 2 * std::min(high, low) / all);
        }
    });
    return p;
}

Interval clopper_pearson(std::uint32_t k, std::uint32_t n, double confidence)
{
    require(n >= 1 && k <= n, "{} successes in {} trials", k, n);
    require(confidence > 0 && confidence < 1, "a confidence of {} is not between 0 and 1", confidence);
    const double tail = (1 - confidence) / 2;
    const double all_alike = std::log(tail) / n; // log of the chance whose n-th power is the tail
    Interval interval;
    if (k > 0) {
        interval.low = k == n ? std::exp(all_alike) : chance_for(k, n, tail).x;
    }
    if (k < n) {
        interval.high = k == 0 ? -std::expm1(all_alike) : chance_for(n - k, n, tail).y;
    }
    return interval;
}

PIntervals permutation_p_interval(const PermutationCounts& counts, std::uint32_t draws, Tail tail,
                                  double confidence)
{
    check(counts, draws);
    const std::size_t n = counts.at_least.size();
    const auto reached = [&](std::size_t i) {
        return tail == Tail::greater ? counts.at_least[i]
               : tail == Tail::less  ? counts.at_most[i]
                                     : std::min(counts.at_least[i], counts.at_most[i]);
    };
    std::vector<std::uint8_t> needed(std::size_t{draws} + 1);
    for (std::size_t i = 0; i < n; ++i) {
        if (tested(counts, i)) {
            needed[reached(i)] = 1;
        }
    }
    std::vector<Interval> of_count(needed.size());
    parallel_chunks(needed.size(), 256, [&](std::size_t begin, std::size_t end) {
        for (std::size_t k = begin; k < end; ++k) {
            if (needed[k] != 0) {
                of_count[k] = clopper_pearson(static_cast<std::uint32_t>(k), draws, confidence);
            }
        }
    });
    PIntervals result{std::vector<double>(n, missing), std::vector<double>(n, missing)};
    const double sides = tail == Tail::two_sided ? 2 : 1;
    for (std::size_t i = 0; i < n; ++i) {
        if (tested(counts, i)) {
            result.low[i] = std::min(1.0, sides * of_count[reached(i)].low);
            result.high[i] = std::min(1.0, sides * of_count[reached(i)].high);
        }
    }
    return result;
}

} // namespace vigil
