#include "libgeo/io/netcdf_write.h"

#include "libgeo/error.h"
#include "libgeo/io/gdal.h"
#include "libgeo/io/provenance.h"
#include "libgeo/io/raster_write_file.h"
#include "libgeo/io/raster_write_rows.h"
#include "libgeo/io/spatial_reference.h"
#include "libgeo/version.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <stdexcept>

namespace vigil::io {

namespace {

using Group = std::unique_ptr<std::remove_pointer_t<GDALGroupH>, CloseWith<GDALGroupRelease>>;
using Dimension = std::unique_ptr<std::remove_pointer_t<GDALDimensionH>, CloseWith<GDALDimensionRelease>>;
using Array = std::unique_ptr<std::remove_pointer_t<GDALMDArrayH>, CloseWith<GDALMDArrayRelease>>;
using Attribute = std::unique_ptr<std::remove_pointer_t<GDALAttributeH>, CloseWith<GDALAttributeRelease>>;
using DataType =
    std::unique_ptr<std::remove_pointer_t<GDALExtendedDataTypeH>, CloseWith<GDALExtendedDataTypeRelease>>;
using Notes = std::vector<std::pair<std::string, std::string>>;

constexpr double most_bytes = 4294967292.0; // of one variable (netCDF User's Guide, 64-bit offset format)

/// One axis of the cube.
struct Axis {
    const char* name;
    const char* type;      ///< GDAL's word for it
    const char* direction; ///< of ascending index
    const char* standard_name;
    std::string unit;
    std::vector<double> values;
};

DataType type_of(GDALDataType type)
{
    return DataType(GDALExtendedDataTypeCreate(type));
}

std::vector<Axis> axes_of(const Grid& grid, const std::vector<Seconds>& times, const Crs& crs)
{
    Axis time{"time", "TEMPORAL", "", "time", "seconds since 1970-01-01 00:00:00", {}};
    std::transform(times.begin(), times.end(), std::back_inserter(time.values),
                   [](Seconds seconds) { return static_cast<double>(seconds); });
    const std::string unit = crs.metres_per_unit == 1 ? "m" : fmt::format("{} m", crs.metres_per_unit);
    Axis y{"y", "HORIZONTAL_Y", "SOUTH", "projection_y_coordinate", unit, {}};
    Axis x{"x", "HORIZONTAL_X", "EAST", "projection_x_coordinate", unit, {}};
    if (crs.geographic) {
        y = {"lat", "HORIZONTAL_Y", "SOUTH", "latitude", "degrees_north", {}};
        x = {"lon", "HORIZONTAL_X", "EAST", "longitude", "degrees_east", {}};
    }
    for (std::int64_t row = 0; row < grid.rows; ++row) {
        y.values.push_back(grid.centre_y(row));
    }
    for (std::int64_t col = 0; col < grid.cols; ++col) {
        x.values.push_back(grid.centre_x(col));
    }
    return {time, y, x};
}

/// A text attribute of a group or an array.
template <auto Create, typename Handle>
void set_text(Handle of, const std::string& key, const std::string& value)
{
    if (value.empty()) {
        return;
    }
    const DataType text(GDALExtendedDataTypeCreateString(0));
    const Attribute attribute(Create(of, key.c_str(), 0, nullptr, text.get(), nullptr));
    if (attribute != nullptr) { // else GDAL has reported a failure, which finish() looks for
        GDALAttributeWriteString(attribute.get(), value.c_str());
    }
}

constexpr auto set_group_text = set_text<GDALGroupCreateAttribute, GDALGroupH>;
constexpr auto set_array_text = set_text<GDALMDArrayCreateAttribute, GDALMDArrayH>;

Dimension add_axis(GDALGroupH group, const Axis& axis)
{
    Dimension dimension(
        GDALGroupCreateDimension(group, axis.name, axis.type, axis.direction, axis.values.size(), nullptr));
    if (dimension == nullptr) {
        return dimension;
    }
    const DataType number = type_of(GDT_Float64);
    GDALDimensionH of[] = {dimension.get()};
    const Array array(GDALGroupCreateMDArray(group, axis.name, 1, of, number.get(), nullptr));
    if (array == nullptr) {
        return nullptr;
    }
    set_array_text(array.get(), "standard_name", axis.standard_name);
    GDALMDArraySetUnit(array.get(), axis.unit.c_str());
    if (std::string(axis.name) == "time") {
        set_array_text(array.get(), "calendar", "standard");
    }
    const GUInt64 start = 0;
    const std::size_t count = axis.values.size();
    const std::size_t bytes = count * sizeof(double);
    const bool written = GDALMDArrayWrite(array.get(), &start, &count, nullptr, nullptr, number.get(),
                                          axis.values.data(), axis.values.data(), bytes) != 0;
    return written ? std::move(dimension) : nullptr;
}

/// Reads one array whole or slice by slice. Null when there is none.
Array open_array(GDALDatasetH dataset, const std::string& name)
{
    const Group group(GDALDatasetGetRootGroup(dataset));
    return Array(group == nullptr ? nullptr : GDALGroupOpenMDArray(group.get(), name.c_str(), nullptr));
}

bool axis_holds(GDALDatasetH dataset, const Axis& axis)
{
    const Array array = open_array(dataset, axis.name);
    const std::size_t count = axis.values.size();
    if (array == nullptr || GDALMDArrayGetDimensionCount(array.get()) != 1 ||
        GDALMDArrayGetTotalElementsCount(array.get()) != count) {
        return false;
    }
    std::vector<double> values(count);
    const GUInt64 start = 0;
    const DataType number = type_of(GDT_Float64);
    return GDALMDArrayRead(array.get(), &start, &count, nullptr, nullptr, number.get(), values.data(),
                           values.data(), count * sizeof(double)) != 0 &&
           values == axis.values;
}

void require_netcdf(const std::string& path, const PendingOutput& output, const std::string& format)
{
    if (!is_netcdf(path, format)) {
        throw UsageError(fmt::format("{}: a cube of times is written as netCDF; name it .nc", path));
    }
    if (output.to_stream()) {
        throw UsageError(fmt::format("{}: netCDF cannot be written to a stream; name a file", path));
    }
}

void require_fitting(const std::string& path, const Grid& grid, std::size_t slices)
{
    const double bytes =
        static_cast<double>(grid.cells()) * static_cast<double>(slices) * static_cast<double>(sizeof(float));
    if (bytes > most_bytes) {
        fail(ExitCode::limit,
             "{}: {} slices of {} x {} cells are {:.3g} GB, and netCDF holds 4.29; write .tif", path, slices,
             grid.rows, grid.cols, bytes / 1e9);
    }
}

} // namespace

bool is_netcdf(const std::string& path, const std::string& format)
{
    return format.empty() ? std::filesystem::path(path).extension() == ".nc"
                          : format == "netcdf" || format == "nc";
}

struct NetcdfWriter::State {
    std::string path;
    Grid grid;
    CubeDescription description;
    WriteOptions options;
    PendingOutput output;
    std::vector<Axis> axes;
    Dataset dataset;
    Group group;
    Array array;
    std::vector<float> rounded;
    std::vector<Checksum> written;

    void create(const Crs& crs);
    void check();
    bool slices_hold(GDALDatasetH file);
    void close();
    /// Reads or writes one slice of `of`, from or to `rounded`.
    template <typename Transfer>
    bool transfer(GDALMDArrayH of, std::size_t slice, Transfer move);
};

void NetcdfWriter::State::create(const Crs& crs)
{
    KeyValues format;
    format.set("FORMAT", "NC2");
    dataset.reset(GDALCreateMultiDimensional(GDALGetDriverByName("netCDF"), output.file().c_str(), nullptr,
                                             format.get()));
    check();
    group.reset(GDALDatasetGetRootGroup(dataset.get()));
    std::vector<Dimension> owned;
    std::vector<GDALDimensionH> dimensions;
    for (const Axis& axis : axes) {
        owned.push_back(add_axis(group.get(), axis));
        check();
        dimensions.push_back(owned.back().get());
    }
    const DataType number = type_of(GDT_Float32);
    array.reset(GDALGroupCreateMDArray(group.get(), description.name.c_str(), dimensions.size(),
                                       dimensions.data(), number.get(), nullptr));
    check();
    const SpatialReference srs = spatial_reference(crs);
    const std::array<int, 2> order{3, 2}; // which axis of the array is x, and which is y
    OSRSetDataAxisToSRSAxisMapping(srs.get(), 2, order.data());
    GDALMDArraySetSpatialRef(array.get(), srs.get());
    GDALMDArraySetNoDataValueAsDouble(array.get(), static_cast<double>(raster_no_data));
    GDALMDArraySetUnit(array.get(), description.unit.c_str());
    set_array_text(array.get(), "long_name", description.title);
    set_group_text(group.get(), "Conventions", "CF-1.8");
    set_group_text(group.get(), "title", description.title);
    set_group_text(group.get(), "source", std::string("vigil ") + version);
    check();
}

/// GDAL tells of failures in several ways, one of which is always the first message.
void NetcdfWriter::State::check()
{
    require_written(path);
    if (dataset == nullptr) {
        fail(ExitCode::output, "{}: netCDF cannot be written here", path);
    }
}

template <typename Transfer>
bool NetcdfWriter::State::transfer(GDALMDArrayH of, std::size_t slice, Transfer move)
{
    const std::array<GUInt64, 3> start{slice, 0, 0};
    const std::array<std::size_t, 3> count{1, static_cast<std::size_t>(grid.rows),
                                           static_cast<std::size_t>(grid.cols)};
    const DataType number = type_of(GDT_Float32);
    return move(of, start.data(), count.data(), nullptr, nullptr, number.get(), rounded.data(),
                rounded.data(), rounded.size() * sizeof(float)) != 0;
}

bool NetcdfWriter::State::slices_hold(GDALDatasetH file)
{
    const Array read = open_array(file, description.name);
    if (read == nullptr || GDALMDArrayGetDimensionCount(read.get()) != axes.size() ||
        GDALMDArrayGetTotalElementsCount(read.get()) != rounded.size() * written.size()) {
        return false;
    }
    for (std::size_t slice = 0; slice < written.size(); ++slice) {
        Checksum seen;
        std::fill(rounded.begin(), rounded.end(), raster_no_data);
        if (!transfer(read.get(), slice, GDALMDArrayRead)) {
            return false;
        }
        seen.add(rounded);
        if (!(seen == written[slice])) {
            return false;
        }
    }
    return true;
}

/// The file is written only when nothing of it is held any more.
void NetcdfWriter::State::close()
{
    array.reset();
    group.reset();
    close_written(dataset, path);
}

NetcdfWriter::NetcdfWriter(const std::string& path, const Grid& grid, std::vector<Seconds> times,
                           const Crs& crs, const CubeDescription& description, const WriteOptions& options)
{
    if (grid.rows < 1 || grid.cols < 1 || times.empty() ||
        std::adjacent_find(times.begin(), times.end(), std::greater_equal<>()) != times.end()) {
        throw std::logic_error("a cube of no cells, or of times that do not ascend");
    }
    use_gdal();
    use_netcdf();
    state_.reset(new State{.path = path,
                           .grid = grid,
                           .description = description,
                           .options = options,
                           .output = PendingOutput(path, options.overwrite),
                           .axes = axes_of(grid, times, crs),
                           .dataset = {},
                           .group = {},
                           .array = {},
                           .rounded = {},
                           .written = {}});
    require_netcdf(path, state_->output, options.format);
    require_fitting(path, grid, times.size());
    forget_gdal_failures();
    state_->create(crs);
    state_->rounded.resize(static_cast<std::size_t>(grid.cells()));
}

NetcdfWriter::~NetcdfWriter() = default;

void NetcdfWriter::write_slice(std::span<const double> values)
{
    State& s = *state_;
    if (values.size() != s.rounded.size() || s.written.size() == s.axes.front().values.size()) {
        throw std::logic_error("a slice too many, or of another size");
    }
    round_to_file(values, s.rounded, s.path);
    forget_gdal_failures();
    const bool done = s.transfer(s.array.get(), s.written.size(), GDALMDArrayWrite);
    require_written(s.path);
    if (!done) {
        fail(ExitCode::output, "{}: cannot be written", s.path);
    }
    s.written.emplace_back().add(s.rounded);
}

void NetcdfWriter::finish(const Notes& notes)
{
    State& s = *state_;
    if (s.written.size() != s.axes.front().values.size()) {
        throw std::logic_error("a cube with slices missing");
    }
    auto& known = s.options.provenance.notes;
    known.insert(known.end(), notes.begin(), notes.end());
    forget_gdal_failures();
    if (!s.options.drop_provenance) {
        for (const auto& [key, value] : provenance_items(s.options.provenance)) {
            set_group_text(s.group.get(), key, value);
        }
    }
    s.close();
    {
        const char* const drivers[] = {"netCDF", nullptr};
        const Dataset file(GDALOpenEx(s.output.file().c_str(), GDAL_OF_READONLY | GDAL_OF_MULTIDIM_RASTER,
                                      drivers, nullptr, nullptr));
        const bool whole = file != nullptr &&
                           std::all_of(s.axes.begin(), s.axes.end(),
                                       [&](const Axis& axis) { return axis_holds(file.get(), axis); }) &&
                           s.slices_hold(file.get());
        if (!whole || !gdal_failure().empty()) {
            fail(ExitCode::output, "{}: what was written does not read back; is the disk full?", s.path);
        }
    }
    s.output.commit();
}

void write_netcdf(const std::string& path, std::span<const Raster<double>> slices, std::vector<Seconds> times,
                  const Crs& crs, const CubeDescription& description, const WriteOptions& options)
{
    if (slices.empty() || slices.size() != times.size()) {
        throw std::logic_error("as many slices as times are needed");
    }
    NetcdfWriter writer(path, slices.front().grid, std::move(times), crs, description, options);
    for (const Raster<double>& slice : slices) {
        if (slice.grid != slices.front().grid) {
            throw std::logic_error("slices of one cube have one grid");
        }
        writer.write_slice(slice.values);
    }
    writer.finish();
}

} // namespace vigil::io
