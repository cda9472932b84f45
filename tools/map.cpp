#include "libgeo/error.h"
#include "libgeo/io/crs.h"
#include "libgeo/io/output.h"
#include "libgeo/io/provenance.h"
#include "libgeo/io/source.h"
#include "tools/commands.h"
#include "tools/map/embed.h"
#include "tools/map/layers.h"

#include <charconv>
#include <cmath>
#include <filesystem>
#include <memory>

namespace fs = std::filesystem;

namespace vigil::tools {

namespace {

struct Options {
    std::vector<std::string> files;
    std::string output;
    std::vector<std::string> styles;
    std::vector<double> extent;
    std::string size = "1200x900";
    std::string crs, layer_crs;
    map::PictureOptions picture;
    bool overwrite = false;
    bool drop_provenance = false;
    bool allow_vsi = false;
};

map::PictureFormat format_by_extension(const std::string& output)
{
    const std::string extension = fs::path(output).extension().string();
    if (extension == ".png") {
        return map::PictureFormat::png;
    }
    if (extension == ".svg") {
        return map::PictureFormat::svg;
    }
    throw UsageError(fmt::format("{}: the output must end in .png or .svg", output));
}

void parse_size(const std::string& text, map::PictureOptions& picture)
{
    constexpr int least = 200;
    constexpr int most = 10000;
    const char* const end = text.data() + text.size();
    const auto [cross, first] = std::from_chars(text.data(), end, picture.width);
    const bool separated = first == std::errc{} && cross != end && (*cross == 'x' || *cross == 'X');
    const auto [stop, second] =
        separated ? std::from_chars(cross + 1, end, picture.height) : std::from_chars_result{cross, first};
    const auto fits = [](int n) {
        return n >= least && n <= most;
    };
    if (!separated || second != std::errc{} || stop != end || !fits(picture.width) || !fits(picture.height)) {
        throw UsageError(fmt::format("--size {}: give width and height in pixels, {} to {} each, as 1200x900",
                                     text.substr(0, 60), least, most));
    }
}

std::optional<Box> parse_extent(const std::vector<double>& numbers)
{
    if (numbers.empty()) {
        return std::nullopt;
    }
    if (numbers.size() != 4 || numbers[0] >= numbers[2] || numbers[1] >= numbers[3]) {
        throw UsageError("--extent: give four numbers, xmin,ymin,xmax,ymax, in the CRS of the map");
    }
    return Box{numbers[0], numbers[1], numbers[2], numbers[3]};
}

/// Spaces between the styles' colours for layers that have none of their own.
void tell_apart(std::vector<map::Layer>& layers)
{
    constexpr Colour colours[] = {{0, 114, 178, 255},   {213, 94, 0, 255},  {0, 158, 115, 255},
                                  {204, 121, 167, 255}, {230, 159, 0, 255}, {86, 180, 233, 255}};
    std::size_t next = 0;
    for (map::Layer& layer : layers) {
        if (!layer.style.name.empty()) {
            continue;
        }
        const Colour c = colours[next++ % std::size(colours)];
        StyleClass& look = layer.style.classes.front();
        look.fill = {c.red, c.green, c.blue, look.fill.alpha};
        if (layer.style.geometry != GeometryKind::point) {
            look.stroke = {c.red, c.green, c.blue, look.stroke.alpha};
        }
    }
}

Crs map_crs(const std::vector<map::Layer>& layers, const std::string& user)
{
    const map::Layer& first = layers.front();
    if (user.empty() && !first.crs().geographic) {
        return first.crs();
    }
    if (!user.empty()) {
        Crs crs = io::crs_from_user(user);
        require(!crs.geographic, "--crs {}: is in degrees; give a projected CRS to draw in", user);
        return crs;
    }
    return io::analysis_crs(first.extent());
}

Provenance provenance(const Options& o, const Crs& crs, const cli::Context& context)
{
    Provenance made = context.provenance();
    for (const std::string& given : o.files) {
        const std::string path = map::split_layer(given).first;
        made.inputs.push_back({fs::path(path).filename().string(), io::sha256_of_file(path)});
    }
    made.crs = crs.label();
    return made;
}

void draw(const Options& o, const cli::Context& context)
{
    map::PictureOptions picture = o.picture;
    picture.format = format_by_extension(o.output);
    parse_size(o.size, picture);
    picture.extent = parse_extent(o.extent);
    context.require_memory(8.0 * picture.width * picture.height, "this picture", "use a smaller --size");
    if (o.styles.size() > o.files.size()) {
        throw UsageError(
            fmt::format("--style: {} styles for {} layer files", o.styles.size(), o.files.size()));
    }

    std::vector<map::Layer> layers;
    for (std::size_t i = 0; i < o.files.size(); ++i) {
        map::LayerOptions reading{
            .style = i < o.styles.size() ? o.styles[i] : "", .crs = o.layer_crs, .allow_vsi = o.allow_vsi};
        reading.max_memory_bytes = context.max_memory_bytes;
        std::vector<map::Layer> read = map::read_layers(o.files[i], reading);
        require(!read.empty(), "{}: holds no layer with places", o.files[i]);
        if (o.picture.title.empty()) {
            picture.title = read.front().style.title; // of the topmost file, its main layer
        }
        std::move(read.begin(), read.end(), std::back_inserter(layers));
    }
    tell_apart(layers);
    const Crs crs = map_crs(layers, o.crs);
    context.tell("map of {} layers in {}, {}x{} pixels", layers.size(), crs.label(), picture.width,
                 picture.height);
    std::string bytes = map::picture(layers, crs, picture);
    if (!o.drop_provenance) {
        const std::string text = io::provenance_json(provenance(o, crs, context));
        bytes = map::with_provenance(std::move(bytes), picture.format, text);
    }
    io::write_bytes(o.output, bytes, o.overwrite);
}

} // namespace

void add_map(CLI::App& root, std::deque<cli::Command>& commands)
{
    auto o = std::make_shared<Options>();
    cli::Command& command = commands.emplace_back(root, "map", "Draw layers as a map, without a GIS.");
    command
        .files("LAYER", o->files,
               "rasters (FILE, or FILE:BAND for another band than the first), layers (FILE or FILE:LAYER) "
               "and incident tables, the last on top")
        .file("OUTPUT", o->output, "picture to write: .png or .svg")
        .texts("--style", o->styles,
               "style of each layer file in order; found by the layer's name or fields unless given")
        .text("--title", o->picture.title, "title above the map; the topmost layer's unless given")
        .text("--note", o->picture.note, "line below the map, such as who made the data")
        .text("--size", o->size, "width and height of the picture in pixels")
        .numbers("--extent", o->extent, {}, "m",
                 "xmin,ymin,xmax,ymax to show at least, in the CRS of the map; all layers unless given")
        .text("--crs", o->crs, "projected CRS to draw in; that of the first layer unless given")
        .text("--input-crs", o->layer_crs, "CRS of layer files that do not say their own")
        .flag("--overwrite", o->overwrite, "replace an existing output")
        .flag("--no-provenance", o->drop_provenance, "leave out how the output was made")
        .flag("--allow-vsi", o->allow_vsi, "accept GDAL's virtual file paths (/vsizip/, /vsicurl/)");
    command.run([o](const cli::Context& context) { draw(*o, context); });
}

} // namespace vigil::tools
