#include "kernels/optimise/cell.h"

#include "kernels/cell_size.h"
#include "libgeo/error.h"

#include <fmt/format.h>

#include <cmath>
#include <numbers>

namespace vigil {

namespace {

double cells_of(const Box& box, double cell_m, bool hexagons)
{
    const double squares = (box.width() / cell_m + 1) * (box.height() / cell_m + 1);
    return hexagons ? squares * 2 / std::numbers::sqrt3 : squares;
}

std::string stray_reason(const Spacing& spacing)
{
    return fmt::format(
        "farther than {} (mean + 3 standard deviations) from the nearest other place; left out "
        "of the choice of sizes and distances only",
        metres(spacing.stray_m));
}

} // namespace

CellChoice choose_cell(std::span<const XY> incidents, const CellOptions& options)
{
    CellChoice result;
    if (options.cell_m) {
        require(*options.cell_m > 0 && std::isfinite(*options.cell_m),
                "a cell of {} m is not a positive size", *options.cell_m);
        result.cell_m = *options.cell_m;
        result.choices.push_back({"cell size", metres(result.cell_m), "it was given"});
        return result;
    }
    result.spacing = spacing_of(incidents);
    const Spacing& spacing = result.spacing;
    result.choices.push_back(
        {"stray places", fmt::format("{} of {}", spacing.strays, spacing.distinct), stray_reason(spacing)});
    const double wanted = 2 * std::max(spacing.mean_m, spacing.median_m);
    result.choices.push_back(
        {"spacing", metres(wanted),
         fmt::format(
             "twice the larger of the mean ({}) and the median ({}) distance to the nearest other place",
             metres(spacing.mean_m), metres(spacing.median_m))});
    int step = round_step_from(wanted);
    const double rounded = round_step(step);
    const Box box = bounding_box(incidents);
    while (cells_of(box, round_step(step), options.hexagons) > options.most_cells) {
        ++step;
    }
    result.cell_m = round_step(step);
    std::string reason = "the spacing rounded up to 1, 2 or 5 times a power of ten";
    if (result.cell_m > rounded) {
        reason = fmt::format("cells of {} would be {:.0f}, more than {:.0f}", metres(rounded),
                             cells_of(box, rounded, options.hexagons), options.most_cells);
    }
    result.choices.push_back(
        {options.hexagons ? "hexagon height" : "cell size", metres(result.cell_m), reason});
    return result;
}

} // namespace vigil
