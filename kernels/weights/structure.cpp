#include "kernels/weights/structure.h"

#include "kernels/compensated_sum.h"
#include "kernels/disjoint_sets.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace vigil {

Weights row_standardised(Weights weights)
{
    weights.weight.resize(weights.links(), 1.0); // an empty list means that all are 1
    for (std::size_t i = 0; i < weights.size(); ++i) {
        CompensatedSum sum;
        for (std::size_t l = weights.begin_of(i); l < weights.end[i]; ++l) {
            sum.add(weights.weight[l]);
        }
        require(std::isfinite(sum.value()), "the weights of feature {} do not add up to a finite number",
                i + 1);
        for (std::size_t l = weights.begin_of(i); l < weights.end[i] && sum.value() != 0; ++l) {
            weights.weight[l] /= sum.value();
        }
    }
    return weights;
}

Weights without_self(const Weights& weights)
{
    Weights others;
    others.end.reserve(weights.size());
    others.neighbour.reserve(weights.links());
    others.weight.reserve(weights.weight.size());
    for (std::size_t i = 0; i < weights.size(); ++i) {
        for (std::size_t l = weights.begin_of(i); l < weights.end[i]; ++l) {
            if (weights.neighbour[l] == i) {
                continue;
            }
            others.neighbour.push_back(weights.neighbour[l]);
            if (!weights.weight.empty()) {
                others.weight.push_back(weights.weight[l]);
            }
        }
        others.end.push_back(others.links());
    }
    return others;
}

Weights with_self(const Weights& weights, double weight)
{
    require(std::isfinite(weight), "a weight of {} is not a finite number", weight);
    const bool weighted = weight != 1 || !weights.weight.empty();
    Weights all;
    all.end.reserve(weights.size());
    all.neighbour.reserve(weights.links() + weights.size());
    all.weight.reserve(weighted ? weights.links() + weights.size() : 0);
    const auto add = [&](std::size_t j, double w) {
        all.neighbour.push_back(static_cast<std::uint32_t>(j));
        if (weighted) {
            all.weight.push_back(w);
        }
    };
    for (std::size_t i = 0; i < weights.size(); ++i) {
        bool due = true;
        for (std::size_t l = weights.begin_of(i); l < weights.end[i]; ++l) {
            const std::size_t j = weights.neighbour[l];
            if (due && j >= i) {
                add(i, weight);
                due = false;
            }
            if (j != i) {
                add(j, weights.weight_of(l));
            }
        }
        if (due) {
            add(i, weight);
        }
        all.end.push_back(all.links());
    }
    return all;
}

bool is_symmetric(const Weights& weights)
{
    // Rows are taken in order, so the links to i from smaller j are met in the order of row i.
    std::vector<std::size_t> next(weights.size());
    for (std::size_t i = 0; i < weights.size(); ++i) {
        next[i] = weights.begin_of(i);
    }
    for (std::size_t i = 0; i < weights.size(); ++i) {
        for (std::size_t l = weights.begin_of(i); l < weights.end[i]; ++l) {
            const std::size_t j = weights.neighbour[l];
            std::size_t& back = next[j];
            if (back == weights.end[j] || weights.neighbour[back] != i ||
                weights.weight_of(back) != weights.weight_of(l)) {
                return false;
            }
            ++back;
        }
    }
    return true;
}

Components components(const Weights& weights)
{
    constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
    DisjointSets sets(weights.size());
    for (std::uint32_t i = 0; i < weights.size(); ++i) {
        for (const std::uint32_t j : weights.neighbours(i)) {
            sets.merge(i, j);
        }
    }
    Components found;
    found.label.resize(weights.size());
    std::vector<std::uint32_t> number(weights.size(), none);
    for (std::uint32_t i = 0; i < weights.size(); ++i) {
        std::uint32_t& label = number[sets.find(i)];
        if (label == none) {
            label = static_cast<std::uint32_t>(found.count++);
        }
        found.label[i] = label;
    }
    return found;
}

WeightsSummary summary(const Weights& weights)
{
    WeightsSummary all;
    all.features = all.first_island = weights.size();
    all.least = weights.size() == 0 ? 0 : std::numeric_limits<std::size_t>::max();
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const auto row = weights.neighbours(i);
        const auto own = static_cast<std::size_t>(std::count(row.begin(), row.end(), i));
        const std::size_t others = row.size() - own;
        all.self_links += own;
        all.links += others;
        all.least = std::min(all.least, others);
        all.most = std::max(all.most, others);
        if (others == 0 && all.islands++ == 0) {
            all.first_island = i;
        }
    }
    const auto n = static_cast<double>(weights.size());
    all.mean = weights.size() == 0 ? 0 : static_cast<double>(all.links) / n;
    all.share = weights.size() == 0 ? 0 : static_cast<double>(all.links) / (n * n);
    all.components = components(weights).count;
    all.symmetric = is_symmetric(weights);
    return all;
}

} // namespace vigil
