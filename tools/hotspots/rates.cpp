#include "tools/hotspots/rates.h"

#include "kernels/rates/empirical_bayes.h"
#include "kernels/rates/rates.h"
#include "libgeo/error.h"

namespace vigil::tools {

namespace {

std::vector<double> rates_of(const Values& values, const Units& units, const Neighbourhood& near, Rate rate)
{
    switch (rate) {
    case Rate::raw:
        return raw_rates(values.value, units.population);
    case Rate::standardised:
        return standardised_rates(values.value, units.population);
    case Rate::local_empirical_bayes:
        return local_empirical_bayes(values.value, units.population, lists_of(near, units)).rate;
    case Rate::empirical_bayes:
        break;
    }
    return empirical_bayes(values.value, units.population).rate;
}

} // namespace

void prepare(Values& values, const Units& units, const Neighbourhood& near, const HotspotOptions& o)
{
    if (o.statistic == LocalStatistic::join_count && !values.count.empty()) {
        for (double& x : values.value) {
            x = x > 0 ? 1 : x; // NaN stays
        }
    }
    if (units.population.empty()) {
        return;
    }
    if (values.count.empty() || values.weighted) {
        values.cases = values.value;
    }
    values.weighted = true;
    values.value = rates_of(values, units, near, o.rate);
}

void tell_rates(const Values& values, const Units& units, const HotspotOptions& o,
                const cli::Context& context)
{
    if (units.population.empty()) {
        return;
    }
    const RateCheck check = check_rates(values.value, units.population);
    require(check.cases > 0, "there is no case in any population: there are no rates to compare");
    context.tell("{:.10g} cases among {:.10g} people: {:.6g} each", check.cases, check.population,
                 check.rate());
    if (check.above_population > 0) {
        context.warn("{} features count more cases than people", check.above_population);
    }
    if (o.rate == Rate::empirical_bayes && empirical_bayes(values.value, units.population).spread == 0) {
        context.warn("the rates differ no more than chance would let them: empirical Bayes draws all to the "
                     "mean; --rate raw shows them as they are");
    }
    if (o.rate == Rate::local_empirical_bayes) {
        context.warn(
            "--rate eb-local makes neighbours alike, so that chance looks like hot spots; take eb or "
            "eb-standard to test, and this to look at");
    }
}

std::string value_words(const Values& values, const Units& units, const HotspotOptions& o)
{
    if (units.population.empty()) {
        return values.count.empty() ? "Value" : "Sum of weights";
    }
    switch (o.rate) {
    case Rate::raw:
        return "Rate";
    case Rate::standardised:
        return "Rate, standardised (Assuncao-Reis)";
    case Rate::local_empirical_bayes:
        return "Rate, drawn towards the neighbours' (empirical Bayes)";
    case Rate::empirical_bayes:
        break;
    }
    return "Rate, drawn towards the mean (empirical Bayes)";
}

} // namespace vigil::tools
