#include "kernels/weights/exact_sign.h"

#include <array>
#include <cmath>
#include <cstddef>

namespace vigil {

namespace {

constexpr double half_ulp = 0x1p-53;

/// A number as a sum of doubles that do not overlap, the smallest first; none when it is 0.
template <std::size_t Most>
struct Exact {
    std::array<double, Most> term; ///< the first `size` hold
    std::size_t size = 0;

    void add(double value)
    {
        if (value != 0) {
            term[size++] = value;
        }
    }
    [[nodiscard]] double sign() const { return size == 0 ? 0 : term[size - 1]; }
};

/// A rounded result and what the rounding lost.
struct Rounded {
    double value = 0;
    double lost = 0;
};

Rounded sum_of(double a, double b)
{
    const double value = a + b;
    const double b_part = value - a;
    return {value, (a - (value - b_part)) + (b - b_part)};
}

/// The same where a is known to be the larger.
Rounded sum_of_ordered(double a, double b)
{
    const double value = a + b;
    return {value, b - (value - a)};
}

Rounded product_of(double a, double b)
{
    const double value = a * b;
    return {value, std::fma(a, b, -value)};
}

Exact<2> difference(double a, double b)
{
    const Rounded rounded = sum_of(a, -b);
    Exact<2> exact;
    exact.add(rounded.lost);
    exact.add(rounded.value);
    return exact;
}

/// Fast-expansion-sum: both merged by magnitude, then added up.
template <std::size_t N, std::size_t M>
Exact<N + M> plus(const Exact<N>& a, const Exact<M>& b)
{
    Exact<N + M> sum;
    std::size_t i = 0;
    std::size_t j = 0;
    const auto next = [&] {
        const bool first = j == b.size || (i < a.size && std::fabs(a.term[i]) < std::fabs(b.term[j]));
        return first ? a.term[i++] : b.term[j++];
    };
    if (a.size + b.size == 0) {
        return sum;
    }
    double carry = next();
    for (bool second = true; i + j < a.size + b.size; second = false) {
        const double term = next();
        const Rounded rounded = second ? sum_of_ordered(term, carry) : sum_of(carry, term);
        sum.add(rounded.lost);
        carry = rounded.value;
    }
    sum.add(carry);
    return sum;
}

/// Scale-expansion: times one double.
template <std::size_t N>
Exact<2 * N> times(const Exact<N>& a, double b)
{
    Exact<2 * N> product;
    double carry = 0;
    for (std::size_t i = 0; i < a.size; ++i) {
        const Rounded part = product_of(a.term[i], b);
        const Rounded low = sum_of(carry, part.lost);
        product.add(low.lost);
        const Rounded high = sum_of_ordered(part.value, low.value);
        product.add(high.lost);
        carry = high.value;
    }
    product.add(carry);
    return product;
}

template <std::size_t N, std::size_t M>
Exact<2 * N * M> times(const Exact<N>& a, const Exact<M>& b)
{
    Exact<2 * N * M> product;
    for (std::size_t j = 0; j < b.size; ++j) {
        const auto sum = plus(product, times(a, b.term[j]));
        product.size = 0;
        for (std::size_t i = 0; i < sum.size; ++i) {
            product.add(sum.term[i]);
        }
    }
    return product;
}

template <std::size_t N>
Exact<N> minus(Exact<N> a)
{
    for (std::size_t i = 0; i < a.size; ++i) {
        a.term[i] = -a.term[i];
    }
    return a;
}

using ExactXY = std::array<Exact<2>, 2>;

ExactXY seen_from(XY origin, XY p)
{
    return {difference(p.x, origin.x), difference(p.y, origin.y)};
}

Exact<16> cross(const ExactXY& a, const ExactXY& b)
{
    return plus(times(a[0], b[1]), minus(times(a[1], b[0])));
}

Exact<512> lifted(const ExactXY& a, const Exact<16>& other_two)
{
    return times(plus(times(a[0], a[0]), times(a[1], a[1])), other_two);
}

double exact_in_circle(XY a, XY b, XY c, XY place)
{
    const ExactXY pa = seen_from(place, a);
    const ExactXY pb = seen_from(place, b);
    const ExactXY pc = seen_from(place, c);
    return plus(plus(lifted(pa, cross(pb, pc)), lifted(pb, cross(pc, pa))), lifted(pc, cross(pa, pb))).sign();
}

} // namespace

double side_of(XY a, XY b, XY place)
{
    const double left = (a.x - place.x) * (b.y - place.y);
    const double right = (a.y - place.y) * (b.x - place.x);
    const double area = left - right;
    if (std::fabs(area) > (3 + 16 * half_ulp) * half_ulp * (std::fabs(left) + std::fabs(right))) {
        return area;
    }
    return cross(seen_from(place, a), seen_from(place, b)).sign();
}

double in_circle(XY a, XY b, XY c, XY place)
{
    const double ax = a.x - place.x;
    const double ay = a.y - place.y;
    const double bx = b.x - place.x;
    const double by = b.y - place.y;
    const double cx = c.x - place.x;
    const double cy = c.y - place.y;
    const double a2 = ax * ax + ay * ay;
    const double b2 = bx * bx + by * by;
    const double c2 = cx * cx + cy * cy;
    const double volume = a2 * (bx * cy - by * cx) + b2 * (cx * ay - cy * ax) + c2 * (ax * by - ay * bx);
    const double terms = a2 * (std::fabs(bx * cy) + std::fabs(by * cx)) +
                         b2 * (std::fabs(cx * ay) + std::fabs(cy * ax)) +
                         c2 * (std::fabs(ax * by) + std::fabs(ay * bx));
    if (std::fabs(volume) > (10 + 96 * half_ulp) * half_ulp * terms) {
        return volume;
    }
    return exact_in_circle(a, b, c, place);
}

} // namespace vigil
