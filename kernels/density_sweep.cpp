#include "kernels/density_rows.h"

#include <array>
#include <limits>
#include <type_traits>
#include <utility>

namespace vigil::density_detail {

namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon() / 2;

/// Along one row the kernel of place i is a polynomial of the column's position t, inside [first, last]:
///
///     w (q + 2 p t - t^2)^power,   q = 1 - dy^2 / h^2 - p^2
///
/// with p the place's position; p and t are counted in bandwidths from the centre of a block of columns. A
/// row is swept from left to right with the sum of the coefficients of all places that are active. The lane
/// after the coefficients counts the active places, so that empty cells are exactly 0.
template <int power>
struct Moments {
    static constexpr int degree = 2 * power;
    static constexpr int count_lane = degree + 1;
    static constexpr std::size_t lanes = power == 0 ? 2 : (power == 1 ? 4 : 8); // one cache line at most

    alignas(lanes * sizeof(double)) std::array<double, lanes> lane{};

    static Moments of(double weight, double q, double p)
    {
        Moments m;
        auto& a = m.lane;
        if constexpr (power == 0) {
            a = {weight, 1};
        } else if constexpr (power == 1) {
            a = {weight * q, weight * (2 * p), -weight, 1};
        } else if constexpr (power == 2) {
            const double p2 = p * p;
            a = {weight * (q * q),
                 weight * (4 * p * q),
                 weight * (4 * p2 - 2 * q),
                 weight * (-4 * p),
                 weight,
                 1,
                 0,
                 0};
        } else {
            const double p2 = p * p;
            a = {weight * (q * q * q),
                 weight * (6 * p * q * q),
                 weight * (12 * q * p2 - 3 * q * q),
                 weight * (8 * p * p2 - 12 * p * q),
                 weight * (3 * q - 12 * p2),
                 weight * (6 * p),
                 -weight,
                 1};
        }
        return m;
    }
    void add(const Moments& other)
    {
        for_each_lane([&](auto k) { lane[k] += other.lane[k]; });
    }
    void subtract(const Moments& other)
    {
        for_each_lane([&](auto k) { lane[k] -= other.lane[k]; });
    }
    [[nodiscard]] bool active() const { return lane[count_lane] > 0.5; }
    [[nodiscard]] double at(double t) const
    {
        double value = lane[degree];
        for (int k = degree - 1; k >= 0; --k) {
            value = value * t + lane[static_cast<std::size_t>(k)];
        }
        return value;
    }

  private:
    // written out lane by lane, so that new moments stay in registers
    template <typename Body, std::size_t... k>
    static void for_lanes(const Body& body, std::index_sequence<k...> /*lanes*/)
    {
        (body(std::integral_constant<std::size_t, k>()), ...);
    }
    template <typename Body>
    static void for_each_lane(const Body& body)
    {
        for_lanes(body, std::make_index_sequence<std::size_t{count_lane} + 1>());
    }
};

template <int power>
class RowSweep {
  public:
    explicit RowSweep(const Work& work)

        : work_(work), h_(work.options.bandwidth_m), per_h_(1 / h_), block_(block_length(work.reach)),
          events_(static_cast<std::size_t>(work.reach.cols)),
          block_of_(static_cast<std::size_t>(work.reach.cols) + 1, -1)
    {
        for (std::int64_t col = 0; col < work.reach.cols; ++col) {
            block_of_[static_cast<std::size_t>(col)] = static_cast<std::int32_t>(col / block_);
        }
        blocks_.resize(static_cast<std::size_t>((work.reach.cols + block_ - 1) / block_));
        for (std::size_t b = 0; b < blocks_.size(); ++b) {
            blocks_[b].centre_m =
                (static_cast<double>(b) + 0.5) * static_cast<double>(block_) * work.reach.cell_m;
        }
        const double t = static_cast<double>(block_) * work.reach.cell_m / (2 * h_);
        const double span = 2 * t + 1; // |p| <= t + 1 and |t|: the terms of one place sum to at most this
        term_size_ = std::pow(1 + span * span, power);
    }

    /// Fills one row; gives its rounding bound.
    double run(std::int64_t row)
    {
        const double y = work_.reach.centre(row);
        const auto places = work_.bands.near(y, y);
        for (std::size_t begin = 0; begin < places.size(); begin += together) {
            enter(places.subspan(begin, std::min(together, places.size() - begin)), y);
        }
        double bound = 0;
        double* out = &work_.raster.at(row, 0);
        for (std::size_t b = 0; b < blocks_.size(); ++b) {
            Block& block = blocks_[b];
            if (block.places > 0) {
                bound = std::fmax(bound, rounding(block));
                walk(b, places, y, out);
                block.start = Moments<power>{};
                block.weight = block.places = 0;
            }
        }
        return bound;
    }

  private:
    struct Block {
        Moments<power> start; ///< places already active at its first column
        double weight = 0;    ///< of the places active somewhere in it
        double places = 0;
        double centre_m = 0;
    };
    static constexpr std::size_t together = 64; ///< places whose intervals are computed side by side

    /// Columns in a block: at least the columns a kernel covers, so that it meets two blocks at most.
    static std::int64_t block_length(const Reach& reach)
    {
        const double covered = std::floor(2 * reach.reach_m / reach.cell_m) + 1;
        return static_cast<std::int64_t>(std::fmin(covered, static_cast<double>(reach.cols)));
    }

    void enter(std::span<const Place> places, double y)
    {
        std::array<double, together> dy2, west, east;
        for (std::size_t i = 0; i < places.size(); ++i) {
            const double dy = y - places[i].y;
            dy2[i] = dy * dy;
            work_.reach.ends(places[i].x, dy2[i], west[i], east[i]);
        }
        for (std::size_t i = 0; i < places.size(); ++i) {
            const Columns columns = work_.reach.columns(west[i], east[i], places[i].x, dy2[i]);
            if (columns.first <= columns.last) {
                enter(places[i], 1 - dy2[i] * (per_h_ * per_h_), columns);
            }
        }
    }

    /// Adds one place's events; rest = 1 - dy^2 / h^2.
    void enter(const Place& place, double rest, const Columns& columns)
    {
        const std::int32_t first = block_of_[static_cast<std::size_t>(columns.first)];
        const std::int32_t last = block_of_[static_cast<std::size_t>(columns.last)];
        Moments<power> moments = join(first, place, rest);
        events_[static_cast<std::size_t>(columns.first)].add(moments);
        if (last != first) {
            moments = join(last, place, rest);
            blocks_[static_cast<std::size_t>(last)].start.add(moments);
        }
        const auto after = static_cast<std::size_t>(columns.last + 1);
        if (block_of_[after] == last) { // else the next block begins without it
            events_[after].subtract(moments);
        }
    }

    Moments<power> join(std::int32_t index, const Place& place, double rest)
    {
        Block& block = blocks_[static_cast<std::size_t>(index)];
        block.weight += place.weight;
        block.places += 1;
        const double p = (place.x - block.centre_m) * per_h_;
        return Moments<power>::of(place.weight, rest - p * p, p);
    }

    void walk(std::size_t b, std::span<const Place> places, double y, double* out)
    {
        const auto index = static_cast<std::int64_t>(b);
        const std::int64_t begin = index * block_;
        const std::int64_t end = std::min(begin + block_, work_.reach.cols);
        const double centre = static_cast<double>(block_) / 2;
        const double step = work_.reach.cell_m / h_;
        Moments<power> running = blocks_[b].start;
        for (std::int64_t col = begin; col < end; ++col) {
            auto& event = events_[static_cast<std::size_t>(col)];
            running.add(event);
            event = Moments<power>{};
            if (!running.active()) {
                continue;
            }
            const double value = running.at((static_cast<double>(col - begin) + 0.5 - centre) * step);
            out[col] = value > 0 ? value : straight(places, work_.reach.centre(col), y);
        }
    }

    /// The plain sum for one cell, where so little is left that rounding hides its sign.
    [[nodiscard]] double straight(std::span<const Place> places, double x, double y) const
    {
        double sum = 0;
        for (const Place& place : places) {
            const double dx = x - place.x;
            const double dy = y - place.y;
            const double dist_m2 = dx * dx + dy * dy;
            if (work_.reach.inside(dist_m2)) {
                const double rest = (work_.reach.reach_m2 - dist_m2) / work_.reach.reach_m2;
                double value = place.weight;
                for (int k = 0; k < power; ++k) {
                    value *= rest;
                }
                sum += value;
            }
        }
        return sum;
    }

    /// Every place is added and taken away once, every column adds once, a few operations make its terms.
    [[nodiscard]] double rounding(const Block& block) const
    {
        const double operations = 2 * block.places + static_cast<double>(block_) + 4 * power + 8;
        return operations * epsilon * term_size_ * block.weight;
    }

    const Work& work_;
    double h_, per_h_;
    std::int64_t block_;
    std::vector<Moments<power>> events_;
    std::vector<std::int32_t> block_of_;
    std::vector<Block> blocks_;
    double term_size_ = 1;
};

template <int power>
double sweep_rows(const Work& work)
{
    constexpr std::int64_t rows_together = 16;
    return over_rows(work, rows_together, [&](std::int64_t begin, std::int64_t end) {
        RowSweep<power> rows(work);
        double bound = 0;
        for (std::int64_t row = begin; row < end; ++row) {
            bound = std::fmax(bound, rows.run(row));
        }
        return bound;
    });
}

} // namespace

double sweep(const Work& work, int power)
{
    switch (power) {
    case 0:
        return sweep_rows<0>(work);
    case 1:
        return sweep_rows<1>(work);
    case 2:
        return sweep_rows<2>(work);
    default:
        return sweep_rows<3>(work);
    }
}

} // namespace vigil::density_detail
