// Building and reading DistanceTable.

#include "kernels/density/geodesic_distance.h"
#include "libgeo/error.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

namespace vigil {

namespace {

using std::numbers::pi;

/// Degree 5 in u: one per order of the flattening; f^6 is 1.4e-15.
constexpr std::size_t u_nodes = 6;

/// Chebyshev nodes on [0, 1].
double node(std::size_t i, std::size_t n)
{
    const double s = std::sin(pi * (2 * static_cast<double>(i) + 1) / (4 * static_cast<double>(n)));
    return s * s;
}

/// Nodes needed in v and tau: the arc's square, asin^2(sqrt x), has its only singularity at x = 1.
std::size_t nodes_for(double v_max)
{
    const double z = 2 / v_max - 1;
    const double ratio = z + std::sqrt(z * z - 1);
    return static_cast<std::size_t>(std::ceil(37 / std::log(ratio))) + 3;
}

/// A block of n0 x n1 x n2 numbers.
struct Block {
    std::array<std::size_t, 3> n{};
    std::vector<double> values;

    explicit Block(std::array<std::size_t, 3> size) : n(size), values(size[0] * size[1] * size[2]) {}
    double& at(std::size_t i, std::size_t j, std::size_t k) { return values[(i * n[1] + j) * n[2] + k]; }
};

/// Applies `change` to every line of the block along one axis.
template <typename Change>
void along(Block& block, std::size_t axis, const Change& change)
{
    const std::size_t stride = axis == 2 ? 1 : axis == 1 ? block.n[2] : block.n[1] * block.n[2];
    std::vector<double> line(block.n[axis]);
    for (std::size_t start = 0; start < block.values.size(); ++start) {
        if (start / stride % block.n[axis] != 0) {
            continue;
        }
        for (std::size_t i = 0; i < line.size(); ++i) {
            line[i] = block.values[start + i * stride];
        }
        change(line);
        for (std::size_t i = 0; i < line.size(); ++i) {
            block.values[start + i * stride] = line[i];
        }
    }
}

/// Values at the nodes to coefficients of shifted Chebyshev polynomials T_k(1 - 2 y), y in [0, 1].
void to_chebyshev(std::vector<double>& line)
{
    const std::size_t n = line.size();
    std::vector<double> out(n);
    for (std::size_t k = 0; k < n; ++k) {
        for (std::size_t i = 0; i < n; ++i) {
            const double angle = pi * static_cast<double>(k * (2 * i + 1)) / (2 * static_cast<double>(n));
            out[k] += line[i] * std::cos(angle) * (k == 0 ? 1.0 : 2.0) / static_cast<double>(n);
        }
    }
    line = out;
}

/// Those coefficients to coefficients of y^k, by the recurrence of the polynomials.
void to_powers(std::vector<double>& line)
{
    const std::size_t n = line.size();
    std::vector<double> out(n);
    std::vector<double> before(n);
    std::vector<double> now(n);
    now[0] = 1;
    for (std::size_t k = 0; k < n; ++k) {
        std::vector<double> next(n);
        for (std::size_t i = 0; i < n; ++i) {
            out[i] += line[k] * now[i];
            const double shifted = now[i] - (i > 0 ? 2 * now[i - 1] : 0);
            next[i] = k == 0 ? shifted : 2 * shifted - before[i];
        }
        before = now;
        now = next;
    }
    line = out;
}

/// Coefficients of the interpolating polynomial: of Chebyshev polynomials along the first two axes, of powers
/// along the last; what is rounding is set to 0 before powers magnify it.
void interpolate(Block& block)
{
    constexpr double rounding = 2e-16;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        along(block, axis, to_chebyshev);
    }
    double largest = 0;
    for (const double value : block.values) {
        largest = std::max(largest, std::abs(value));
    }
    for (double& value : block.values) {
        value = std::abs(value) <= rounding * largest ? 0 : value;
    }
    along(block, 2, to_powers);
}

/// T_k(1 - 2 y) for k = 0 .. n - 1.
void chebyshev(double y, std::size_t n, double* out)
{
    const double x = 1 - 2 * y;
    out[0] = 1;
    out[1] = x;
    for (std::size_t k = 2; k < n; ++k) {
        out[k] = 2 * x * out[k - 1] - out[k - 2];
    }
}

/// sin^2 of half the longest arc within reach: no geodesic is shorter than b times its arc.
double largest_v(double reach_m)
{
    constexpr double longest_m = DistanceTable::most_reach_m;
    require(reach_m > 0 && reach_m <= longest_m,
            "a reach of {} m on the globe is not between 0 and {:.0f} m; use another bandwidth", reach_m,
            longest_m);
    const double s = std::sin(reach_m / (2 * wgs84::b_m));
    return s * s * (1 + 1e-6);
}

Parallels at_squares(double u, double v)
{
    return {.sin_p = std::sqrt(u),
            .cos_p = std::sqrt(1 - u),
            .sin_q = std::sqrt(v),
            .cos_q = std::sqrt(1 - v),
            .cc = std::max(1 - u - v, 0.0)};
}

double square_over_a2(const Parallels& lats, double t)
{
    const double s = geodesic_length_m(lats, std::sqrt(t), std::sqrt(1 - t)) / wgs84::a_m;
    return s * s;
}

} // namespace

DistanceTable::DistanceTable(double reach_m) : v_max_(largest_v(reach_m)), u_max_(1 - v_max_)
{
    const std::size_t n = nodes_for(v_max_);

    Block meridian({u_nodes, n, 1}); // A
    Block across({u_nodes, n, n});   // B
    for (std::size_t i = 0; i < u_nodes; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            const double share = node(j, n);
            const Parallels lats = at_squares(u_max_ * node(i, u_nodes), v_max_ * share);
            const double least = square_over_a2(lats, 0);
            meridian.at(i, j, 0) = least / share;
            for (std::size_t k = 0; k < n; ++k) {
                const double tau = node(k, n);
                const double t = std::min(tau * (v_max_ - lats.v()) / lats.cc, 1.0);
                across.at(i, j, k) = (square_over_a2(lats, t) - least) / tau;
            }
        }
    }
    interpolate(meridian);
    interpolate(across);
    for (std::size_t i = 0; i < u_nodes; ++i) {
        for (std::size_t m = 0; m < n; ++m) {
            std::vector<double> line(n + 1);
            line[0] = meridian.at(i, m, 0);
            for (std::size_t k = 0; k < n; ++k) {
                line[k + 1] = across.at(i, m, k);
            }
            keep(i, m, std::move(line));
        }
    }
    error_ = measured_error();
}

void DistanceTable::keep(std::size_t u_degree, std::size_t v_degree, std::vector<double> line)
{
    while (!line.empty() && line.back() == 0) {
        line.pop_back();
    }
    if (!line.empty()) {
        table_.push_back({u_degree, v_degree, coefficients_.size(), line.size()});
        coefficients_.insert(coefficients_.end(), line.begin(), line.end());
        terms_ = std::max(terms_, line.size());
        v_degrees_ = std::max(v_degrees_, v_degree + 1);
    }
}

double DistanceTable::polynomial(const Parallels& lats, double* out) const
{
    const double v = lats.v();
    std::fill(out, out + terms_, 0.0);
    if (v >= v_max_) {
        return 0;
    }
    std::array<double, most_terms> v_basis{};
    std::array<double, u_nodes> u_basis{};
    chebyshev(v / v_max_, v_degrees_, v_basis.data());
    chebyshev(lats.u() / u_max_, u_nodes, u_basis.data());
    for (const Term& term : table_) {
        const double factor = u_basis[term.u_degree] * v_basis[term.v_degree];
        const double* from = coefficients_.data() + term.first;
        for (std::size_t k = 0; k < term.count; ++k) {
            out[k] += factor * from[k];
        }
    }
    out[0] *= v / v_max_;
    return lats.cc / (v_max_ - v);
}

double DistanceTable::measured_error() const
{
    constexpr int checks = 300;
    constexpr double golden = 0.6180339887498949; // steps by three irrational numbers fill the cube evenly
    std::array<double, most_terms> line{};
    double worst = 0;
    for (int i = 1; i <= checks; ++i) {
        const double part = std::fmod(i * golden, 1.0);
        const double x = v_max_ * std::fmod(i * std::numbers::sqrt2, 1.0);
        const double v = x * part * part;
        const double up = std::sin(pi / 2 * std::fmod(i * std::numbers::sqrt3, 1.0));
        const Parallels lats = at_squares((1 - x) * up * up, v);
        const double t = std::min((x - v) / lats.cc, 1.0);
        const double tau = t * polynomial(lats, line.data());
        double s2 = 0;
        for (std::size_t k = terms_; k-- > 0;) {
            s2 = s2 * tau + line[k];
        }
        worst = std::max(worst, std::abs(s2 / square_over_a2(lats, t) - 1));
    }
    return worst;
}

} // namespace vigil
