#include "kernels/contours/scan.h"

#include <algorithm>
#include <array>
#include <limits>

namespace vigil::contour_detail {

namespace {

enum class Class : std::uint8_t { below, in, above, no_data };

/// Corners of squares and quarters of them run counter-clockwise: north-west, south-west, south-east,
/// north-east. Side k leads from corner k to corner k + 1: west, south, east, north.
constexpr std::size_t next_of(std::size_t k)
{
    return (k + 1) % 4;
}

class Scan {
  public:
    Scan(const Surface& surface, const Band& band)
        : surface_(surface), from_(band.from()),
          to_(band.has_upper ? band.to() : std::numeric_limits<double>::infinity())
    {
    }

    std::vector<Segment> run()
    {
        const Grid& grid = surface_.grid();
        std::vector<Class> north(static_cast<std::size_t>(grid.cols) + 2, Class::no_data);
        std::vector<Class> south = north;
        for (std::int64_t row = 0; row <= grid.rows; ++row) {
            for (std::int64_t col = 0; col < grid.cols; ++col) {
                south[static_cast<std::size_t>(col) + 1] = class_of(surface_.cell(row, col));
            }
            for (std::size_t col = 0; col + 1 < south.size(); ++col) {
                const std::array<Class, 4> corners = {north[col], south[col], south[col + 1], north[col + 1]};
                square(row, static_cast<std::int64_t>(col), corners);
            }
            north.swap(south);
        }
        return std::move(segments_);
    }

  private:
    [[nodiscard]] Class class_of(double value) const
    {
        if (value >= to_) {
            return Class::above;
        }
        if (value >= from_) {
            return Class::in;
        }
        return value < from_ ? Class::below : Class::no_data;
    }

    /// The square between the centres of cells (row - 1, col - 1) and (row, col).
    void square(std::int64_t row, std::int64_t col, const std::array<Class, 4>& corners)
    {
        if (corners[0] == corners[1] && corners[1] == corners[2] && corners[2] == corners[3]) {
            return;
        }
        const std::array<double, 4> values = {surface_.cell(row - 1, col - 1), surface_.cell(row, col - 1),
                                              surface_.cell(row, col), surface_.cell(row - 1, col)};
        std::array<bool, 4> has_data{};
        for (std::size_t k = 0; k < 4; ++k) {
            has_data[k] = corners[k] != Class::no_data;
        }
        if (has_data[0] && has_data[1] && has_data[2] && has_data[3]) {
            whole(row, col, values);
            return;
        }
        const bool diagonal = has_data[0] == has_data[2] && has_data[1] == has_data[3];
        for (std::size_t q = 0; q < 4; ++q) {
            if (has_data[q]) {
                quarter(row, col, q, diagonal, has_data);
            }
        }
    }

    void whole(std::int64_t row, std::int64_t col, const std::array<double, 4>& values)
    {
        const std::int64_t i = 2 * row - 1;
        const std::int64_t j = 2 * col - 1;
        const auto side = [&](std::size_t k, bool lower) {
            // a line between centres is two of the half lattice; its middle tells which one is crossed
            const bool vertical = k % 2 == 0;
            const std::int64_t ki = k == 1 ? i + 2 : i;
            const std::int64_t kj = k == 2 ? j + 2 : j;
            const double level = lower ? from_ : to_;
            const bool begins_in = surface_.at(ki, kj) >= level;
            const bool middle_in = surface_.at(vertical ? ki + 1 : ki, vertical ? kj : kj + 1) >= level;
            const std::int64_t step = begins_in == middle_in ? 1 : 0;
            return crossing_key(vertical ? ki + step : ki, vertical ? kj : kj + step, vertical, lower);
        };
        chords(values, true, side);
        chords(values, false, side);
    }

    /// The quarter of a square that belongs to cell q, where some of the four cells have no data.
    void quarter(std::int64_t row, std::int64_t col, std::size_t q, bool diagonal,
                 const std::array<bool, 4>& has_data)
    {
        const std::int64_t i = q == 0 || q == 3 ? 2 * row - 1 : 2 * row;
        const std::int64_t j = q == 0 || q == 1 ? 2 * col - 1 : 2 * col;
        const std::size_t middle = (q + 2) % 4; // the corner that is the middle of the square
        std::array<double, 4> values{};
        std::array<std::uint64_t, 4> points{};
        for (std::size_t k = 0; k < 4; ++k) {
            const std::int64_t ki = k == 1 || k == 2 ? i + 1 : i;
            const std::int64_t kj = k == 2 || k == 3 ? j + 1 : j;
            values[k] = surface_.at(ki, kj);
            points[k] = Vertex::key(surface_.grid(), ki, kj, Vertex::Kind::point);
        }
        if (diagonal) { // the two quarters share a point only: neither knows of the other
            values[middle] = values[q];
            points[middle] =
                Vertex::key(surface_.grid(), 2 * row, 2 * col,
                            q <= 1 ? Vertex::Kind::corner_of_west_cell : Vertex::Kind::corner_of_east_cell);
        }
        const auto side = [&](std::size_t k, bool lower) {
            return crossing_key(k == 1 ? i + 1 : i, k == 2 ? j + 1 : j, k % 2 == 0, lower);
        };
        chords(values, true, side);
        chords(values, false, side);
        if (!has_data[next_of(q)]) {
            edge(values, points, next_of(q), side);
        }
        if (!has_data[(q + 3) % 4]) {
            edge(values, points, (q + 2) % 4, side);
        }
    }

    /// The crossing of one of the two levels on the line from (i, j) to the south or to the east.
    [[nodiscard]] std::uint64_t crossing_key(std::int64_t i, std::int64_t j, bool vertical, bool lower) const
    {
        using Kind = Vertex::Kind;
        const double other = vertical ? surface_.at(i + 1, j) : surface_.at(i, j + 1);
        const bool first = (surface_.at(i, j) < other) == lower;
        const Kind kind = vertical ? (first ? Kind::north_crossing : Kind::south_crossing)
                                   : (first ? Kind::west_crossing : Kind::east_crossing);
        return Vertex::key(surface_.grid(), i, j, kind);
    }

    /// Chords of one level. Walking round the corners the area is left at one side and entered again at
    /// another; the chord leads from the one to the other. The area above `to_` lies to the right instead.
    template <typename Side>
    void chords(const std::array<double, 4>& values, bool lower, const Side& side)
    {
        const double level = lower ? from_ : to_;
        std::array<bool, 4> in{};
        for (std::size_t k = 0; k < 4; ++k) {
            in[k] = values[k] >= level;
        }
        const bool saddle = in[0] == in[2] && in[1] == in[3] && in[0] != in[1];
        const bool joined =
            saddle && 0.25 * values[0] + 0.25 * values[1] + 0.25 * values[2] + 0.25 * values[3] >= level;
        for (std::size_t k = 0; k < 4; ++k) {
            if (!in[k] || in[next_of(k)]) {
                continue;
            }
            std::size_t entry = next_of(k);
            if (saddle) {
                entry = joined ? next_of(k) : (k + 3) % 4;
            } else {
                while (in[entry] || !in[next_of(entry)]) {
                    entry = next_of(entry);
                }
            }
            if (lower) {
                segments_.push_back({side(k, true), side(entry, true)});
            } else {
                segments_.push_back({side(entry, false), side(k, false)});
            }
        }
    }

    /// What of side k, where the data end, is in the band.
    template <typename Side>
    void edge(const std::array<double, 4>& values, const std::array<std::uint64_t, 4>& points, std::size_t k,
              const Side& side)
    {
        const Class begin = class_of(values[k]);
        const Class end = class_of(values[next_of(k)]);
        if (begin == end && begin != Class::in) {
            return;
        }
        const std::uint64_t from = begin == Class::in ? points[k] : side(k, begin == Class::below);
        const std::uint64_t to = end == Class::in ? points[next_of(k)] : side(k, end == Class::below);
        segments_.push_back({from, to});
    }

    const Surface& surface_;
    double from_, to_;
    std::vector<Segment> segments_;
};

} // namespace

std::vector<Segment> border_segments(const Surface& surface, const Band& band)
{
    return Scan(surface, band).run();
}

} // namespace vigil::contour_detail
