#include "libgeo/io/raster_write.h"

#include "libgeo/error.h"
#include "libgeo/io/raster_write_file.h"

#include <filesystem>
#include <stdexcept>

namespace vigil::io {

struct RasterWriter::State {
    std::string path;
    std::string shown; ///< in messages
    Grid grid;
    std::vector<RasterBand> bands;
    std::string title;
    std::string style;
    WriteOptions options;
    PendingOutput output;
    RasterLayout layout;
    Dataset scratch;
    std::vector<BandRows> rows;

    [[nodiscard]] std::string scratch_file() const { return output.file() + ".values"; }
};

RasterWriter::RasterWriter(const std::string& path, const Grid& grid, const Crs& crs,
                           std::vector<RasterBand> bands, const std::string& title, const std::string& style,
                           const WriteOptions& options)
{
    constexpr std::int64_t most = std::numeric_limits<int>::max();
    if (grid.rows < 1 || grid.cols < 1 || grid.rows > most || grid.cols > most || bands.empty()) {
        throw std::logic_error("a raster of no bands, rows or columns");
    }
    use_gdal();
    limit_gdal_cache();
    state_.reset(new State{.path = path,
                           .shown = path == "-" ? "standard output" : path,
                           .grid = grid,
                           .bands = std::move(bands),
                           .title = title,
                           .style = style,
                           .options = options,
                           .output = PendingOutput(path, options.overwrite),
                           .layout = {},
                           .scratch = {},
                           .rows = {}});
    State& s = *state_;
    s.layout = raster_layout(path, s.output.to_stream(), options.format, grid);
    forget_gdal_failures();
    s.scratch = create_scratch(s.scratch_file(), path, grid, static_cast<int>(s.bands.size()), s.layout);
    set_place(s.scratch.get(), grid, crs);
    for (std::size_t i = 0; i < s.bands.size(); ++i) {
        s.rows.emplace_back(GDALGetRasterBand(s.scratch.get(), static_cast<int>(i) + 1), grid,
                            s.bands[i].per_cell);
    }
}

RasterWriter::~RasterWriter() = default;

void RasterWriter::write_rows(std::size_t band, std::int64_t first_row, std::span<const double> values)
{
    State& s = *state_;
    const auto cols = static_cast<std::size_t>(s.grid.cols);
    const auto rows = static_cast<std::int64_t>(values.size() / cols);
    if (values.size() % cols != 0 || s.rows.at(band).done() != first_row || first_row + rows > s.grid.rows) {
        throw std::logic_error("rows of a raster out of order");
    }
    for (std::size_t i = 0; i < values.size(); i += cols) {
        s.rows[band].add(values.subspan(i, cols), s.path);
    }
}

void RasterWriter::finish(const std::vector<std::pair<std::string, std::string>>& notes)
{
    State& s = *state_;
    for (const BandRows& band : s.rows) {
        if (band.done() != s.grid.rows) {
            throw std::logic_error("a raster with rows missing");
        }
    }
    auto& known = s.options.provenance.notes;
    known.insert(known.end(), notes.begin(), notes.end());
    forget_gdal_failures();
    set_words(s.scratch.get(), s.bands, s.title, s.style, s.options);
    for (std::size_t i = 0; i < s.rows.size(); ++i) {
        set_statistics(GDALGetRasterBand(s.scratch.get(), static_cast<int>(i) + 1), s.rows[i].statistics(),
                       static_cast<double>(s.grid.cells()));
    }
    require_written(s.path);
    copy_compressed(s.scratch.get(), s.output.file(), s.path, s.layout);
    close_written(s.scratch, s.path);
    std::filesystem::remove(s.scratch_file());
    verify_raster(s.output.file(), s.shown, s.rows);
    if (!s.style.empty() && !s.output.to_stream()) {
        write_raster_style(s.output.sidecar(".qml"), s.path, s.style, s.bands.front(),
                           s.rows.front().largest());
    }
    s.output.commit();
}

} // namespace vigil::io
