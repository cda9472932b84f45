#pragma once

#include "kernels/weights.h"
#include "tests/support/reference.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

// The data sets of testdata/autocorrelation/oracle.R, with the neighbours it gave them.
namespace vigil::test {

struct AutocorrelationCase {
    std::vector<double> values;
    Weights weights;
};

/// data    afcon, columbus, sids2, stl_hom or points
/// params  field, neighbours (queen, rook, band, band-linked, knn or inverse; none for afcon) and B or W, as
/// "CRIME queen W"
AutocorrelationCase autocorrelation_case(const std::string& data, const std::string& params);

/// Every row divided by its sum.
Weights rows_of_one(Weights weights);

/// Weights written by hand: rows[i] maps neighbours to weights.
Weights weights_of(const std::vector<std::map<std::uint32_t, double>>& rows);

/// Whether two numbers are the same but for rounding: both NaN, or apart by at most `relative` of the larger.
inline bool close(double a, double b, double relative = 1e-9, double absolute = 1e-12)
{
    return (std::isnan(a) && std::isnan(b)) ||
           std::fabs(a - b) <= absolute + relative * std::max(std::fabs(a), std::fabs(b));
}

} // namespace vigil::test
