#include "libgeo/io/incidents_io.h"

#include "libgeo/error.h"
#include "libgeo/io/crs.h"
#include "libgeo/io/gpx.h"
#include "libgeo/io/incident_checks.h"
#include "libgeo/io/incident_source.h"
#include "libgeo/io/output.h"

#include <tbb/global_control.h>

#include <algorithm>
#include <cmath>
#include <future>

namespace vigil::io {

namespace {

bool is_table(InputFormat format)
{
    return format == InputFormat::csv;
}

/// Earliest start and latest end.
std::optional<TimeSpan> time_extent(const std::vector<TimeSpan>& times)
{
    std::optional<TimeSpan> all;
    for (const TimeSpan& one : times) {
        if (one.known()) {
            all = all ? TimeSpan{std::min(all->start, one.start), std::max(all->end, one.end)} : one;
        }
    }
    return all;
}

/// The hash of `bytes`, worked out on a second thread when there may be one, else when it is asked for.
std::future<std::string> hash_beside(std::string_view bytes)
{
    const bool alone = tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism) < 2 ||
                       bytes.size() < (std::size_t{1} << 20U);
    return std::async(alone ? std::launch::deferred : std::launch::async | std::launch::deferred,
                      [bytes] { return sha256_hex(bytes); });
}

/// One input on its way to incidents.
class Reading {
  public:
    Reading(const std::string& path, const ReadOptions& options)
        : path_(path), shown_(path == "-" ? "standard input" : path), options_(options),
          source_(path, options.max_memory_bytes, options.allow_vsi),
          format_(recognise(path, source_.bytes()))
    {
        require(format_ != InputFormat::geotiff, "{}: is a raster; incidents are points or rows", shown_);
    }

    void read(bool keep_text)
    {
        ReadReport& report = raw_.report;
        report.name = source_.name();
        report.format = format_name(format_);
        report.row_word = is_table(format_) ? "line" : (format_ == InputFormat::gpx ? "point" : "feature");
        std::future<std::string> hash = hash_beside(source_.bytes());
        if (is_table(format_)) {
            read_table(source_.bytes(), shown_, options_, keep_text, raw_);
        } else if (format_ == InputFormat::gpx) {
            read_gpx(layer_file(), options_, keep_text, raw_);
        } else {
            read_layer(layer_file(), options_, keep_text, raw_);
        }
        report.sha256 = hash.get();
        report.crs_in = raw_.builder->incidents().crs;
        report.warnings.insert(report.warnings.end(), raw_.columns.warnings.begin(),
                               raw_.columns.warnings.end());
        raw_.builder->finish(options_, report);
        reject_strays(*raw_.builder, shown_, options_.names);
        warn_of_misplaced(*raw_.builder, report);
        describe();
    }

    /// Projects to metres (or to degrees, when asked for); places that cannot be are rejected.
    void project()
    {
        Incidents& all = raw_.builder->incidents();
        const Crs from = all.crs;
        all.crs = options_.degrees ? wgs84() : analysis_crs_for(from, raw_.report.extent, options_.crs);
        if (transform(all.xy, from, all.crs) > 0) {
            raw_.builder->reject_if([&](std::size_t i) {
                return std::isfinite(all.xy[i].x) && std::isfinite(all.xy[i].y)
                           ? std::nullopt
                           : std::optional(Reason::outside_crs);
            });
            describe_counts();
        }
    }

    void keep_rejects() const
    {
        if (!options_.rejects.empty()) {
            write_bytes(options_.rejects, rejected(), options_.overwrite);
        }
    }

    void require_some() const
    {
        require(raw_.report.records > 0, "{}: holds no records", shown_);
        if (raw_.report.accepted == 0) {
            const auto& rejected = raw_.report.rejected;
            const auto most =
                std::max_element(rejected.begin(), rejected.end(),
                                 [](const auto& a, const auto& b) { return a.count < b.count; });
            fail(ExitCode::input, "{}: none of {} records can be used{}", shown_, raw_.report.records,
                 most == rejected.end() ? ""
                                        : fmt::format(": {} (first at {} {})", most->reason,
                                                      raw_.report.row_word, most->first_row));
        }
    }

    [[nodiscard]] std::vector<std::string> columns() const
    {
        if (format_ == InputFormat::gpx) {
            return gpx_columns();
        }
        return is_table(format_) ? table_columns(source_.bytes(), shown_)
                                 : layer_columns(layer_file(), options_);
    }

    RawIncidents& raw() { return raw_; }

  private:
    [[nodiscard]] LayerFile layer_file() const
    {
        // a GDAL path is opened by GDAL again, since a layer may have companions (.dbf, .shx)
        const bool in_memory = !source_.is_plain_file() && !path_.starts_with("/vsi");
        return {path_, shown_, format_, in_memory, source_.bytes()};
    }
    /// The rows that were rejected, as CSV.
    [[nodiscard]] std::string rejected() const
    {
        const auto& rejections = raw_.builder->rejections();
        if (format_ == InputFormat::gpx) {
            return rejected_gpx(layer_file(), options_, rejections);
        }
        return is_table(format_) ? rejected_rows(source_.bytes(), rejections)
                                 : rejected_features(layer_file(), options_, rejections);
    }
    void describe()
    {
        describe_counts();
        raw_.report.extent = bounding_box(raw_.builder->incidents().xy);
        raw_.report.time = time_extent(raw_.builder->incidents().time);
    }
    void describe_counts() { raw_.builder->tally(raw_.report); }

    std::string path_, shown_;
    const ReadOptions& options_;
    Source source_;
    InputFormat format_;
    RawIncidents raw_;
};

} // namespace

Crs crs_of_input(const std::string& shown, const ReadOptions& options, const Crs& in_file, bool degrees)
{
    if (!options.crs_in.empty()) {
        return crs_from_user(options.crs_in);
    }
    if (in_file.known()) {
        return in_file;
    }
    require(
        degrees,
        "{}: the CRS of the coordinates is not known; add --input-crs with the code they were made in, or "
        "--input-crs EPSG:4326 when they are degrees of longitude and latitude",
        shown);
    return wgs84();
}

ReadIncidents read_incidents(const std::string& path, const ReadOptions& options)
{
    Reading reading(path, options);
    reading.read(true);
    if (reading.raw().report.accepted > 0) {
        reading.project();
    }
    reading.keep_rejects(); // also when nothing is left, to see why
    reading.require_some();
    return {std::move(reading.raw().builder->incidents()), std::move(reading.raw().report)};
}

std::vector<std::string> incident_columns(const std::string& path, const ReadOptions& options)
{
    return Reading(path, options).columns();
}

ReadReport inspect_incidents(const std::string& path, const ReadOptions& options)
{
    Reading reading(path, options);
    reading.read(false);
    reading.keep_rejects();
    return std::move(reading.raw().report);
}

} // namespace vigil::io
