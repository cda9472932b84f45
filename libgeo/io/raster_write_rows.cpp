#include "libgeo/io/raster_write_rows.h"

#include "libgeo/error.h"
#include "libgeo/io/gdal.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace vigil::io {

namespace {

std::int64_t halved(std::int64_t n)
{
    return (n + 1) / 2;
}

/// One row of the next overview from two rows (or the last one alone): 2 x 2 cells, NaN passed over.
std::vector<double> merged(std::span<const double> upper, std::span<const double> lower, bool sums)
{
    const std::size_t cols = upper.size();
    std::vector<double> row((cols + 1) / 2);
    for (std::size_t i = 0; i < row.size(); ++i) {
        double sum = 0;
        double n = 0;
        const auto take = [&](double value) {
            const bool valid = !std::isnan(value);
            sum += valid ? value : 0;
            n += valid ? 1 : 0;
        };
        const std::size_t right = 2 * i + 1;
        take(upper[2 * i]);
        if (right < cols) {
            take(upper[right]);
        }
        if (!lower.empty()) {
            take(lower[2 * i]);
            if (right < cols) {
                take(lower[right]);
            }
        }
        const double empty = std::numeric_limits<double>::quiet_NaN();
        row[i] = n == 0 ? empty : (sums ? sum : sum / n);
    }
    return row;
}

} // namespace

void round_to_file(std::span<const double> values, std::span<float> rounded, const std::string& path)
{
    constexpr auto largest = static_cast<double>(std::numeric_limits<float>::max());
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double value = values[i];
        if (std::fabs(value) > largest) {
            fail(ExitCode::output, "{}: a value of {:.3g} is too large for the file", path, value);
        }
        const auto stored = static_cast<float>(value);
        rounded[i] = std::isnan(value)            ? raster_no_data
                     : (stored == raster_no_data) ? std::nextafter(raster_no_data, 0.0F)
                                                  : stored;
    }
}

void Checksum::add(std::span<const float> row)
{
    constexpr std::uint64_t odd = 0x9e3779b97f4a7c15; // 2^64 / golden ratio
    const auto mix = [this](std::uint64_t word) {
        sum_ = (sum_ ^ word) * odd;
        sum_ ^= sum_ >> 32U;
    };
    std::size_t i = 0;
    for (; i + 2 <= row.size(); i += 2) {
        std::uint64_t word = 0;
        std::memcpy(&word, &row[i], sizeof word);
        mix(word);
    }
    if (i < row.size()) {
        std::uint32_t last = 0;
        std::memcpy(&last, &row[i], sizeof last);
        mix(last);
    }
}

void RowStatistics::add(std::span<const float> row)
{
    double count = 0;
    double sum = 0;
    for (const float value : row) {
        if (value != raster_no_data) {
            const auto v = static_cast<double>(value);
            count += 1;
            sum += v;
            least = std::min(least, v);
            most = std::max(most, v);
        }
    }
    if (count == 0) {
        return;
    }
    const double row_mean = sum / count;
    double row_squares = 0;
    for (const float value : row) {
        const double off = value != raster_no_data ? static_cast<double>(value) - row_mean : 0;
        row_squares += off * off;
    }
    const double apart = row_mean - mean; // Chan, Golub & LeVeque (1983), eq. 2.1
    const double together = n + count;
    mean += apart * count / together;
    squares += row_squares + apart * apart * n * count / together;
    n = together;
}

TileRows::TileRows(GDALRasterBandH band, std::int64_t rows, std::int64_t cols)
    : band_(band), rows_(rows), cols_(cols)
{
}

void TileRows::add(std::span<const float> row, const std::string& path)
{
    constexpr std::size_t edge = scratch_tile;
    constexpr std::size_t area = edge * edge;
    if (tiles_.empty()) {
        tiles_.assign((row.size() + edge - 1) / edge * area, raster_no_data);
    }
    checksum_.add(row);
    const std::size_t in_tile = static_cast<std::size_t>(done_) % edge;
    for (std::size_t col = 0; col < row.size(); col += edge) {
        const std::size_t n = std::min(edge, row.size() - col);
        std::copy_n(&row[col], n, &tiles_[col / edge * area + in_tile * edge]);
    }
    ++done_;
    if (done_ % scratch_tile == 0 || done_ == rows_) {
        write_tiles(path);
    }
}

void TileRows::write_tiles(const std::string& path)
{
    constexpr std::size_t area = std::size_t{scratch_tile} * scratch_tile;
    const int tile_row = static_cast<int>((done_ - 1) / scratch_tile);
    for (std::size_t tile = 0; tile * area < tiles_.size(); ++tile) {
        if (GDALWriteBlock(band_, static_cast<int>(tile), tile_row, &tiles_[tile * area]) != CE_None) {
            require_written(path);
            fail(ExitCode::output, "{}: cannot be written", path);
        }
    }
    if (done_ == rows_) {
        tiles_ = {};
    } else {
        std::fill(tiles_.begin(), tiles_.end(), raster_no_data); // of a last row of tiles, some stay empty
    }
}

BandRows::BandRows(GDALRasterBandH band, const Grid& grid, bool sums) : sums_(sums)
{
    levels_.emplace_back(band, grid.rows, grid.cols);
    for (int i = 0; i < GDALGetOverviewCount(band); ++i) {
        const TileRows& finer = levels_.back();
        levels_.emplace_back(GDALGetOverview(band, i), halved(finer.rows()), halved(finer.cols()));
    }
    held_.resize(levels_.size());
}

void BandRows::add(std::span<const double> row, const std::string& path)
{
    for (const double value : row) {
        largest_ = std::max(largest_, value); // false for NaN
    }
    add_to(0, row, path);
}

void BandRows::add_to(std::size_t level, std::span<const double> row, const std::string& path)
{
    TileRows& tiles = levels_[level];
    rounded_.resize(row.size());
    round_to_file(row, rounded_, path);
    if (level == 0) {
        statistics_.add(rounded_);
    }
    tiles.add(rounded_, path);
    if (level + 1 == levels_.size()) {
        return;
    }
    std::vector<double>& held = held_[level];
    const bool last = tiles.done() == tiles.rows();
    if (!held.empty()) {
        const std::vector<double> upper = std::move(held);
        held = {};
        add_to(level + 1, merged(upper, row, sums_), path);
    } else if (last) {
        add_to(level + 1, merged(row, {}, sums_), path);
    } else {
        held.assign(row.begin(), row.end());
    }
}

} // namespace vigil::io
