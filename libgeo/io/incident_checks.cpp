#include "libgeo/io/incident_checks.h"

#include "libgeo/error.h"

#include <algorithm>
#include <cmath>

namespace vigil::io {

namespace {

/// The box of the dense majority: quantiles 20 % to 80 % of a regular sample, grown by twice its size.
/// Empty for fewer than 10 places.
Box majority_box(const std::vector<XY>& xy)
{
    constexpr std::size_t most = 20000;
    if (xy.size() < 10) {
        return {};
    }
    const std::size_t step = (xy.size() + most - 1) / most;
    std::vector<double> xs;
    std::vector<double> ys;
    for (std::size_t i = 0; i < xy.size(); i += step) {
        xs.push_back(xy[i].x);
        ys.push_back(xy[i].y);
    }
    const auto quantile = [](std::vector<double>& values, double share) {
        const auto at =
            values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
        std::nth_element(values.begin(), at, values.end());
        return *at;
    };
    Box box{quantile(xs, 0.2), quantile(ys, 0.2), quantile(xs, 0.8), quantile(ys, 0.8)};
    const double margin = 2 * std::max({box.width(), box.height(), 1e-9});
    return box.grown(margin);
}

struct Suspects {
    std::uint64_t count = 0;
    std::uint64_t first_row = 0;
    void add(std::uint64_t row)
    {
        first_row = count == 0 ? row : first_row;
        ++count;
    }
    void warn(ReadReport& report, std::string_view what) const
    {
        if (count > 0) {
            report.warnings.push_back(
                fmt::format("{} rows {} (first at {} {})", count, what, report.row_word, first_row));
        }
    }
};

} // namespace

void reject_strays(IncidentBuilder& builder, const std::string& source, const OptionNames& names)
{
    const Incidents& all = builder.incidents();
    require(
        builder.rejected(Reason::out_of_range) <= all.size() || builder.rejected(Reason::out_of_range) < 3,
        "{}: most longitudes or latitudes are beyond 180 or 90, so they are not degrees or the columns are "
        "swapped; name the CRS with --input-crs or the columns with {} and {}",
        source, names.x, names.y);
    if (all.crs.geographic) {
        return;
    }
    const auto zero = [&](std::size_t i) {
        return all.xy[i].x == 0 && all.xy[i].y == 0;
    };
    std::vector<XY> others;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (!zero(i)) {
            others.push_back(all.xy[i]);
        }
    }
    if (others.size() == all.size()) {
        return;
    }
    const Box box = majority_box(others);
    const Box wide = box.grown(3 * std::max(box.width(), box.height()));
    if (!box.empty() && !wide.contains({0, 0})) {
        builder.reject_if(
            [&](std::size_t i) { return zero(i) ? std::optional(Reason::at_zero) : std::nullopt; });
    }
}

void warn_of_misplaced(const IncidentBuilder& builder, ReadReport& report)
{
    const Incidents& all = builder.incidents();
    if (!all.crs.geographic) {
        return;
    }
    constexpr double widest_deg = 60; // a wider cluster says nothing about single rows
    const Box box = majority_box(all.xy);
    if (box.empty()) {
        return;
    }
    if (box.min_y > 75 || box.max_y < -75) {
        report.warnings.emplace_back(
            "nearly all places lie beyond 75 degrees of latitude; are the columns of "
            "longitude and latitude swapped?");
    }
    if (std::max(box.width(), box.height()) > widest_deg) {
        return;
    }
    Suspects swapped;
    Suspects sign;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const XY p = all.xy[i];
        if (box.contains(p)) {
            continue;
        }
        if (box.contains({p.y, p.x})) {
            swapped.add(all.row[i]);
        } else if (box.contains({-p.x, p.y}) || box.contains({p.x, -p.y}) || box.contains({-p.x, -p.y})) {
            sign.add(all.row[i]);
        }
    }
    swapped.warn(report, "would join the others if longitude and latitude were exchanged");
    sign.warn(report, "would join the others with the other sign; was a minus lost?");
}

} // namespace vigil::io
