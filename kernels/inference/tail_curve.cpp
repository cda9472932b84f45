#include "kernels/inference/tail_curve.h"

#include "kernels/inference/tail_math.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

namespace vigil::tails {

namespace {

constexpr std::size_t lanes = 4;
constexpr double widest_step = 6;    ///< no member's log odds moves further in one step
constexpr double beside_mean = 0.05; ///< standard deviations

/// Sums over the population, four at a time so that the order is fixed and the loop is a vector
/// one.
struct Sums {
    std::array<double, lanes> p{}, px{}, pq{}, pqx{}, pqxx{}, log{};
};

double total(const std::array<double, lanes>& s)
{
    return (s[0] + s[2]) + (s[1] + s[3]);
}

double density(double w)
{
    return std::exp(-0.5 * w * w) * (std::numbers::inv_sqrtpi / std::numbers::sqrt2);
}

double beyond(double w)
{
    return 0.5 * std::erfc(w / std::numbers::sqrt2);
}

/// K(a0, 0) - a0 k of N members: log of 1 / (p^k q^(N - k)) with p = k / N.
double entropy(double draws, double members)
{
    const double share = draws / members;
    return -draws * std::log(share) - (members - draws) * std::log1p(-share);
}

} // namespace

TailCurve::TailCurve(const Atoms& atoms, double step)
{
    for (std::size_t a = 0; a < atoms.value.size(); ++a) {
        members_ += atoms.count[a];
        centre_ += atoms.count[a] * atoms.value[a];
    }
    centre_ /= members_;
    double squares = 0;
    for (std::size_t a = 0; a < atoms.value.size(); ++a) {
        const double d = atoms.value[a] - centre_;
        squares += atoms.count[a] * d * d;
    }
    scale_ = squares > 0 ? std::sqrt(squares / members_) : 1;
    step_ = step / scale_;
    const std::size_t padded = (atoms.value.size() + lanes - 1) / lanes * lanes;
    value_.assign(padded, 0);
    count_.assign(padded, 0);
    for (std::size_t a = 0; a < atoms.value.size(); ++a) {
        value_[a] = (atoms.value[a] - centre_) / scale_;
        count_[a] = atoms.count[a];
        sum_ += count_[a] * value_[a];
        squares_ += count_[a] * value_[a] * value_[a];
        reach_ = std::max(reach_, std::fabs(value_[a]));
    }
}

TailCurve::Question TailCurve::question(double draws, double sum, double left_out, bool leave) const
{
    Question q{};
    q.draws = draws;
    q.sum = (sum - draws * centre_) / scale_;
    q.left_out = leave ? (left_out - centre_) / scale_ : 0;
    q.sign = leave ? -1 : 0;
    q.members = members_ + q.sign;
    const double mean = (sum_ + q.sign * q.left_out) / q.members;
    const double variance = (squares_ + q.sign * q.left_out * q.left_out) / q.members - mean * mean;
    q.mean = draws * mean;
    q.sd = std::sqrt(std::max(0.0, draws * (1 - draws / q.members) * variance));
    return q;
}

void TailCurve::evaluate(const Question& q, SaddlePoint& at, double& slope_a, double& slope_t) const
{
    Sums s;
    const double* x = value_.data();
    const double* m = count_.data();
    for (std::size_t a = 0; a < value_.size(); a += lanes) {
        for (std::size_t l = 0; l < lanes; ++l) {
            const double eta = at.log_odds + at.tilt * x[a + l];
            const double e = exp_of_negative(-std::fabs(eta));
            const double share = 1 / (1 + e);
            const double p = m[a + l] * (eta > 0 ? share : e * share);
            const double pq = m[a + l] * (e * share * share);
            s.p[l] += p;
            s.px[l] += p * x[a + l];
            s.pq[l] += pq;
            s.pqx[l] += pq * x[a + l];
            s.pqxx[l] += pq * x[a + l] * x[a + l];
            s.log[l] += m[a + l] * ((eta > 0 ? eta : 0.0) + log1p_of_share(e));
        }
    }
    const double eta = at.log_odds + at.tilt * q.left_out;
    const double e = exp_of_negative(-std::fabs(eta));
    const double p = q.sign * (eta > 0 ? 1.0 : e) / (1 + e);
    const double pq = q.sign * e / ((1 + e) * (1 + e));
    slope_a = total(s.p) + p - q.draws;
    slope_t = total(s.px) + p * q.left_out - q.sum;
    at.curve_aa = total(s.pq) + pq;
    at.curve_at = total(s.pqx) + pq * q.left_out;
    at.curve_tt = total(s.pqxx) + pq * q.left_out * q.left_out;
    at.det = at.curve_aa * at.curve_tt - at.curve_at * at.curve_at;
    at.exponent = total(s.log) + q.sign * ((eta > 0 ? eta : 0.0) + log1p_of_share(e)) -
                  at.log_odds * q.draws - at.tilt * q.sum;
}

void TailCurve::start(const Question& q, SaddlePoint& at) const
{
    if (!at.found) {
        at.log_odds = std::log(q.draws / (q.members - q.draws));
        at.tilt = 0;
        return;
    }
    const double more = q.sum - at.sum; // along the curve from the last answer
    const double tilt = at.curve_aa * more / at.det;
    const double log_odds = -at.curve_at * more / at.det;
    const double far = std::fabs(log_odds) + std::fabs(tilt) * reach_;
    const double shorten = far > widest_step ? widest_step / far : 1;
    at.log_odds += shorten * log_odds;
    at.tilt += shorten * tilt;
}

void TailCurve::solve(const Question& q, SaddlePoint& at) const
{
    constexpr int most_steps = 100;
    constexpr double precise = 1e-6; // a decrement whose power of 3/2 no longer shows
    start(q, at);
    at.sum = q.sum;
    at.found = false;
    SaddlePoint before;
    double step_a = 0, step_t = 0;
    for (int i = 0; i < most_steps; ++i) {
        double slope_a = 0, slope_t = 0;
        evaluate(q, at, slope_a, slope_t);
        if (i > 0 && !(at.exponent <= before.exponent + 1e-9 * (1 + std::fabs(before.exponent)))) {
            step_a *= 0.25;
            step_t *= 0.25;
            at.log_odds = before.log_odds + step_a;
            at.tilt = before.tilt + step_t;
            continue;
        }
        if (!(at.det > 0)) {
            return;
        }
        step_a = (at.curve_at * slope_t - at.curve_tt * slope_a) / at.det;
        step_t = (at.curve_at * slope_a - at.curve_aa * slope_t) / at.det;
        const double decrement = -0.5 * (step_a * slope_a + step_t * slope_t);
        const double far = std::fabs(step_a) + std::fabs(step_t) * reach_;
        const double shorten = far > widest_step ? widest_step / far : 1;
        step_a *= shorten;
        step_t *= shorten;
        before = at;
        at.log_odds += step_a;
        at.tilt += step_t;
        if (decrement < precise) {
            at.exponent -= decrement;
            at.found = true;
            return;
        }
    }
}

Tail TailCurve::formula(const Question& q, SaddlePoint& at) const
{
    solve(q, at);
    const double w2 = 2 * (entropy(q.draws, q.members) - at.exponent);
    const double side = q.sum < q.mean ? -1 : 1;
    Tail tail;
    if (!at.found || !(w2 > 0)) { // so far out that numbers end: the normal curve
        const double z = side * (q.sum - q.mean) / q.sd;
        const double near = beyond(z);
        tail = {near, 1 - near, 0};
    } else {
        const double w = std::sqrt(w2);
        const double v = std::sqrt(at.det / (q.draws * (1 - q.draws / q.members)));
        const double t = std::fabs(at.tilt);
        const double u = step_ > 0 ? -std::expm1(-t * step_) / step_ * v : t * v;
        const double equal = density(w) * step_ / v;
        const double near = std::clamp(beyond(w) + density(w) * (1 / u - 1 / w), std::min(equal, 1.0), 1.0);
        tail = {near, std::min(1.0, 1 - near + equal), std::min(equal, 1.0)};
    }
    if (side < 0) {
        std::swap(tail.at_least, tail.at_most);
    }
    return tail;
}

Tail TailCurve::near_mean(const Question& q, SaddlePoint& at) const
{
    // at the mean the formula is 0 / 0, but between two points beside it a tail is all but straight
    Question below = q;
    Question above = q;
    below.sum = q.mean - 1.2 * beside_mean * q.sd;
    above.sum = q.mean + 1.2 * beside_mean * q.sd;
    const Tail low = formula(below, at);
    const Tail high = formula(above, at);
    const double share = (q.sum - below.sum) / (above.sum - below.sum);
    return {low.at_least + share * (high.at_least - low.at_least),
            low.at_most + share * (high.at_most - low.at_most), low.equal + share * (high.equal - low.equal)};
}

Tail TailCurve::tail(double draws, double sum, double left_out, SaddlePoint& last) const
{
    const Question q = question(draws, sum, left_out, true);
    return std::fabs(q.sum - q.mean) < beside_mean * q.sd ? near_mean(q, last) : formula(q, last);
}

} // namespace vigil::tails
