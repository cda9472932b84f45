#include "kernels/density/window_mass.h"

#include "kernels/density/gauss_legendre.h"
#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

namespace vigil {

namespace {

using std::numbers::pi;

constexpr double gaussian_end = 8.5; ///< exp(-8.5^2 / 2) = 2e-16 lies beyond

double cross(XY a, XY b)
{
    return a.x * b.y - a.y * b.x;
}

double dot(XY a, XY b)
{
    return a.x * b.x + a.y * b.y;
}

XY minus(XY a, XY b)
{
    return {a.x - b.x, a.y - b.y};
}

/// A side as seen from a place, which is the origin.
struct View {
    XY from, to;
    double area = 0; ///< cross(from, to)

    /// Is the place to the left? On the line itself it counts as moved a trifle east, then north. The winding
    /// number and the angles must take the same side, or a place on the border would be off by 1.
    [[nodiscard]] bool left() const
    {
        if (area != 0) {
            return area > 0;
        }
        return to.y < from.y || (to.y == from.y && to.x > from.x);
    }
    /// Does the side hold the place?
    [[nodiscard]] bool holds() const { return area == 0 && dot(from, to) <= 0; }
    /// How often the side winds around the place: by its crossing of the ray to the east.
    [[nodiscard]] int winding() const
    {
        if (from.y <= 0 && to.y > 0) {
            return left() ? 1 : 0;
        }
        return from.y > 0 && to.y <= 0 && !left() ? -1 : 0;
    }
};

/// A corner exactly at the place has no direction; e is continuous, so it is moved by less than rounding.
XY seen(XY corner, XY place, double bandwidth_m)
{
    const XY at = minus(corner, place);
    return at.x == 0 && at.y == 0 ? XY{1e-15 * bandwidth_m, 0} : at;
}

/// Integral over [from, to] by n nodes.
template <std::size_t N, typename Function>
double quadrature(double from, double to, const Function& function)
{
    static const GaussLegendre<N> rule;
    double sum = 0;
    for (std::size_t i = 0; i < N; ++i) {
        sum += rule.weight[i] * function((from + to) / 2 + (to - from) / 2 * rule.node[i]);
    }
    return sum * (to - from) / 2;
}

/// Angle at the origin of [from, to] on a line at distance d >= 0.
double angle(double d, double from, double to)
{
    return std::atan2(d * (to - from), d * d + from * to);
}

// Integrals of H d / (d^2 + t^2) over t in [from, to], bandwidth 1, d >= 0. With v = d^2 + t^2 = r^2 they are
// the angle less the integral of d (1 - H) / v, a function of v without a pole.

/// H = (1 - v)^power: (1 - H) / v = sum of (1 - v)^j, j < power. Degree <= 6 in t: four nodes are exact.
double power_share(int power, double d, double from, double to)
{
    const auto body = [=](double t) {
        const double rest = 1 - d * d - t * t;
        double sum = 1;
        for (int j = 1; j < power; ++j) {
            sum = 1 + rest * sum;
        }
        return sum;
    };
    return angle(d, from, to) - d * quadrature<4>(from, to, body);
}

/// H = 1 - 3 v + 2 v^(3/2)
double triangular_share(double d, double from, double to)
{
    if (d == 0) {
        return angle(d, from, to);
    }
    const auto twice_integral_of_r = [d](double t) {
        return t * std::sqrt(d * d + t * t) + d * d * std::asinh(t / d);
    };
    return angle(d, from, to) - d * (3 * (to - from) - (twice_integral_of_r(to) - twice_integral_of_r(from)));
}

/// 1 - H = (a r sin(a r) + cos(a r) - 1) / (a - 1), a = pi / 2, so that
/// (1 - H) / v = a^2 / (a - 1) sum of (-a^2 v)^k (2 k + 1) / (2 k + 2)!. Eleven terms leave 1e-17; the sum is
/// of degree 20 in t, so eleven nodes are exact.
double cosine_share(double d, double from, double to)
{
    constexpr std::size_t terms = 11;
    constexpr double a = pi / 2;
    static const std::array<double, terms> factor = [] {
        std::array<double, terms> f{};
        double term = a * a / (a - 1) / 2; // of (a^2)^(k+1) / (2 k + 2)!
        for (std::size_t k = 0; k < terms; ++k) {
            const auto n = static_cast<double>(2 * k);
            f[k] = term * (n + 1);
            term *= -a * a / ((n + 3) * (n + 4));
        }
        return f;
    }();
    const auto body = [=](double t) {
        const double v = d * d + t * t;
        double sum = 0;
        for (std::size_t k = terms; k-- > 0;) {
            sum = factor[k] + v * sum;
        }
        return sum;
    };
    return angle(d, from, to) - d * quadrature<11>(from, to, body);
}

/// Share of a normal distribution beyond z.
double upper_tail(double z)
{
    return std::erfc(z / std::numbers::sqrt2) / 2;
}

/// Owen's T(d, t / d) for d, t >= 0, not both 0.
///
///     T(d, a) = 1/(2 pi) integral over [0, a] of exp(-d^2 (1 + x^2) / 2) / (1 + x^2)
///     T(d, a) + T(a d, 1 / a) = Q(d) / 2 + Q(a d) / 2 - Q(d) Q(a d)
///
/// The second brings a to [0, 1], where 20 nodes leave less than 1e-16.
double owen(double d, double t)
{
    if (t > d) {
        const double near = upper_tail(d);
        const double far = upper_tail(t);
        return near / 2 + far / 2 - near * far - owen(t, d);
    }
    const auto body = [d](double x) {
        return std::exp(-d * d * (1 + x * x) / 2) / (1 + x * x);
    };
    return d > 0 ? quadrature<20>(0, t / d, body) / (2 * pi) : 0;
}

/// A side that is short and not near (a its half length, r its distance: r >= 64 a, a r <= 0.1) by four
/// nodes: the pole at r costs (a / 2 r)^8 < 2e-17, the exponential 3e-7 (a r)^8 < 3e-15 of a value below 2 a
/// / r. The others by Owen's T.
double gaussian_share(double d, double from, double to)
{
    const double half = (to - from) / 2;
    const double near = std::fmax(0, std::fmax(from, -to));
    const double far = std::fmax(std::fabs(from), std::fabs(to));
    if (half * half * 4096 <= d * d + near * near && half * half * (d * d + far * far) <= 0.01) {
        const auto body = [d](double t) {
            const double v = d * d + t * t;
            return std::exp(-v / 2) / v;
        };
        return d * quadrature<4>(from, to, body);
    }
    const auto signed_owen = [d](double t) {
        return std::copysign(owen(d, std::fabs(t)), t);
    };
    return 2 * pi * (signed_owen(to) - signed_owen(from));
}

double share(KernelShape shape, double d, double from, double to)
{
    switch (shape) {
    case KernelShape::uniform:
        return power_share(1, d, from, to);
    case KernelShape::epanechnikov:
        return power_share(2, d, from, to);
    case KernelShape::quartic:
        return power_share(3, d, from, to);
    case KernelShape::triweight:
        return power_share(4, d, from, to);
    case KernelShape::triangular:
        return triangular_share(d, from, to);
    case KernelShape::cosine:
        return cosine_share(d, from, to);
    case KernelShape::gaussian:
        break;
    }
    return gaussian_share(d, from, to);
}

/// What a side takes off the winding number.
double lost(const View& view, KernelShape shape, double bandwidth_m, double end)
{
    const XY along = minus(view.to, view.from);
    const double length_m = std::hypot(along.x, along.y);
    if (!(length_m > 0)) {
        return 0;
    }
    const double scale = 1 / bandwidth_m;
    const double d = std::fabs(view.area) / length_m * scale;
    if (d >= end) {
        return 0;
    }
    const double half = std::sqrt((end - d) * (end + d)); // of the chord of the kernel's disc
    const double from = std::clamp(dot(view.from, along) / length_m * scale, -half, half);
    const double to = std::clamp(dot(view.to, along) / length_m * scale, -half, half);
    const double angle = from < to ? share(shape, d, from, to) : 0;
    return (view.left() ? angle : -angle) / (2 * pi);
}

bool positive(double bandwidth_m)
{
    return std::isfinite(bandwidth_m) && bandwidth_m > 0;
}

} // namespace

WindowMass::WindowMass(const Geometries& window, KernelShape shape) : shape_(shape)
{
    require(window.kind == GeometryKind::polygon, "the window holds no polygons");
    for (const XY corner : window.xy) {
        require(std::isfinite(corner.x) && std::isfinite(corner.y),
                "the window has a coordinate that is not finite");
    }
    for (std::size_t part = 0; part < window.part_end.size(); ++part) {
        for (std::size_t r = window.first_ring(part); r < window.part_end[part]; ++r) {
            add_ring(window.ring(r), r == window.first_ring(part));
        }
    }
    require(!sides_.empty(), "the window has no polygon with an area");
    double length_m = 0;
    for (const Side& side : sides_) {
        box_.add(side.from);
        length_m += distance_m(side.from, side.to);
    }
    // cells about as wide as a side is long, but not many more of them than sides
    const auto n = static_cast<double>(sides_.size());
    const double cell_m = std::max({2 * length_m / n, std::sqrt(box_.width() * box_.height() / (4 * n)),
                                    std::max(box_.width(), box_.height()) / (4 * n)});
    cut(cell_m);
    file(cell_m);
}

/// Adds a ring so that the window is to its left: a shell counter-clockwise, a hole clockwise.
void WindowMass::add_ring(std::span<const XY> ring, bool shell)
{
    double area = 0;
    for (std::size_t i = 0; i < ring.size(); ++i) {
        area += cross(minus(ring[i], ring[0]), minus(ring[(i + 1) % ring.size()], ring[0]));
    }
    const bool turned = (area > 0) != shell;
    for (std::size_t i = 0; i < ring.size() && area != 0; ++i) {
        const XY a = ring[i];
        const XY b = ring[(i + 1) % ring.size()];
        if (a != b) {
            sides_.push_back(turned ? Side{b, a} : Side{a, b});
        }
    }
}

/// Cuts long sides, so that each is near its middle.
void WindowMass::cut(double longest_m)
{
    std::vector<Side> pieces;
    pieces.reserve(2 * sides_.size());
    for (const Side& side : sides_) {
        const double n = std::fmax(1, std::ceil(distance_m(side.from, side.to) / longest_m));
        XY from = side.from;
        for (int k = 1; k < static_cast<int>(n); ++k) { // fewer than there are sides
            const XY to{side.from.x + (side.to.x - side.from.x) * (k / n),
                        side.from.y + (side.to.y - side.from.y) * (k / n)};
            pieces.push_back({from, to});
            from = to;
        }
        pieces.push_back({from, side.to});
    }
    sides_ = std::move(pieces);
}

std::int64_t WindowMass::row_of(double y) const
{
    return static_cast<std::int64_t>(
        std::clamp((y - box_.min_y) / cell_m_, 0.0, static_cast<double>(rows_ - 1)));
}

std::int64_t WindowMass::col_of(double x) const
{
    return static_cast<std::int64_t>(
        std::clamp((x - box_.min_x) / cell_m_, 0.0, static_cast<double>(cols_ - 1)));
}

/// Files the sides by the index cell of their middles.
void WindowMass::file(double cell_m)
{
    cell_m_ = cell_m;
    rows_ = static_cast<std::int64_t>(box_.height() / cell_m) + 1;
    cols_ = static_cast<std::int64_t>(box_.width() / cell_m) + 1;
    const auto cell = [this](const Side& side) {
        return static_cast<std::size_t>(row_of((side.from.y + side.to.y) / 2) * cols_ +
                                        col_of((side.from.x + side.to.x) / 2));
    };
    cell_end_.assign(static_cast<std::size_t>(rows_ * cols_) + 1, 0);
    for (const Side& side : sides_) {
        ++cell_end_[cell(side) + 1];
        half_side_m_ = std::fmax(half_side_m_, distance_m(side.from, side.to) / 2);
    }
    half_side_m_ *= 1 + 1e-9; // middles are rounded
    for (std::size_t i = 1; i < cell_end_.size(); ++i) {
        cell_end_[i] += cell_end_[i - 1];
    }
    std::vector<std::size_t> next(cell_end_.begin(), cell_end_.end() - 1);
    std::vector<Side> filed(sides_.size());
    for (const Side& side : sides_) {
        filed[next[cell(side)]++] = side;
    }
    sides_ = std::move(filed);
}

std::span<const WindowMass::Side> WindowMass::sides(std::int64_t row, std::int64_t first_col,
                                                    std::int64_t last_col) const
{
    const std::size_t begin = cell_end_[static_cast<std::size_t>(row * cols_ + first_col)];
    const std::size_t end = cell_end_[static_cast<std::size_t>(row * cols_ + last_col) + 1];
    return std::span(sides_).subspan(begin, end - begin);
}

double WindowMass::at(XY place, double bandwidth_m) const
{
    if (!box_.contains(place)) {
        return 0;
    }
    const auto view = [&](const Side& side) {
        const XY from = seen(side.from, place, bandwidth_m);
        const XY to = seen(side.to, place, bandwidth_m);
        return View{from, to, cross(from, to)};
    };
    int winding = 0;
    bool on_border = false;
    const std::int64_t last_row = row_of(place.y + half_side_m_);
    for (std::int64_t row = row_of(place.y - half_side_m_); row <= last_row; ++row) {
        for (const Side& side : sides(row, col_of(place.x - half_side_m_), cols_ - 1)) {
            if (std::fmin(side.from.y, side.to.y) <= place.y &&
                std::fmax(side.from.y, side.to.y) >= place.y) {
                const View seen_side = view(side);
                winding += seen_side.winding();
                on_border = on_border || seen_side.holds() || side.from == place || side.to == place;
            }
        }
    }
    if (winding == 0 && !on_border) {
        return 0;
    }
    const double end = shape_ == KernelShape::gaussian ? gaussian_end : 1;
    const double reach_m = end * bandwidth_m;
    const double far_m = reach_m + half_side_m_;
    const std::int64_t last_near = row_of(place.y + far_m);
    double mass = winding;
    for (std::int64_t row = row_of(place.y - far_m); row <= last_near; ++row) {
        for (const Side& side : sides(row, col_of(place.x - far_m), col_of(place.x + far_m))) {
            if (std::fmin(side.from.x, side.to.x) < place.x + reach_m &&
                std::fmax(side.from.x, side.to.x) > place.x - reach_m &&
                std::fmin(side.from.y, side.to.y) < place.y + reach_m &&
                std::fmax(side.from.y, side.to.y) > place.y - reach_m) {
                mass -= lost(view(side), shape_, bandwidth_m, end);
            }
        }
    }
    require(mass < 1 + 1e-9, "the window's polygons overlap or cross themselves; dissolve them first");
    return std::clamp(mass, 0.0, 1.0);
}

std::vector<double> WindowMass::at(std::span<const XY> places, std::span<const double> bandwidths_m) const
{
    require(bandwidths_m.size() == 1 || bandwidths_m.size() == places.size(), "{} bandwidths for {} places",
            bandwidths_m.size(), places.size());
    for (std::size_t i = 0; i < bandwidths_m.size(); ++i) {
        require(positive(bandwidths_m[i]), "bandwidth {} is not a positive number", i + 1);
    }
    for (std::size_t i = 0; i < places.size(); ++i) {
        require(std::isfinite(places[i].x) && std::isfinite(places[i].y),
                "place {} has a coordinate that is not finite", i + 1);
    }
    std::vector<double> mass(places.size());
    parallel_chunks(places.size(), 256, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            mass[i] = at(places[i], bandwidths_m[bandwidths_m.size() == 1 ? 0 : i]);
        }
    });
    return mass;
}

void WindowMass::rows(const Grid& grid, double bandwidth_m, std::int64_t begin, std::int64_t end,
                      std::span<double> out) const
{
    require(positive(bandwidth_m), "bandwidth {} m is not a positive number", bandwidth_m);
    require(out.size() == static_cast<std::size_t>((end - begin) * grid.cols), "{} values for {} rows",
            out.size(), end - begin);
    const auto cols = static_cast<std::size_t>(grid.cols);
    parallel_chunks(static_cast<std::size_t>(end - begin), 4, [&](std::size_t first, std::size_t last) {
        for (std::size_t row = first; row < last; ++row) {
            const double y = grid.centre_y(begin + static_cast<std::int64_t>(row));
            for (std::size_t col = 0; col < cols; ++col) {
                out[row * cols + col] = at({grid.centre_x(static_cast<std::int64_t>(col)), y}, bandwidth_m);
            }
        }
    });
}

std::vector<double> jones_diggle_weights(std::span<const double> weights, std::span<const double> mass)
{
    require(weights.empty() || weights.size() == mass.size(), "{} weights for {} incidents", weights.size(),
            mass.size());
    std::vector<double> corrected(mass.size(), 0.0);
    for (std::size_t i = 0; i < mass.size(); ++i) {
        if (mass[i] > 0) {
            corrected[i] = (weights.empty() ? 1 : weights[i]) / mass[i];
        }
    }
    return corrected;
}

} // namespace vigil
