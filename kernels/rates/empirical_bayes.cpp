#include "kernels/rates/empirical_bayes.h"

#include "kernels/compensated_sum.h"
#include "kernels/rates/rates.h"
#include "kernels/rates/window.h"
#include "libgeo/parallel.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace vigil {

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

/// sum p (r - b)^2 / sum p over the usable features, less what chance gives; may be negative.
double moment_spread(std::span<const double> counts, std::span<const double> populations,
                     const RateCheck& check)
{
    CompensatedSum squares;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (rates::usable(counts[i], populations[i])) {
            const double off = counts[i] / populations[i] - check.rate();
            squares.add(populations[i] * off * off);
        }
    }
    const double mean_population = check.population / static_cast<double>(check.usable);
    return squares.value() / check.population - check.rate() / mean_population;
}

/// b + (r - b) a / (a + b / p); without any cases 0.
double shrunk(double count, double population, double mean, double spread)
{
    const double chance = mean / population;
    const double share = spread + chance > 0 ? spread / (spread + chance) : 0;
    return mean + (count / population - mean) * share;
}

/// Sums over a window.
struct Window {
    double weight = 0;
    double cases = 0;
    double people = 0;
};

Window window_of(std::span<const double> counts, std::span<const double> populations, const Weights& weights,
                 std::size_t i)
{
    Window window;
    rates::for_window(weights, i, [&](std::size_t j, double weight) {
        if (rates::usable(counts[j], populations[j])) {
            window.weight += weight;
            window.cases += weight * counts[j];
            window.people += weight * populations[j];
        }
    });
    return window;
}

} // namespace

EmpiricalBayes empirical_bayes(std::span<const double> counts, std::span<const double> populations)
{
    const RateCheck check = check_rates(counts, populations);
    EmpiricalBayes result{std::vector<double>(counts.size(), missing), check.rate(), 0};
    if (check.usable > 0) {
        result.spread = std::max(0.0, moment_spread(counts, populations, check));
    }
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (rates::usable(counts[i], populations[i])) {
            result.rate[i] = shrunk(counts[i], populations[i], result.mean, result.spread);
        }
    }
    return result;
}

LocalEmpiricalBayes local_empirical_bayes(std::span<const double> counts, std::span<const double> populations,
                                          const Weights& weights, LocalMean around)
{
    check_rates(counts, populations);
    rates::check_rows(counts.size(), weights);
    const std::vector<double> none(counts.size(), missing);
    LocalEmpiricalBayes result{none, none, none};
    const auto for_usable = [&](auto body) {
        parallel_chunks(counts.size(), rates::chunk, [&](std::size_t begin, std::size_t end) {
            for (std::size_t i = begin; i < end; ++i) {
                if (rates::usable(counts[i], populations[i])) {
                    const Window window = window_of(counts, populations, weights, i);
                    if (window.people > 0) { // else all weights are 0
                        body(i, window);
                    }
                }
            }
        });
    };
    for_usable([&](std::size_t i, const Window& window) { result.mean[i] = window.cases / window.people; });
    for_usable([&](std::size_t i, const Window& window) {
        CompensatedSum squares;
        rates::for_window(weights, i, [&](std::size_t j, double weight) {
            if (rates::usable(counts[j], populations[j])) {
                const double mean = result.mean[around == LocalMean::window ? i : j];
                const double off = counts[j] / populations[j] - mean;
                squares.add(weight * populations[j] * off * off);
            }
        });
        const double mean_population = window.people / window.weight;
        result.spread[i] = std::max(0.0, squares.value() / window.people - result.mean[i] / mean_population);
        result.rate[i] = shrunk(counts[i], populations[i], result.mean[i], result.spread[i]);
    });
    return result;
}

std::vector<double> standardised_rates(std::span<const double> counts, std::span<const double> populations)
{
    const RateCheck check = check_rates(counts, populations);
    std::vector<double> z(counts.size(), missing);
    if (check.usable == 0) {
        return z;
    }
    const double spread = std::max(0.0, moment_spread(counts, populations, check));
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (rates::usable(counts[i], populations[i])) {
            const double variance = spread + check.rate() / populations[i];
            const double off = counts[i] / populations[i] - check.rate();
            z[i] = variance > 0 ? off / std::sqrt(variance) : 0;
        }
    }
    return z;
}

} // namespace vigil
