#pragma once

#include "libgeo/parallel.h"
#include "libgeo/weights.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace vigil {

/// A neighbour and how much it counts.
struct Linked {
    std::uint32_t neighbour = 0;
    double weight = 1;
};

/// Weights from rows that are made one by one, on all threads.
///
/// n            rows
/// chunk        rows that share one worker
/// weighted     whether the weights are kept; else all are 1
/// make_worker  gives worker(i, row): it appends the links of row i to the empty `row`, in any
///              order, each neighbour once
/// returns      rows sorted by neighbour; the same whatever the threads
/// memory       4 bytes a link, 12 when weighted, and as much again for a moment
template <typename MakeWorker>
Weights weights_by_row(std::size_t n, std::size_t chunk, bool weighted, MakeWorker make_worker)
{
    std::vector<std::vector<std::uint32_t>> neighbours((n + chunk - 1) / chunk);
    std::vector<std::vector<double>> values(neighbours.size());
    Weights weights;
    weights.end.resize(n);
    parallel_chunks(n, chunk, [&](std::size_t begin, std::size_t end) {
        auto worker = make_worker();
        std::vector<Linked> row;
        for (std::size_t i = begin; i < end; ++i) {
            row.clear();
            worker(i, row);
            std::sort(row.begin(), row.end(),
                      [](const Linked& a, const Linked& b) { return a.neighbour < b.neighbour; });
            weights.end[i] = row.size();
            for (const Linked& link : row) {
                neighbours[begin / chunk].push_back(link.neighbour);
                if (weighted) {
                    values[begin / chunk].push_back(link.weight);
                }
            }
        }
    });
    std::size_t total = 0;
    for (std::size_t& end : weights.end) {
        end = total += end;
    }
    weights.neighbour.reserve(total);
    weights.weight.reserve(weighted ? total : 0);
    for (std::size_t c = 0; c < neighbours.size(); ++c) {
        weights.neighbour.insert(weights.neighbour.end(), neighbours[c].begin(), neighbours[c].end());
        weights.weight.insert(weights.weight.end(), values[c].begin(), values[c].end());
        std::vector<std::uint32_t>().swap(neighbours[c]);
        std::vector<double>().swap(values[c]);
    }
    return weights;
}

} // namespace vigil
