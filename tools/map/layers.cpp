#include "tools/map/layers.h"

#include "libgeo/error.h"
#include "libgeo/io/features_io.h"
#include "libgeo/io/incidents_io.h"
#include "libgeo/io/layer_names.h"
#include "libgeo/io/source.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>

namespace fs = std::filesystem;

namespace vigil::map {

namespace {

/// A way to draw what has no definition. Neighbouring layers get different colours (Okabe and Ito 2008).
Style plain_style(const Features& features)
{
    Style style;
    style.title = features.title.empty() ? features.name : features.title;
    style.geometry = features.geometry.kind;
    StyleClass look;
    look.label = style.title;
    look.fill = {0, 114, 178, 60};
    look.stroke = {0, 90, 140, 230};
    look.stroke_mm = 0.3;
    if (features.geometry.kind == GeometryKind::point) {
        look.fill.alpha = 220;
        look.stroke = {255, 255, 255, 220};
        look.size_mm = 2.2;
    }
    style.classes.push_back(look);
    return style;
}

void require_known(const std::string& style)
{
    if (!style.empty() && !has_style(style)) {
        throw UsageError(fmt::format("--style {}: there is no such style; give one of {}", style,
                                     fmt::join(style_names(), ", ")));
    }
}

Layer styled(Features features, const LayerOptions& options)
{
    features.style = options.style.empty() ? recognise_style(features) : options.style;
    if (features.style.empty()) {
        Style style = plain_style(features);
        return {std::move(features), std::move(style)};
    }
    Style style = style_for(features);
    if (style.kind == StyleKind::ramp) {
        throw UsageError(
            fmt::format("--style {}: is for rasters, and {} holds features", options.style, features.name));
    }
    if (!style.field.empty() && features.table.find(style.field) == nullptr) {
        throw UsageError(fmt::format("--style {}: needs the field {}, which {} does not have", options.style,
                                     style.field, features.name));
    }
    return {std::move(features), std::move(style)};
}

/// Largest values of the other bands of the same unit, so that bands of one file are drawn in the same
/// colours.
std::vector<double> other_maxima(const std::string& path, const io::LoadedRaster& loaded,
                                 const LayerOptions& options)
{
    constexpr std::size_t most_bands = 64;
    std::vector<double> maxima;
    const std::vector<io::RasterBand> bands = io::read_raster_bands(path, options.allow_vsi);
    for (std::size_t k = 0; k < bands.size() && bands.size() > 1 && bands.size() <= most_bands; ++k) {
        if (bands[k].unit == loaded.description.unit) {
            const io::LoadedRaster other =
                io::read_raster(path, options.allow_vsi, options.max_memory_bytes, fmt::format("{}", k + 1));
            double most = std::numeric_limits<double>::quiet_NaN();
            for (const double value : other.raster.values) {
                most = std::fmax(most, value);
            }
            maxima.push_back(most);
        }
    }
    return maxima;
}

Layer styled(io::LoadedRaster loaded, const std::vector<double>& also, const LayerOptions& options)
{
    std::string name = options.style.empty() ? loaded.description.style : options.style;
    if (!has_style(name)) {
        name = "density";
    }
    std::vector<double> values = loaded.raster.values;
    values.insert(values.end(), also.begin(), also.end());
    Style style = style_for(name, values);
    if (style.kind != StyleKind::ramp) {
        throw UsageError(fmt::format("--style {}: is for features, and this layer is a raster", name));
    }
    style.unit = loaded.description.unit;
    if (!loaded.description.title.empty()) {
        style.title = loaded.description.title;
    }
    return {std::move(loaded), std::move(style)};
}

Layer incidents_layer(const std::string& path, const LayerOptions& options)
{
    io::ReadOptions reading;
    reading.crs_in = options.crs;
    reading.allow_vsi = options.allow_vsi;
    reading.max_memory_bytes = options.max_memory_bytes;
    const Incidents incidents = io::read_incidents(path, reading).incidents;
    Features features;
    features.name = "incidents";
    features.crs = incidents.crs;
    for (const XY& place : incidents.xy) {
        features.geometry.add({&place, 1});
    }
    return styled(std::move(features), options);
}

io::InputFormat format_of(const std::string& path, const LayerOptions& options)
{
    io::require_local_file(path, options.allow_vsi);
    std::string first(std::size_t{64} << 10U, '\0');
    std::ifstream file(path, std::ios::binary);
    file.read(first.data(), static_cast<std::streamsize>(first.size()));
    first.resize(static_cast<std::size_t>(file.gcount()));
    return io::recognise(path, first);
}

} // namespace

std::pair<std::string, std::string> split_layer(const std::string& path)
{
    const std::size_t colon = path.rfind(':');
    std::error_code error;
    if (colon == std::string::npos || fs::exists(path, error) || !fs::exists(path.substr(0, colon), error)) {
        return {path, {}};
    }
    return {path.substr(0, colon), path.substr(colon + 1)};
}

std::vector<Layer> read_layers(const std::string& given, const LayerOptions& options)
{
    require_known(options.style);
    const auto [path, layer] = split_layer(given);
    std::vector<Layer> layers;
    if (path.ends_with(".gz")) { // incidents are the one kind that is read compressed
        layers.push_back(incidents_layer(path, options));
        return layers;
    }
    const io::InputFormat format = format_of(path, options);
    if (format == io::InputFormat::geotiff) {
        io::LoadedRaster loaded = io::read_raster(path, options.allow_vsi, options.max_memory_bytes, layer);
        const std::vector<double> also = other_maxima(path, loaded, options);
        layers.push_back(styled(std::move(loaded), also, options));
        return layers;
    }
    if (format == io::InputFormat::csv) {
        layers.push_back(incidents_layer(path, options));
        return layers;
    }
    io::FeatureReadOptions reading;
    reading.crs = options.crs;
    reading.allow_vsi = options.allow_vsi;
    const std::vector<std::string> names =
        layer.empty() ? io::layer_names(path, options.allow_vsi) : std::vector<std::string>{layer};
    for (const std::string& name : names) {
        reading.layer = name;
        layers.push_back(styled(io::read_features(path, reading), options));
    }
    const auto rank = [](const Layer& one) {
        const GeometryKind kind = std::get<Features>(one.data).geometry.kind;
        return kind == GeometryKind::polygon ? 0 : kind == GeometryKind::line ? 1 : 2;
    };
    std::stable_sort(layers.begin(), layers.end(),
                     [&](const Layer& a, const Layer& b) { return rank(a) < rank(b); });
    return layers;
}

} // namespace vigil::map
