#include "libgeo/error.h"
#include "libgeo/io/crs.h"
#include "libgeo/io/proj.h"

#include <proj_experimental.h>

#include <array>
#include <cmath>
#include <numbers>

namespace vigil::io {

namespace {

constexpr double utm_width_deg = 6.5;    ///< beyond it UTM is more than 0.6 % off at its edges
constexpr double widest_deg = 40;        ///< centre to corner; an equal-area plane is 6 % off there
constexpr double tolerated_scale = 0.03; ///< a data CRS that stretches distances more is not worked in

struct Continent {
    const char* code = nullptr;
    Box degrees;
};

/// Equal-area CRS in use for whole countries and continents, smallest first, with where they hold.
constexpr std::array<Continent, 4> continents = {{
    {"EPSG:3577", {112, -44, 154, -9}},  // GDA94 / Australian Albers
    {"EPSG:5070", {-125, 24, -66, 50}},  // NAD83 / Conus Albers
    {"EPSG:3338", {-173, 51, -129, 72}}, // NAD83 / Alaska Albers
    {"EPSG:3035", {-25, 33, 45, 72}},    // ETRS89-extended / LAEA Europe
}};

bool within(const Box& inner, const Box& outer)
{
    return outer.contains({inner.min_x, inner.min_y}) && outer.contains({inner.max_x, inner.max_y});
}

/// Degrees of arc between two places on the sphere.
double arc_deg(double lon_a, double lat_a, double lon_b, double lat_b)
{
    constexpr double deg = std::numbers::pi / 180;
    const double s = std::sin((lat_b - lat_a) * deg / 2);
    const double t = std::sin((lon_b - lon_a) * deg / 2);
    const double h = s * s + std::cos(lat_a * deg) * std::cos(lat_b * deg) * t * t;
    return 2 * std::asin(std::min(1.0, std::sqrt(h))) / deg;
}

double centre_to_corner_deg(const Box& box, double lon, double lat)
{
    return std::max(arc_deg(lon, lat, box.min_x, box.min_y), arc_deg(lon, lat, box.min_x, box.max_y));
}

/// Lambert's azimuthal equal-area projection about a place.
Crs centred_equal_area(double lon, double lat)
{
    Crs crs = crs_from_user(
        fmt::format("+proj=laea +lat_0={:.0f} +lon_0={:.0f} +datum=WGS84 +units=m +no_defs", lat, lon));
    const std::string name = fmt::format("WGS 84 / equal area around {:.0f} {:.0f}", lat, lon);
    const Pj object = to_pj(proj_context(), crs);
    return to_crs(Pj(proj_alter_name(proj_context(), object.get(), name.c_str())), name);
}

/// The box of `extent`'s border, seen in longitudes and latitudes.
Box in_degrees(const Crs& data, const Box& extent)
{
    std::vector<XY> border;
    constexpr int steps = 8;
    for (int k = 0; k <= steps; ++k) {
        const double x = extent.min_x + extent.width() * k / steps;
        const double y = extent.min_y + extent.height() * k / steps;
        border.insert(border.end(),
                      {{x, extent.min_y}, {x, extent.max_y}, {extent.min_x, y}, {extent.max_x, y}});
    }
    transform(border, data, wgs84());
    Box box;
    for (const XY p : border) {
        if (std::isfinite(p.x)) {
            box.add(p);
        }
    }
    return box;
}

/// The same projection in metres.
Crs in_metres(const Crs& crs)
{
    if (crs.metres_per_unit == 1) {
        return crs;
    }
    PJ_CONTEXT* context = proj_context();
    Pj object = to_pj(context, crs);
    if (proj_get_type(object.get()) == PJ_TYPE_BOUND_CRS) {
        object.reset(proj_get_source_crs(context, object.get()));
    }
    Pj metric(proj_crs_alter_cs_linear_unit(context, object.get(), "metre", 1, "EPSG", "9001"));
    require(metric != nullptr, "CRS {} is not in metres; give one that is with --crs", crs.label());
    const std::string name = crs.name + " in metres";
    return to_crs(Pj(proj_alter_name(context, metric.get(), name.c_str())), name);
}

/// The largest relative error of a short distance at the centre of `degrees`.
double distance_error(const Crs& crs, const Box& degrees)
{
    constexpr double rad = std::numbers::pi / 180;
    const Pj object = to_pj(proj_context(), crs);
    const PJ_COORD centre = proj_coord((degrees.min_x + degrees.max_x) / 2 * rad,
                                       (degrees.min_y + degrees.max_y) / 2 * rad, 0, 0);
    const PJ_FACTORS factors = proj_factors(object.get(), centre);
    if (proj_errno(object.get()) != 0) {
        proj_errno_reset(object.get());
        return 0;
    }
    return std::max(std::abs(factors.tissot_semimajor - 1), std::abs(factors.tissot_semiminor - 1));
}

} // namespace

Crs analysis_crs(const Box& degrees)
{
    require(!degrees.empty() && std::isfinite(degrees.width() + degrees.height()),
            "no place to choose a CRS for; give one with --crs");
    require(std::abs(degrees.min_y) <= 90 && std::abs(degrees.max_y) <= 90,
            "latitudes reach beyond -90..90; are longitude and latitude swapped?");
    require(degrees.min_x >= -360 && degrees.max_x <= 360,
            "longitudes reach beyond -360..360; are these coordinates degrees?");
    const double lon = (degrees.min_x + degrees.max_x) / 2;
    const double lat = (degrees.min_y + degrees.max_y) / 2;
    const double reach = centre_to_corner_deg(degrees, lon, lat);
    if (std::abs(lat) > 84 && reach <= widest_deg) {
        return crs_from_user(lat > 0 ? "EPSG:32661" : "EPSG:32761"); // polar stereographic, UPS
    }
    if (degrees.width() <= utm_width_deg && reach <= widest_deg) {
        const double east = lon + 180 - 360 * std::floor((lon + 180) / 360);
        const int zone = std::min(60, static_cast<int>(east / 6) + 1);
        return crs_from_user(fmt::format("EPSG:{}", (lat < 0 ? 32700 : 32600) + zone));
    }
    for (const Continent& continent : continents) {
        if (within(degrees, continent.degrees)) {
            return crs_from_user(continent.code);
        }
    }
    require(degrees.width() < 180 && reach <= widest_deg,
            "the places span {:.0f} x {:.0f} degrees, too wide to measure on one plane; give a projected "
            "CRS with --crs, or a smaller area",
            degrees.width(), degrees.height());
    return centred_equal_area(lon, lat);
}

Crs analysis_crs_for(const Crs& data, const Box& extent, const std::string& user)
{
    if (!user.empty()) {
        const Crs chosen = crs_from_user(user);
        if (chosen.geographic) {
            throw UsageError(fmt::format("--crs {} is in degrees, not projected; give one in metres such as "
                                         "EPSG:32612",
                                         chosen.label()));
        }
        return in_metres(chosen);
    }
    require(data.known(), "no CRS; give it with --input-crs");
    const Box degrees = in_degrees(data, extent);
    if (data.geographic) {
        return analysis_crs(degrees);
    }
    const Crs metric = in_metres(data);
    return !degrees.empty() && distance_error(metric, degrees) > tolerated_scale ? analysis_crs(degrees)
                                                                                 : metric;
}

} // namespace vigil::io
