#include "kernels/density/space_time_sweep.h"

#include "libgeo/parallel.h"

#include <algorithm>
#include <cmath>

namespace vigil::space_time_detail {

namespace {

struct Columns {
    std::int64_t first = 0;
    std::int64_t last = -1;
};

/// Which cells of a row a place at x reaches, dy2 = (row centre - place y)^2: d < reach, or d <= reach when
/// closed, in exactly the arithmetic of density().
class Reach {
  public:
    Reach(const Grid& grid, double reach_m, bool closed)
        : cell_m_(grid.cell_m), per_cell_(1 / grid.cell_m), reach_m2_(reach_m * reach_m),
          most_(static_cast<double>(grid.cols) - 1), closed_(closed)
    {
    }
    [[nodiscard]] Columns columns(double x, double dy2) const
    {
        const double rest = reach_m2_ - dy2;
        if (rest < 0) {
            return {};
        }
        const double half = std::sqrt(rest);
        const double west = (x - half) * per_cell_ - 0.5;
        const double east = (x + half) * per_cell_ - 0.5;
        if (east < -surely || west > most_ + surely) {
            return {};
        }
        const double from = (west > -1 ? west : -0.5) + 1; // counted from 1, so that a cast rounds down
        const double to = (east < most_ + 0.5 ? east : most_ + 0.5) + 1;
        const auto first = static_cast<std::int64_t>(from);
        const auto last = static_cast<std::int64_t>(to) - 1;
        const double over_west = from - static_cast<double>(first);
        const double over_east = to - static_cast<double>(last + 1);
        const bool sure = over_west > surely && over_west < 1 - surely && over_east > surely &&
                          over_east < 1 - surely && rest > surely * reach_m2_;
        return sure ? Columns{first, last} : tested({first - 1, last + 1}, x, dy2);
    }

  private:
    static constexpr double surely = 1e-6; ///< columns; far more than rounding moves an end

    /// The same by asking each column, from ends that are a little wide.
    [[nodiscard]] Columns tested(Columns wide, double x, double dy2) const
    {
        const auto holds = [&](std::int64_t col) {
            const double dx = (static_cast<double>(col) + 0.5) * cell_m_ - x;
            const double dist_m2 = dx * dx + dy2;
            return closed_ ? dist_m2 <= reach_m2_ : dist_m2 < reach_m2_;
        };
        std::int64_t first = std::max<std::int64_t>(wide.first, 0);
        std::int64_t last = std::min(wide.last, static_cast<std::int64_t>(most_));
        while (first <= last && !holds(first)) {
            ++first;
        }
        while (first <= last && !holds(last)) {
            --last;
        }
        return {first, last};
    }

    double cell_m_, per_cell_, reach_m2_, most_;
    bool closed_;
};

/// One row of changes: along it, what a place adds to moment m is its moment times a polynomial of the
/// column's position t, (q + 2 p t - t^2)^power with q = 1 - dy^2 / h^2 - p^2, between its first and last
/// column. Blocks of columns count from their own centre and begin with a fresh sum (see density()).
template <std::size_t power, std::size_t moments>
class Row {
  public:
    Row(const Grid& grid, double bandwidth_m)
        : grid_(grid), reach_(grid, bandwidth_m, power == 0), h_(bandwidth_m), per_h_(1 / bandwidth_m),
          block_(static_cast<std::int64_t>(
              std::fmin(std::floor(2 * h_ / grid.cell_m) + 1, static_cast<double>(grid.cols)))),
          events_(static_cast<std::size_t>(grid.cols)), touched_(static_cast<std::size_t>(grid.cols)),
          block_of_(static_cast<std::size_t>(grid.cols) + 1, -1),
          starts_(static_cast<std::size_t>((grid.cols + block_ - 1) / block_))
    {
        for (std::int64_t col = 0; col < grid.cols; ++col) {
            block_of_[static_cast<std::size_t>(col)] = static_cast<std::int32_t>(col / block_);
        }
        for (std::size_t b = 0; b < starts_.size(); ++b) {
            starts_[b].centre_m = (static_cast<double>(b) + 0.5) * static_cast<double>(block_) * grid.cell_m;
        }
    }

    void run(std::int64_t row, std::span<const Change> changes, double* values, std::int32_t* counts)
    {
        for (const Change& change : changes) {
            const double dy = (static_cast<double>(row) + 0.5) * grid_.cell_m - change.y;
            const Columns columns = reach_.columns(change.x, dy * dy);
            if (columns.first <= columns.last) {
                enter(change, 1 - (dy * per_h_) * (dy * per_h_), columns);
            }
        }
        for (std::size_t b = 0; b < starts_.size(); ++b) {
            if (starts_[b].used) {
                walk(b, values, counts);
                starts_[b].lanes = {};
                starts_[b].used = false;
            }
        }
    }

  private:
    static constexpr std::size_t terms = 2 * power + 1;

    struct Lanes {
        std::array<double, terms * moments> coefficient{}; ///< all moments of t^0, then of t^1, ...
        double incidents = 0;                              ///< entering less leaving
        double active = 0;                                 ///< changes in force here

        void add(const Lanes& other, double sign)
        {
            for (std::size_t k = 0; k < coefficient.size(); ++k) {
                coefficient[k] += sign * other.coefficient[k];
            }
            incidents += sign * other.incidents;
            active += sign * other.active;
        }
    };
    struct Start {
        Lanes lanes;
        double centre_m = 0;
        bool used = false;
    };

    void enter(const Change& change, double rest, const Columns& columns)
    {
        const std::int32_t first = block_of_[static_cast<std::size_t>(columns.first)];
        const std::int32_t last = block_of_[static_cast<std::size_t>(columns.last)];
        Lanes lanes = lanes_of(change, rest, first);
        event(columns.first, lanes, 1);
        if (last != first) { // a block is as long as a kernel is wide, so there is no third
            lanes = lanes_of(change, rest, last);
            starts_[static_cast<std::size_t>(last)].lanes.add(lanes, 1);
        }
        const std::int64_t after = columns.last + 1;
        if (block_of_[static_cast<std::size_t>(after)] == last) { // else the next block begins without it
            event(after, lanes, -1);
        }
    }

    void event(std::int64_t col, const Lanes& lanes, double sign)
    {
        events_[static_cast<std::size_t>(col)].add(lanes, sign);
        touched_[static_cast<std::size_t>(col)] = 1;
    }

    Lanes lanes_of(const Change& change, double rest, std::int32_t block)
    {
        starts_[static_cast<std::size_t>(block)].used = true;
        const double p = (change.x - starts_[static_cast<std::size_t>(block)].centre_m) * per_h_;
        const double q = rest - p * p;
        std::array<double, terms> polynomial{1};
        for (std::size_t k = 0; k < power; ++k) { // times q + 2 p t - t^2
            for (std::size_t d = 2 * k + 3; d-- > 0;) {
                polynomial[d] = q * polynomial[d] + (d >= 1 ? 2 * p * polynomial[d - 1] : 0) -
                                (d >= 2 ? polynomial[d - 2] : 0);
            }
        }
        Lanes lanes;
        for (std::size_t d = 0; d < terms; ++d) {
            for (std::size_t m = 0; m < moments; ++m) {
                lanes.coefficient[d * moments + m] = polynomial[d] * change.moments[m];
            }
        }
        lanes.incidents = change.incidents;
        lanes.active = 1;
        return lanes;
    }

    void walk(std::size_t b, double* values, std::int32_t* counts)
    {
        const std::int64_t begin = static_cast<std::int64_t>(b) * block_;
        const std::int64_t end = std::min(begin + block_, grid_.cols);
        const double middle = static_cast<double>(block_) / 2;
        const double step = grid_.cell_m / h_;
        Lanes running = starts_[b].lanes;
        for (std::int64_t col = begin; col < end; ++col) {
            const auto c = static_cast<std::size_t>(col);
            if (touched_[c] != 0) {
                running.add(events_[c], 1);
                events_[c] = {};
                touched_[c] = 0;
                if (running.active < 0.5) {
                    running = {}; // rounding residue
                }
            }
            if (running.active < 0.5) {
                continue;
            }
            const double t = (static_cast<double>(col - begin) + 0.5 - middle) * step;
            std::array<double, moments> sum{};
            for (std::size_t d = terms; d-- > 0;) {
                for (std::size_t m = 0; m < moments; ++m) {
                    sum[m] = sum[m] * t + running.coefficient[d * moments + m];
                }
            }
            for (std::size_t m = 0; m < moments; ++m) {
                values[c * moments + m] += sum[m];
            }
            counts[c] += static_cast<std::int32_t>(running.incidents);
        }
    }

    Grid grid_;
    Reach reach_;
    double h_, per_h_;
    std::int64_t block_;
    std::vector<Lanes> events_;
    std::vector<std::uint8_t> touched_;  ///< columns where an event is
    std::vector<std::int32_t> block_of_; ///< of each column; -1 after the last
    std::vector<Start> starts_;
};

} // namespace

MomentRasters::MomentRasters(const Grid& grid, KernelShape shape, double bandwidth_m, int moments)
    : grid_(grid), bandwidth_m_(bandwidth_m), power_(polynomial_power(shape)),
      moments_(static_cast<std::size_t>(moments)), values_(static_cast<std::size_t>(grid.cells()) * moments_),
      counts_(static_cast<std::size_t>(grid.cells()))
{
}

void MomentRasters::clear()
{
    std::fill(values_.begin(), values_.end(), 0.0);
    std::fill(counts_.begin(), counts_.end(), 0);
}

template <std::size_t power, std::size_t moments>
void MomentRasters::add_as(std::span<const Change> changes)
{
    constexpr std::size_t rows_together = 16;
    const double reach = bandwidth_m_ * (1 + 1e-9); // never less than the exact test
    const auto y_less = [](const Change& change, double y) {
        return change.y < y;
    };
    parallel_chunks(
        static_cast<std::size_t>(grid_.rows), rows_together, [&](std::size_t begin, std::size_t end) {
            const auto centre = [&](std::size_t row) {
                return (static_cast<double>(row) + 0.5) * grid_.cell_m;
            };
            auto from = std::lower_bound(changes.begin(), changes.end(), centre(begin) - reach, y_less);
            const auto beyond = std::lower_bound(from, changes.end(), centre(end - 1) + reach, y_less);
            if (from == beyond) {
                return;
            }
            Row<power, moments> sweep(grid_, bandwidth_m_);
            for (std::size_t row = begin; row < end; ++row) {
                from = std::lower_bound(from, beyond, centre(row) - reach, y_less);
                const auto to = std::lower_bound(from, beyond, centre(row) + reach, y_less);
                const std::size_t cell = row * static_cast<std::size_t>(grid_.cols);
                sweep.run(static_cast<std::int64_t>(row), {from, to}, &values_[cell * moments],
                          &counts_[cell]);
            }
        });
}

template <std::size_t power>
void MomentRasters::add_as(std::span<const Change> changes)
{
    switch (moments_) {
    case 1:
        return add_as<power, 1>(changes);
    case 3:
        return add_as<power, 3>(changes);
    default:
        return add_as<power, 5>(changes);
    }
}

void MomentRasters::add(std::span<const Change> changes)
{
    switch (power_) {
    case 0:
        return add_as<0>(changes);
    case 1:
        return add_as<1>(changes);
    case 2:
        return add_as<2>(changes);
    default:
        return add_as<3>(changes);
    }
}

} // namespace vigil::space_time_detail
