#include "kernels/density/gaussian_strips.h"

#include "kernels/density/gaussian.h"
#include "kernels/density/gaussian_lanes.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace vigil {

namespace {

/// Sum of w exp(-d^2 / 2 sigma^2) over a run of places, lane by lane. Reads up to seven places beyond the
/// run.
struct RunSum {
    const double* x;
    const double* y;
    const double* weight;
    std::size_t count;
    XY target;
    double exponent; // -1 / 2 sigma^2
    Lanes* sum;

    template <typename Vector>
    [[gnu::always_inline]] void run() const
    {
        Lanes total = *sum;
        for (std::size_t i = 0; i < count; i += lanes) {
            Lanes dx;
            Lanes dy;
            Lanes w;
            load(dx, x + i);
            load(dy, y + i);
            load(w, weight + i);
            dx -= target.x;
            dy -= target.y;
            Lanes value = (dx * dx + dy * dy) * exponent;
            exp_in_place(value);
            total += w * value;
        }
        *sum = total;
    }
};

} // namespace

double gaussian_axis_cut(double tail)
{
    double radius = 2;
    for (int step = 0; step < 60; ++step) { // R = sqrt(2 ln(sqrt(e) R / tail)) contracts quickly
        radius = std::fmax(2, std::sqrt(1 + 2 * std::log(radius / tail)));
    }
    return radius;
}

GaussianStrips::GaussianStrips(std::span<const Place> places, double sigma_m, double tol)
    : sigma_m_(sigma_m), reach_m_(gaussian_axis_cut(tol / 2) * sigma_m)
{
    if (places.empty()) {
        return;
    }
    Box box;
    for (const Place& place : places) {
        box.add({place.x, place.y});
    }
    bottom_y_ = box.min_y;
    // About eight strips a window, but no more strips than places.
    height_m_ = std::max(reach_m_ / 4, box.height() / static_cast<double>(places.size()));
    strips_.resize(static_cast<std::size_t>(box.height() / height_m_) + 1);
    for (const Place& place : places) {
        ++strips_[strip_of(place.y)].end;
    }
    std::size_t next = 0;
    for (Run& strip : strips_) {
        const std::size_t count = strip.end;
        strip = {next, next};
        next += count + lanes;
    }
    x_.resize(next);
    y_.resize(next);
    weight_.resize(next);
    for (const Place& place : places) {
        const std::size_t at = strips_[strip_of(place.y)].end++;
        x_[at] = place.x;
        y_[at] = place.y;
        weight_[at] = place.weight;
    }
}

std::size_t GaussianStrips::strip_of(double y) const
{
    const double strip = std::floor((y - bottom_y_) / height_m_);
    return static_cast<std::size_t>(std::clamp(strip, 0.0, static_cast<double>(strips_.size() - 1)));
}

GaussianStrips::Run GaussianStrips::run(std::size_t strip, double x) const
{
    const auto at = [&](std::size_t i) {
        return x_.begin() + static_cast<std::ptrdiff_t>(i);
    };
    const auto begin = std::lower_bound(at(strips_[strip].begin), at(strips_[strip].end), x - reach_m_);
    const auto end = std::upper_bound(begin, at(strips_[strip].end), x + reach_m_);
    return {static_cast<std::size_t>(begin - x_.begin()), static_cast<std::size_t>(end - x_.begin())};
}

double GaussianStrips::at(XY target) const
{
    if (strips_.empty()) {
        return 0;
    }
    Lanes sum = {};
    const std::size_t last = strip_of(target.y + reach_m_);
    for (std::size_t strip = strip_of(target.y - reach_m_); strip <= last; ++strip) {
        const Run places = run(strip, target.x);
        if (places.begin < places.end) {
            run_widest(RunSum{.x = x_.data() + places.begin,
                              .y = y_.data() + places.begin,
                              .weight = weight_.data() + places.begin,
                              .count = places.end - places.begin,
                              .target = target,
                              .exponent = -0.5 / (sigma_m_ * sigma_m_),
                              .sum = &sum});
        }
    }
    return sum_of(sum) / (2 * std::numbers::pi * sigma_m_ * sigma_m_);
}

double GaussianStrips::terms(XY target) const
{
    if (strips_.empty()) {
        return 0;
    }
    double terms = 0;
    const std::size_t last = strip_of(target.y + reach_m_);
    for (std::size_t strip = strip_of(target.y - reach_m_); strip <= last; ++strip) {
        const Run places = run(strip, target.x);
        terms += static_cast<double>(places.end - places.begin);
    }
    return terms;
}

} // namespace vigil
