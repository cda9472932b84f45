#include "kernels/density/space_time.h"
#include "libgeo/error.h"
#include "libgeo/io/netcdf_write.h"
#include "libgeo/io/raster_write.h"
#include "libgeo/time_text.h"
#include "tools/density/place.h"
#include "tools/density/run.h"

#include <algorithm>
#include <cmath>
#include <memory>

namespace vigil::tools {

namespace {

constexpr double s_per_day = 86400;
constexpr double per_km2_day = 1e6 * s_per_day;
const std::string unit = "incidents per km2 and day";
const std::string title = "Kernel density of incidents in space and time";

/// The middles of equal slices of the record.
std::vector<Seconds> slice_middles(const TimeSpan& record, std::int64_t slices)
{
    require(record.end - record.start >= 2 * slices,
            "{} slices of {} seconds are too many; give fewer --slices", slices, record.end - record.start);
    std::vector<Seconds> middles;
    for (std::int64_t k = 0; k < slices; ++k) {
        middles.push_back(record.start + (record.end - record.start) * (2 * k + 1) / (2 * slices));
    }
    return middles;
}

TimeSpan record_of(const Sample& sample)
{
    TimeSpan record;
    for (const TimeSpan& span : sample.time) {
        if (span.known()) {
            const Seconds end = span.instant() ? span.end + 1 : span.end;
            record = record.known() ? TimeSpan{std::min(record.start, span.start), std::max(record.end, end)}
                                    : TimeSpan{span.start, end};
        }
    }
    return record;
}

/// A cube on its way to a GeoTIFF of bands or a netCDF file.
class CubeFile {
  public:
    CubeFile(const DensityWork& work, const Grid& grid, const std::vector<Seconds>& times,
             const io::WriteOptions& write)
    {
        const DensityToolOptions& o = work.o;
        if (io::is_netcdf(o.output, o.write.format)) {
            netcdf_ = std::make_unique<io::NetcdfWriter>(
                o.output, grid, times, work.incidents.crs,
                io::CubeDescription{.name = "density", .unit = unit, .title = title}, write);
            return;
        }
        std::vector<io::RasterBand> bands;
        for (const Seconds at : times) {
            bands.push_back({.name = iso_text(at), .unit = unit, .notes = {{"time", iso_text(at)}}});
        }
        tiff_ = std::make_unique<io::RasterWriter>(o.output, grid, work.incidents.crs, std::move(bands),
                                                   title, "density", write);
    }
    void write(std::size_t slice, std::span<const double> values)
    {
        if (netcdf_) {
            netcdf_->write_slice(values);
        } else {
            tiff_->write_rows(slice, 0, values);
        }
    }
    void finish(const Notes& notes)
    {
        if (netcdf_) {
            netcdf_->finish(notes);
        } else {
            tiff_->finish(notes);
        }
    }

  private:
    std::unique_ptr<io::NetcdfWriter> netcdf_;
    std::unique_ptr<io::RasterWriter> tiff_;
};

} // namespace

void write_cube(const DensityWork& work)
{
    const DensityToolOptions& o = work.o;
    const Sample& sample = work.samples.front();
    require(!sample.time.empty(), "no column of dates or times was found; name it with --time");
    const TimeSpan record = record_of(sample);
    require(record.known(), "no incident has a date that could be read");
    const std::vector<Seconds> times = slice_middles(record, *o.slices);
    const double slice_s = static_cast<double>(record.end - record.start) / static_cast<double>(*o.slices);
    const double h = work.bandwidths_m.front();
    const SpaceTimeOptions options{.shape = o.density.shape,
                                   .bandwidth_m = h,
                                   .time_shape = o.time_kernel,
                                   .time_bandwidth_s =
                                       o.time_bandwidth_days ? *o.time_bandwidth_days * s_per_day : slice_s,
                                   .record = record};
    const Grid grid = planar_grid(o, sample.xy, h, work.mask, work.incidents.crs, work.context);
    warn_of_coarse_cells(h, grid.cell_m, work.context);
    work.context.require_memory(space_time_bytes(sample.xy.size(), static_cast<double>(grid.rows),
                                                 static_cast<double>(grid.cols), options),
                                "a space-time cube", "use a larger --cell or a smaller --extent");
    work.context.tell(
        "{} kernel, bandwidth {:.6g} m; {} in time, {:.6g} days; {} slices from {} to {}; grid of {} x {} "
        "cells of {:g} m in {}",
        name_of(o.density.shape), h, name_of(o.time_kernel), options.time_bandwidth_s / s_per_day,
        times.size(), iso_text(times.front()), iso_text(times.back()), grid.rows, grid.cols, grid.cell_m,
        work.incidents.crs.label());
    io::WriteOptions write = write_options(work, grid.cell_m, unit);
    const auto note = [&](const char* name, double value) {
        write.provenance.notes.emplace_back(name, fmt::format("{:.12g}", value));
    };
    write.provenance.notes.emplace_back("time_kernel", name_of(o.time_kernel));
    note("time_bandwidth_days", options.time_bandwidth_s / s_per_day);
    write.provenance.notes.emplace_back("slices", fmt::format("{}", times.size()));
    CubeFile file(work, grid, times, write);
    std::vector<double> values;
    const SpaceTimeSummary summary = space_time_density(
        sample.xy, sample.weight, sample.time, grid, options, times,
        [&](std::size_t slice, const Raster<double>& density) {
            Raster<double> scaled = density;
            for (double& value : scaled.values) {
                value *= per_km2_day;
            }
            if (work.mask) {
                mask_cells(*work.mask, scaled);
            }
            file.write(slice, scaled.values);
        },
        work.context.progress);
    if (summary.unknown_times > 0) {
        work.context.warn("{} incidents have no known time and are left out", summary.unknown_times);
    }
    work.context.tell(
        "a total weight of {:.6g}, each slice divided by the share of its time that the record covers",
        summary.weight_sum);
    file.finish({{"weight_sum", fmt::format("{:.12g}", summary.weight_sum)},
                 {"unknown_times", fmt::format("{}", summary.unknown_times)}});
}

} // namespace vigil::tools
