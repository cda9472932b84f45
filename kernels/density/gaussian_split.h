#pragma once

namespace vigil {

/// A Gaussian taken apart into three on a lattice of spacing g: sigma^2 = spread^2 + smooth^2 + read^2.
///
/// With K_a a normal density, on the integers,
///
///     sum_k K_a(x - k) K_b(k - y) = K_s(x - y) (1 + e),   s^2 = a^2 + b^2,
///     |e| <= 2 sum_{m >= 1} exp(-2 pi^2 m^2 a^2 b^2 / s^2).
///
/// All terms are positive, so errors are relative and multiply. Lengths are in units of g. A step that is not
/// used has width 0.
struct GaussianSplit {
    double spacing_m = 1; ///< g
    double sigma = 1;     ///< in units of g
    double spread = 1;    ///< from places to nodes
    double smooth = 0;    ///< from nodes to nodes
    double read = 0;      ///< from nodes to cells or targets
    int spread_nodes = 0; ///< on either side of the node nearest to a place
    int smooth_nodes = 0;
    int read_nodes = 0;
    double bound = 0; ///< cut and aliasing, as a share of the highest density
};

/// The split on a lattice of this spacing, or one with bound > tol when sigma is too few spacings.
///
/// reading  whether densities are wanted elsewhere than on the nodes
GaussianSplit split_gaussian(double sigma_m, double spacing_m, bool reading, double tol);

/// No split: places are spread straight to the nodes with the whole sigma.
GaussianSplit whole_gaussian(double sigma_m, double spacing_m, double tol);

/// What a cut may lose, as a share of the highest density whatever the places: one step of width `part` of a
/// Gaussian of width `sigma` leaves out nodes farther than `radius` along an axis (all in units of g).
///
/// Proof: a place at distance d along the axis passes by node offset t with share K_sigma(d) N(t; d part^2 /
/// sigma^2, part^2 (1 - part^2 / sigma^2)), so a cut loses K_sigma(d) times that normal's mass beyond the
/// radius. Lay squares of side 1.5 sigma around the cell; none holds more weight than M exp(0.5625) / K(0)
/// (see gaussian_cut). Sum the highest loss in each square.
double cut_loss(double part, double sigma, double radius);

} // namespace vigil
