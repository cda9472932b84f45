#include "kernels/density/barriers.h"
#include "kernels/density/bootstrap.h"
#include "kernels/percent_volume.h"
#include "kernels/places.h"
#include "libgeo/error.h"
#include "libgeo/io/crs.h"
#include "libgeo/io/raster_write.h"
#include "tools/density/place.h"
#include "tools/density/run.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <utility>

namespace vigil::tools {

namespace {

constexpr std::int64_t strip_rows = 512; // computed and written together

/// What is learnt of a band while it is written.
struct Facts {
    double weight_sum = 0, held = 0; ///< of all incidents; in the grid
    double reach_m = 0;
    double bound = 0, highest = 0; ///< incidents per square metre
    double relative_bound = 0;
    std::size_t places = 0;
    double best = -std::numeric_limits<double>::infinity(); ///< in the unit of the file
    std::int64_t best_row = -1, best_col = -1;

    [[nodiscard]] double error_bound() const { return relative_bound + (highest > 0 ? bound / highest : 0); }
};

struct Band {
    const Sample* sample = nullptr;
    std::vector<double> each_m; ///< bandwidth of each incident, or empty
    double bandwidth_m = 0;
    bool error = false; ///< its standard error
};

class Surfaces {
  public:
    Surfaces(const DensityWork& work, const Grid& grid, std::vector<Band> bands)
        : work_(work), o_(work.o), grid_(grid), bands_(std::move(bands)), facts_(bands_.size())
    {
    }

    void write();

  private:
    [[nodiscard]] std::string name_of_band(const Band& band) const;
    [[nodiscard]] io::RasterBand described(const Band& band, const Scale& scale) const;
    [[nodiscard]] Scale scale_of_band(const Band& band) const;
    [[nodiscard]] bool whole() const
    {
        return o_.unit == DensityUnit::percent_volume || !o_.contours.empty();
    }
    [[nodiscard]] std::vector<double> kernel_weights(const Band& band) const;
    void correct_edges(const Band& band, std::int64_t begin, std::int64_t end,
                       std::vector<double>& values) const;
    void finish_rows(std::size_t index, const Scale& scale, std::int64_t begin, std::int64_t end,
                     std::vector<double>& values);
    using Rows = std::function<double(std::int64_t begin, std::int64_t end, double* out)>;
    [[nodiscard]] Rows rows_of_band(const Band& band, const DensityOptions& options, Facts& facts) const;
    void density_rows(std::size_t index, const Scale& scale, io::RasterWriter& writer);
    void error_rows(std::size_t index, const Scale& scale, io::RasterWriter& writer);
    void note_rows(Facts& facts, std::int64_t begin, std::span<const double> values) const;
    void tell(const Facts& facts) const;
    void tell_peak(const Facts& facts, const std::string& unit) const;
    [[nodiscard]] Notes notes() const;

    const DensityWork& work_;
    const DensityToolOptions& o_;
    Grid grid_;
    std::vector<Band> bands_;
    std::vector<Facts> facts_;
    Raster<double> kept_; ///< for contours
};

std::string Surfaces::name_of_band(const Band& band) const
{
    std::string name = band.sample->name.empty() ? "density" : band.sample->name;
    if (work_.bandwidths_m.size() > 1) {
        name += fmt::format(" {:g} m", band.bandwidth_m);
    }
    return band.error ? name + " standard error" : name;
}

Scale Surfaces::scale_of_band(const Band& band) const
{
    const double weight = o_.unit == DensityUnit::probability ? total_weight(*band.sample) : 1;
    return scale_of(o_, grid_.cell_m, band.bandwidth_m, weight);
}

io::RasterBand Surfaces::described(const Band& band, const Scale& scale) const
{
    io::RasterBand described{
        .name = name_of_band(band), .unit = scale.unit, .per_cell = o_.unit == DensityUnit::per_cell};
    if (bands_.size() > 1) {
        described.notes.emplace_back("bandwidth_m", fmt::format("{:.12g}", band.bandwidth_m));
    }
    return described;
}

/// The weights that kernels are multiplied by: by Jones and Diggle all of an incident's weight stays inside
/// the window, and for sums of kernels of different widths each is 1 at its centre.
std::vector<double> Surfaces::kernel_weights(const Band& band) const
{
    std::vector<double> weights = band.sample->weight;
    const double one[] = {band.bandwidth_m};
    const std::span<const double> bandwidths =
        band.each_m.empty() ? std::span<const double>(one) : band.each_m;
    if (o_.edge == EdgeRule::jones_diggle) {
        const std::vector<double> mass = work_.window->at(band.sample->xy, bandwidths);
        const auto outside = std::count(mass.begin(), mass.end(), 0.0);
        if (outside > 0) {
            work_.context.warn("{} of {} incidents lie outside the window and are left out", outside,
                               mass.size());
        }
        weights = jones_diggle_weights(weights, mass);
    }
    if (!band.each_m.empty() && scale_of_band(band).sum_of_kernels) {
        for (std::size_t i = 0; i < weights.size(); ++i) {
            weights[i] *= kernel_peak(o_.density.shape, band.bandwidth_m) /
                          kernel_peak(o_.density.shape, band.each_m[i]);
        }
    }
    return weights;
}

/// Divides by the share of the kernel inside the window; what lies outside is not in the surface.
void Surfaces::correct_edges(const Band& band, std::int64_t begin, std::int64_t end,
                             std::vector<double>& values) const
{
    if (o_.edge == EdgeRule::none) {
        return;
    }
    std::vector<double> mass(values.size());
    work_.window->rows(grid_, band.bandwidth_m, begin, end, mass);
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!(mass[i] > 0)) {
            values[i] = std::numeric_limits<double>::quiet_NaN();
        } else if (o_.edge == EdgeRule::uniform) {
            values[i] /= mass[i];
        }
    }
}

/// Mask and unit for rows [begin, end).
void Surfaces::finish_rows(std::size_t index, const Scale& scale, std::int64_t begin, std::int64_t end,
                           std::vector<double>& values)
{
    if (o_.unit != DensityUnit::percent_volume) {
        rescale(scale, values);
    }
    if (work_.mask) {
        Raster<double> strip;
        strip.grid = rows_of(grid_, begin, end);
        strip.values = std::move(values);
        mask_cells(*work_.mask, strip);
        values = std::move(strip.values);
    }
    note_rows(facts_[index], begin, values);
}

void Surfaces::note_rows(Facts& facts, std::int64_t begin, std::span<const double> values) const
{
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (values[i] > facts.best) { // of equal ones the first from the north-west
            facts.best = values[i];
            facts.best_row = begin + static_cast<std::int64_t>(i) / grid_.cols;
            facts.best_col = static_cast<std::int64_t>(i) % grid_.cols;
        }
    }
}

/// Weight that a strip holds, and its highest value, before any scaling.
void measure(const Grid& grid, std::span<const double> values, Facts& facts)
{
    for (std::size_t row = 0; row * static_cast<std::size_t>(grid.cols) < values.size(); ++row) {
        double of_row = 0;
        for (const double value :
             values.subspan(row * static_cast<std::size_t>(grid.cols), static_cast<std::size_t>(grid.cols))) {
            of_row += std::isnan(value) ? 0 : value;
            facts.highest = std::fmax(facts.highest, std::fabs(value)); // passes over NaN
        }
        facts.held += of_row * grid.cell_m * grid.cell_m;
    }
}

/// How the rows of a band are computed, before edges, mask and unit: strip by strip, or around barriers all
/// at once.
Surfaces::Rows Surfaces::rows_of_band(const Band& band, const DensityOptions& options, Facts& facts) const
{
    if (work_.barriers) {
        DensityOptions positive = options;
        positive.allow_negative = false;
        auto raster = std::make_shared<Raster<double>>(barrier_density(
            band.sample->xy, band.sample->weight, *work_.barriers, grid_, positive, work_.context.progress));
        facts.reach_m = options.shape == KernelShape::gaussian
                            ? gaussian_cut(options.tol) * options.bandwidth_m
                            : options.bandwidth_m;
        facts.places = merged_places(band.sample->xy, band.sample->weight).size();
        facts.relative_bound = std::numeric_limits<double>::quiet_NaN(); // not proved
        facts.weight_sum = total_weight(*band.sample);
        return [raster](std::int64_t begin, std::int64_t end, double* out) {
            const auto cols = raster->grid.cols;
            std::copy(raster->values.begin() + begin * cols, raster->values.begin() + end * cols, out);
            return 0.0;
        };
    }
    auto surface =
        std::make_shared<DensitySurface>(band.sample->xy, kernel_weights(band), band.each_m, grid_, options);
    facts.reach_m = surface->reach_m();
    facts.places = surface->places();
    facts.relative_bound = surface->relative_bound();
    const bool as_given = o_.edge != EdgeRule::jones_diggle && band.each_m.empty();
    facts.weight_sum = as_given ? surface->weight_sum() : total_weight(*band.sample);
    return [surface](std::int64_t begin, std::int64_t end, double* out) {
        return surface->rows(begin, end, out);
    };
}

void Surfaces::density_rows(std::size_t index, const Scale& scale, io::RasterWriter& writer)
{
    const Band& band = bands_[index];
    Facts& facts = facts_[index];
    DensityOptions options = o_.density;
    options.bandwidth_m = band.bandwidth_m;
    options.allow_negative = true;
    const Rows rows = rows_of_band(band, options, facts);
    if (whole()) {
        kept_ = Raster<double>(grid_);
    }
    std::vector<double> values;
    for (std::int64_t begin = 0; begin < grid_.rows; begin += strip_rows) {
        const std::int64_t end = std::min(grid_.rows, begin + strip_rows);
        values.resize(static_cast<std::size_t>((end - begin) * grid_.cols));
        facts.bound = std::fmax(facts.bound, rows(begin, end, values.data()));
        correct_edges(band, begin, end, values);
        measure(grid_, values, facts);
        work_.context.progress(
            (static_cast<double>(index) + static_cast<double>(end) / static_cast<double>(grid_.rows)) /
            static_cast<double>(bands_.size()));
        finish_rows(index, scale, begin, end, values);
        if (whole()) {
            std::copy(values.begin(), values.end(), kept_.values.begin() + begin * grid_.cols);
        }
        if (o_.unit != DensityUnit::percent_volume) {
            writer.write_rows(index, begin, values);
        }
    }
    require(facts.places > 0, "{}: all weights are 0, so there is no density", work_.report.name);
    if (o_.unit == DensityUnit::percent_volume) {
        writer.write_rows(index, 0, percent_volume(kept_).values);
    }
}

void Surfaces::error_rows(std::size_t index, const Scale& scale, io::RasterWriter& writer)
{
    const Band& band = bands_[index];
    DensityOptions options = o_.density;
    options.bandwidth_m = band.bandwidth_m;
    Raster<double> error = o_.standard_error == StandardError::poisson
                               ? standard_error(band.sample->xy, band.sample->weight, grid_, options,
                                                Resampling::poisson, work_.context.progress)
                               : bootstrap(band.sample->xy, band.sample->weight, grid_,
                                           {.density = options,
                                            .resamples = static_cast<std::uint32_t>(o_.simulations),
                                            .seed = static_cast<std::uint64_t>(o_.seed)},
                                           work_.context.progress)
                                     .standard_error;
    finish_rows(index, scale, 0, grid_.rows, error.values);
    writer.write_rows(index, 0, error.values);
}

void Surfaces::tell(const Facts& facts) const
{
    const cli::Context& context = work_.context;
    if (facts.highest == 0) {
        context.warn("no incident is within {:.6g} m of a cell centre; all values are 0", facts.reach_m);
    }
    if (!std::isnan(facts.error_bound())) {
        context.tell("error at most {:.2g} of the maximum", facts.error_bound());
    }
    context.tell("the grid holds {:.6g} of a total weight of {:.6g} ({:.2f} %)", facts.held, facts.weight_sum,
                 100 * facts.held / facts.weight_sum);
}

/// The highest value, and where it is unless so few incidents lie within reach that the place would be
/// theirs.
void Surfaces::tell_peak(const Facts& facts, const std::string& unit) const
{
    constexpr std::ptrdiff_t fewest = 5;
    if (facts.best_row < 0) {
        return;
    }
    const XY centre[] = {{grid_.centre_x(facts.best_col), grid_.centre_y(facts.best_row)}};
    const auto near = std::count_if(work_.incidents.xy.begin(), work_.incidents.xy.end(), [&](XY place) {
        return squared_distance_m2(place, centre[0]) <= facts.reach_m * facts.reach_m;
    });
    if (near < fewest) {
        work_.context.tell("highest value {:.6g} {}; its place is withheld, fewer than {} incidents are near",
                           facts.best, unit, fewest);
        return;
    }
    const LonLat place = io::to_lonlat(centre, work_.incidents.crs).front();
    work_.context.tell("highest value {:.6g} {} in the cell at longitude {:.6f}, latitude {:.6f}", facts.best,
                       unit, place.lon_deg, place.lat_deg);
}

Notes Surfaces::notes() const
{
    const auto joined = [&](const auto& value) {
        std::vector<std::string> all;
        for (std::size_t i = 0; i < bands_.size(); ++i) {
            if (!bands_[i].error) {
                all.push_back(value(facts_[i]));
            }
        }
        return fmt::format("{}", fmt::join(all, ","));
    };
    return {{"reach_m", joined([](const Facts& f) { return fmt::format("{:.12g}", f.reach_m); })},
            {"weight_sum", joined([](const Facts& f) { return fmt::format("{:.12g}", f.weight_sum); })},
            {"weight_in_grid", joined([](const Facts& f) { return fmt::format("{:.12g}", f.held); })},
            {"places", joined([](const Facts& f) { return fmt::format("{}", f.places); })},
            {"error_bound_of_maximum", joined([](const Facts& f) {
                 return std::isnan(f.error_bound()) ? "not proved" : fmt::format("{:.3g}", f.error_bound());
             })}};
}

void Surfaces::write()
{
    const Scale first = scale_of_band(bands_.front());
    std::vector<io::RasterBand> described_bands;
    for (const Band& band : bands_) {
        described_bands.push_back(described(band, scale_of_band(band)));
    }
    const std::string style = o_.unit == DensityUnit::percent_volume ? "percent_volume" : "density";
    io::RasterWriter writer(o_.output, grid_, work_.incidents.crs, described_bands, first.title, style,
                            write_options(work_, grid_.cell_m, first.unit));
    const auto begun = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < bands_.size(); ++i) {
        const Scale scale = scale_of_band(bands_[i]);
        if (bands_[i].error) {
            error_rows(i, scale, writer);
        } else {
            density_rows(i, scale, writer);
        }
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    work_.context.tell("computed in {:.3f} s", took.count());
    for (std::size_t i = 0; i < bands_.size(); ++i) {
        if (!bands_[i].error) {
            tell(facts_[i]);
        }
    }
    if (o_.unit != DensityUnit::percent_volume) {
        tell_peak(facts_.front(), first.unit);
    }
    if (!first.difference.empty()) {
        work_.context.warn("--match: {}", first.difference);
    }
    if (!o_.contours.empty()) {
        write_contours(work_, kept_, first);
    }
    writer.finish(notes());
}

/// The bandwidth of each row that made a surface: no place, no attribute.
void write_point_bandwidths(const DensityWork& work, std::span<const Band> bands)
{
    std::string csv = "row,band,bandwidth_m\n";
    for (std::size_t b = 0; b < bands.size(); ++b) {
        const Sample& sample = *bands[b].sample;
        for (std::size_t i = 0; i < sample.row.size(); ++i) {
            csv += fmt::format("{},{},{:.9g}\n", sample.row[i], b + 1,
                               bands[b].each_m.empty() ? bands[b].bandwidth_m : bands[b].each_m[i]);
        }
    }
    io::write_bytes(work.o.point_bandwidths, csv, work.o.write.overwrite);
}

} // namespace

void write_surfaces(const DensityWork& work)
{
    const DensityToolOptions& o = work.o;
    std::vector<XY> places;
    std::vector<Band> bands;
    const auto [narrowest, widest] = std::minmax_element(work.bandwidths_m.begin(), work.bandwidths_m.end());
    double widest_m = *widest;
    for (const Sample& sample : work.samples) {
        places.insert(places.end(), sample.xy.begin(), sample.xy.end());
        for (const double h : work.bandwidths_m) {
            std::vector<double> each = bandwidths_of(o, sample, h, work.window ? &*work.window : nullptr);
            require(each.empty() || (o.edge != EdgeRule::uniform && o.standard_error == StandardError::none &&
                                     !work.barriers),
                    "places of different uncertainty have kernels of different widths, which --edge uniform "
                    "and --error "
                    "do not have; add --ignore-uncertainty");
            for (const double each_m : each) {
                widest_m = std::fmax(widest_m, each_m);
            }
            bands.push_back({&sample, std::move(each), h, false});
            if (o.standard_error != StandardError::none) {
                bands.push_back({&sample, {}, h, true});
            }
        }
    }
    if (!o.point_bandwidths.empty()) {
        write_point_bandwidths(work, bands);
    }
    const Grid grid = planar_grid(o, places, widest_m, work.mask, work.incidents.crs, work.context);
    warn_of_coarse_cells(*narrowest, grid.cell_m, work.context);
    if (work.mask) {
        require_cells_inside(o.mask, *work.mask, grid);
    }
    work.context.tell("{} kernel, bandwidth {:.6g} m, sigma {:.6g} m; grid of {} x {} cells of {:g} m in {}",
                      name_of(o.density.shape), *narrowest, sigma_of(o.density.shape, *narrowest), grid.rows,
                      grid.cols, grid.cell_m, work.incidents.crs.label());
    if (o.adaptive) {
        const auto [least, most] =
            std::minmax_element(bands.front().each_m.begin(), bands.front().each_m.end());
        work.context.tell("adaptive bandwidths from {:.6g} to {:.6g} m", *least, *most);
    }
    Surfaces(work, grid, std::move(bands)).write();
}

} // namespace vigil::tools
