#pragma once

#include "kernels/places.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// A Gaussian as a chain of narrower ones through the nodes of a lattice.
///
/// Lengths in spacings of the lattice; x a place, j and k nodes, c a target:
///
///     sum_j sum_k K_scatter(x - j) K_blur(j - k) K_read(k - c) = K_sigma(x - c) (1 + e)
///
/// sigma^2 = scatter^2 + blur^2 + read^2, because the product of two Gaussians of variance a and b is the
/// Gaussian of a + b at the distance of their centres times one of variance q = a b / (a + b) between them,
/// and that sums over whole numbers to within 2 sum_m exp(-2 pi^2 m^2 q) of 1 (Poisson). All terms are
/// positive, so these errors are relative and multiply.
///
/// source   Abramowitz & Stegun (1964), 16.27.3; the sum is theta_3
struct GaussianSplit {
    double scatter = 0; ///< from places to nodes
    double blur = 0;    ///< from node to node; 0 if places are spread over the nodes at once
    double read = 0;    ///< from nodes to targets; 0 if the targets are nodes
    double cut = 0;     ///< each factor counts to this many of its standard deviations
    double bound = 0;   ///< proved error, as a share of the highest density: aliasing and cuts
};

/// For targets that are nodes: scatter and blur, or scatter alone where sigma is too narrow to be split.
///
/// sigma    in spacings, > 0
/// tol      bound is at most this
GaussianSplit split_to_nodes(double sigma, double tol);

/// The sigma, in spacings, that split_anywhere needs: 3, or more for a tol below 1e-13.
double sigma_for_anywhere(double tol);

/// For targets anywhere.
///
/// sigma    at least sigma_for_anywhere(tol)
GaussianSplit split_anywhere(double sigma, double tol);

/// K_sd at first, first + 1, ... (n values), exp(-u^2 / 2 sd^2) / (sd sqrt(2 pi)).
std::vector<double> gaussian_samples(double sd, double first, std::int64_t n);

/// throws   Error if sigma_m is not above 0, tol not in [1e-16, 0.01], or a place not finite
void require_gaussian(std::span<const Place> places, double sigma_m, double tol);

} // namespace vigil
