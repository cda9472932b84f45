#pragma once

#include "libgeo/weights.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace vigil {

/// Each row divided by its sum: the neighbours' weights add up to 1. A row that sums to 0 stays as
/// it is.
///
/// throws   Error when a weight or a row's sum is not finite
/// cost     O(links) time, 8 bytes a link
Weights row_standardised(Weights weights);

/// Without links from a feature to itself.
Weights without_self(const Weights& weights);

/// Every feature linked to itself with `weight`, whatever such links weighed before.
///
/// throws   Error when the weight is not finite
Weights with_self(const Weights& weights, double weight = 1);

/// Whether every link has one back of the same weight. Rows must be ascending.
///
/// cost     O(links)
bool is_symmetric(const Weights& weights);

/// What hangs together when links may be followed both ways.
struct Components {
    std::vector<std::uint32_t> label; ///< of each feature; numbered by their first features, from 0
    std::size_t count = 0;            ///< islands nobody links to are components of their own
};
Components components(const Weights& weights);

/// What to say about weights before they are used.
struct WeightsSummary {
    std::size_t features = 0;
    std::size_t links = 0;        ///< those to oneself left out, here and below
    std::size_t self_links = 0;   ///< those to oneself
    std::size_t least = 0;        ///< neighbours of the feature that has fewest
    std::size_t most = 0;         ///< and most
    double mean = 0;              ///< links / features
    double share = 0;             ///< links / features^2: how full the matrix is
    std::size_t islands = 0;      ///< features without neighbours: nothing can be said of them
    std::size_t first_island = 0; ///< the first of them; the number of features when there is none
    std::size_t components = 0;   ///< see Components
    bool symmetric = true;
};
WeightsSummary summary(const Weights& weights);

} // namespace vigil
