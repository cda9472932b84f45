#include "libgeo/error.h"
#include "libgeo/io/output.h"
#include "tools/commands.h"
#include "tools/map/layers.h"

#include <fmt/ranges.h>

#include <filesystem>
#include <memory>

namespace fs = std::filesystem;

namespace vigil::tools {

namespace {

struct Options {
    std::string input, output, style, layer_crs;
    bool list = false;
    bool overwrite = false;
    bool allow_vsi = false;
};

std::string listing()
{
    std::string text;
    for (const std::string& name : style_names()) {
        text += fmt::format("{:<14} {}\n", name, style_for(name).title);
    }
    return text;
}

struct Chosen {
    Style style;
    std::string file;  ///< data that a layer file points to
    std::string layer; ///< its layer
};

/// A definition by name, or the one that fits a layer file.
Chosen choose(const Options& o, const cli::Context& context)
{
    const fs::path output(o.output);
    std::error_code error;
    if (has_style(o.input) && !fs::exists(o.input, error)) {
        Style style = style_for(o.input);
        if (style.fitted) {
            context.warn("{}: its classes depend on the data and run from 0 to 1 here; give the layer file "
                         "instead of the name",
                         o.input);
        }
        const char* const extension = style.kind == StyleKind::ramp ? ".tif" : ".gpkg";
        return {style, output.stem().string() + extension, o.input};
    }
    map::LayerOptions reading{.style = o.style, .crs = o.layer_crs, .allow_vsi = o.allow_vsi};
    reading.max_memory_bytes = context.max_memory_bytes;
    std::vector<map::Layer> layers = map::read_layers(o.input, reading);
    require(layers.size() == 1, "{}: holds {} layers; name one as FILE:LAYER", o.input, layers.size());
    map::Layer& layer = layers.front();
    require(!layer.style.name.empty(), "{}: was not written by vigil; choose with --style one of {}", o.input,
            fmt::join(style_names(), ", "));
    const auto* const features = std::get_if<Features>(&layer.data);
    const std::string file = fs::path(map::split_layer(o.input).first).filename().string();
    return {layer.style, file, features == nullptr ? std::string() : features->name};
}

void write_style(const Options& o, const cli::Context& context)
{
    if (o.list) {
        io::write_bytes("-", listing(), false);
        return;
    }
    if (o.input.empty() || o.output.empty()) {
        throw UsageError("give a style or a layer file and an output, or --list");
    }
    const std::string extension = fs::path(o.output).extension().string();
    if (extension != ".qml" && extension != ".sld" && extension != ".lyrx") {
        throw UsageError(fmt::format("{}: the output must end in .qml, .sld or .lyrx", o.output));
    }
    const Chosen chosen = choose(o, context);
    const std::string text = extension == ".qml"   ? to_qml(chosen.style)
                             : extension == ".sld" ? to_sld(chosen.style)
                                                   : to_lyrx(chosen.style, chosen.file, chosen.layer);
    io::write_bytes(o.output, text, o.overwrite);
}

} // namespace

void add_styles(CLI::App& root, std::deque<cli::Command>& commands)
{
    auto o = std::make_shared<Options>();
    cli::Command& command =
        commands.emplace_back(root, "styles", "Write a layer's style for QGIS, GeoServer or ArcGIS Pro.");
    command
        .file("STYLE", o->input, "a style's name, or a layer file (FILE or FILE:LAYER) to fit it to", false)
        .file("OUTPUT", o->output, "style to write: .qml (QGIS), .sld (GeoServer) or .lyrx (ArcGIS Pro)",
              false)
        .flag("--list", o->list, "print the styles there are")
        .text("--style", o->style, "style for a layer file; found by the layer's name or fields unless given")
        .text("--input-crs", o->layer_crs, "CRS of a layer file that does not say its own")
        .flag("--overwrite", o->overwrite, "replace an existing output")
        .flag("--allow-vsi", o->allow_vsi, "accept GDAL's virtual file paths (/vsizip/, /vsicurl/)");
    command.run([o](const cli::Context& context) { write_style(*o, context); });
}

} // namespace vigil::tools
