#pragma once

#include "kernels/weights.h"
#include "libgeo/route_network.h"

#include <cstddef>
#include <span>

namespace vigil {

/// Neighbours along a network: places at most a band apart by the shortest way.
///
///     d_ij = access_i + shortest way from i to j, metres along the drawing + access_j
///
/// One-way rules do not count: distance here is nearness, not travel. Places on one edge are as
/// far apart as the shortest way is, which may leave the edge and come back.
///
/// places    n places on edges
/// band_m    > 0, inclusive; distances up to band_m (1 + 1e-9) count
/// access_m  n distances from the places to the network, >= 0, or empty for all 0
/// returns   symmetric weights, each the distance in metres; clear the weights for a band where
///           all count 1, or hand them to inverse_distance
/// throws    Error when an option is out of range or a place is not on its edge
/// cost      O((m + k) log m) for each place, m the nodes and k the places within the band; 16
///           bytes a node for each thread
/// source    Dijkstra (1959), Numerische Mathematik 1, 269-271; Okabe & Sugihara (2012), Spatial
///           Analysis along Networks
Weights network_band(const RouteNetwork& network, std::span<const EdgePlace> places, double band_m,
                     std::span<const double> access_m = {});

/// The k nearest other places along the network; of places equally far those first in `places`. A
/// row is shorter where fewer than k can be reached. Not symmetric.
///
/// returns   distances as weights, as network_band
/// throws    as network_band; Error when k < 1 or k >= n
Weights network_nearest(const RouteNetwork& network, std::span<const EdgePlace> places, std::size_t k,
                        std::span<const double> access_m = {});

} // namespace vigil
