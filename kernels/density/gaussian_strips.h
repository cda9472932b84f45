#pragma once

#include "kernels/places.h"
#include "libgeo/plane.h"

#include <cstddef>
#include <span>
#include <vector>

namespace vigil {

/// Places in strips of equal height, each strip in order of x: the neighbours of a target are a few runs.
class GaussianStrips {
  public:
    /// places  in canonical order
    GaussianStrips(std::span<const Place> places, double sigma_m, double tol);

    /// f(target), the terms of every place within reach_m() on both axes and perhaps a few more.
    [[nodiscard]] double at(XY target) const;

    /// Terms that at(target) adds.
    [[nodiscard]] double terms(XY target) const;

    [[nodiscard]] double reach_m() const { return reach_m_; }

  private:
    struct Run {
        std::size_t begin = 0;
        std::size_t end = 0;
    };

    [[nodiscard]] std::size_t strip_of(double y) const;
    [[nodiscard]] Run run(std::size_t strip, double x) const;

    double sigma_m_;
    double reach_m_;
    double bottom_y_ = 0;
    double height_m_ = 1;
    std::vector<Run> strips_;
    std::vector<double> x_; // each strip is followed by eight entries of weight 0
    std::vector<double> y_;
    std::vector<double> weight_;
};

} // namespace vigil
