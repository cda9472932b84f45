#include "kernels/rates/rates.h"

#include "kernels/compensated_sum.h"
#include "kernels/rates/window.h"
#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <cmath>
#include <limits>

namespace vigil {

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

void check_one(double value, const char* what, std::size_t i)
{
    require(std::isnan(value) || value >= 0, "row {}: the {} is negative; it must be 0 or more", i + 1, what);
    require(std::isnan(value) || std::isfinite(value), "row {}: the {} is infinite", i + 1, what);
}

} // namespace

RateCheck check_rates(std::span<const double> counts, std::span<const double> populations)
{
    require(counts.size() == populations.size(), "{} counts and {} populations", counts.size(),
            populations.size());
    RateCheck check;
    CompensatedSum cases;
    CompensatedSum population;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        check_one(counts[i], "count", i);
        check_one(populations[i], "population", i);
        if (std::isnan(counts[i]) || std::isnan(populations[i])) {
            ++check.missing;
            continue;
        }
        check.above_population += counts[i] > populations[i] ? 1 : 0;
        if (populations[i] == 0) {
            ++check.no_population;
            check.cases_without += counts[i] > 0 ? 1 : 0;
            continue;
        }
        ++check.usable;
        cases.add(counts[i]);
        population.add(populations[i]);
    }
    check.cases = cases.value();
    check.population = population.value();
    return check;
}

std::vector<double> raw_rates(std::span<const double> counts, std::span<const double> populations)
{
    check_rates(counts, populations);
    std::vector<double> rates(counts.size(), missing);
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (populations[i] > 0) {
            rates[i] = counts[i] / populations[i];
        }
    }
    return rates;
}

std::vector<double> excess_risk(std::span<const double> counts, std::span<const double> populations)
{
    const RateCheck check = check_rates(counts, populations);
    std::vector<double> risk(counts.size(), missing);
    for (std::size_t i = 0; i < counts.size() && check.cases > 0; ++i) {
        if (populations[i] > 0) {
            risk[i] = counts[i] / (populations[i] * check.rate());
        }
    }
    return risk;
}

std::vector<double> smoothed_rates(std::span<const double> counts, std::span<const double> populations,
                                   const Weights& weights)
{
    check_rates(counts, populations);
    rates::check_rows(counts.size(), weights);
    std::vector<double> smoothed(counts.size(), missing);
    parallel_chunks(counts.size(), rates::chunk, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            if (std::isnan(counts[i]) || std::isnan(populations[i])) {
                continue;
            }
            double cases = 0;
            double people = 0;
            rates::for_window(weights, i, [&](std::size_t j, double weight) {
                if (rates::usable(counts[j], populations[j])) {
                    cases += weight * counts[j];
                    people += weight * populations[j];
                }
            });
            smoothed[i] = people > 0 ? cases / people : missing;
        }
    });
    return smoothed;
}

} // namespace vigil
