#include "kernels/density/lanes.h"
#include "kernels/density/rows.h"

#include <array>
#include <limits>

namespace vigil::density_detail {

namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon() / 2;
constexpr std::size_t together = 64; // places whose intervals are computed side by side

/// Along one row the kernel of place i is a polynomial of the column's position t, inside [first, last]:
///
///     w (q + 2 p t - t^2)^power,   q = (h_i / H)^2 - dy^2 / H^2 - p^2
///
/// with p the place's position; p and t are counted in H, the widest bandwidth, from the centre of a block of
/// columns. A row is swept from left to right with the sum of the coefficients of all places that are active.
/// The lane after the coefficients counts the active places, so that empty cells are exactly 0.
///
/// All lanes are made at once, as a product of sums of q, p and constants.
template <int power>
inline void set_moments(Lanes& m, double w, double q, double p)
{
    if constexpr (power == 0) {
        m = w * Lanes{1, 0, 0, 0, 0, 0, 0, 0} + Lanes{0, 1, 0, 0, 0, 0, 0, 0};
    } else if constexpr (power == 1) { // q, 2 p, -1
        const Lanes a = q * Lanes{1, 0, 0, 0, 0, 0, 0, 0} + p * Lanes{0, 2, 0, 0, 0, 0, 0, 0} -
                        Lanes{0, 0, 1, 0, 0, 0, 0, 0};
        m = a * w + Lanes{0, 0, 0, 1, 0, 0, 0, 0};
    } else if constexpr (power == 2) { // q^2, 4 p q, 4 p^2 - 2 q, -4 p, 1
        const Lanes a = q * Lanes{1, 0, 0, 0, 0, 0, 0, 0} + p * Lanes{0, 4, 2, -4, 0, 0, 0, 0} +
                        Lanes{0, 0, 0, 0, 1, 0, 0, 0};
        const Lanes b = q * Lanes{1, 1, 0, 0, 0, 0, 0, 0} + p * Lanes{0, 0, 2, 0, 0, 0, 0, 0} +
                        Lanes{0, 0, 0, 1, 1, 0, 0, 0};
        m = (a * b - q * Lanes{0, 0, 2, 0, 0, 0, 0, 0}) * w + Lanes{0, 0, 0, 0, 0, 1, 0, 0};
    } else { // q^3, 6 p q^2, q (12 p^2 - 3 q), p (8 p^2 - 12 q), 3 q - 12 p^2, 6 p, -1
        const Lanes a = q * Lanes{1, 1, 1, 0, 0, 0, 0, 0} + p * Lanes{0, 0, 0, 1, 0, 0, 0, 0} +
                        Lanes{0, 0, 0, 0, 1, 1, 1, 0};
        const Lanes b = q * Lanes{1, 1, 0, 0, 0, 0, 0, 0} + p * Lanes{0, 0, 1, 1, 1, 0, 0, 0} +
                        Lanes{0, 0, 0, 0, 0, 1, 1, 0};
        const Lanes c = q * Lanes{1, 0, 0, 0, 0, 0, 0, 0} + p * Lanes{0, 6, 12, 8, -12, 6, 0, 0} -
                        Lanes{0, 0, 0, 0, 0, 0, 1, 0};
        m = (b * c + q * Lanes{0, 0, -3, -12, 3, 0, 0, 0}) * a * w + Lanes{0, 0, 0, 0, 0, 0, 0, 1};
    }
}

template <int power>
inline double value_at(const Lanes& sum, double t)
{
    double value = sum[2 * power];
    for (int k = 2 * power - 1; k >= 0; --k) {
        value = value * t + sum[k];
    }
    return value;
}

/// Blocks of columns just long enough for the widest kernel, so that one meets two blocks at most.
struct Blocks {
    std::int32_t length = 1;
    std::vector<std::int32_t> of; ///< block of each column, and -1 after the last

    Blocks(const Reach& reach, double widest_m) : of(static_cast<std::size_t>(reach.cols) + 1, -1)
    {
        const double covered = std::floor(2 * widest_m / reach.cell_m) + 1;
        length = static_cast<std::int32_t>(std::fmin(covered, static_cast<double>(reach.cols)));
        for (std::int32_t col = 0; col < reach.cols; ++col) {
            of[static_cast<std::size_t>(col)] = col / length;
        }
    }
    [[nodiscard]] std::size_t count() const { return static_cast<std::size_t>(of[of.size() - 2]) + 1; }
};

/// What changes at a column. (A vector type alone would lose its alignment in a container.)
struct alignas(64) Event {
    Lanes sum{};
};

struct alignas(64) Block {
    Lanes start{}; ///< places already active at its first column
    double centre_m = 0;
    double weight = 0; ///< most that can be active in it
    double places = 0;
};

/// The places that the rows of a job can meet, column by column, so that many are measured at once.
struct SpotColumns {
    std::vector<double> x, y, h2;

    explicit SpotColumns(std::span<const Spot> spots) : x(spots.size()), y(spots.size()), h2(spots.size())
    {
        for (std::size_t i = 0; i < spots.size(); ++i) {
            x[i] = spots[i].x;
            y[i] = spots[i].y;
            h2[i] = spots[i].bandwidth_m * spots[i].bandwidth_m;
        }
    }
};

/// The intervals of some places in one row.
struct Intervals {
    alignas(64) std::array<double, together> rest; ///< h^2 - dy^2; below 0 the row is out of reach
    alignas(64) std::array<double, together> west, east;
    alignas(64) std::array<double, together> slack; ///< how far rounding is from changing first and last
    alignas(64) std::array<std::int32_t, together> first, last;
};

inline double smaller(double a, double b)
{
    return a < b ? a : b;
}

inline double larger(double a, double b)
{
    return a > b ? a : b;
}

template <int power>
struct RowSweep {
    const RowsJob& job;
    Blocks blocks_of;
    double widest_m, per_widest, per_widest2;
    std::vector<Event> events;
    std::vector<Block> blocks;
    double term_size = 1;

    explicit RowSweep(const RowsJob& of)
        : job(of), blocks_of(of.reach, of.bands.widest_m()), widest_m(of.bands.widest_m()),
          per_widest(1 / widest_m), per_widest2(per_widest * per_widest),
          events(static_cast<std::size_t>(of.reach.cols) + 1), blocks(blocks_of.count())
    {
        for (std::size_t b = 0; b < blocks.size(); ++b) {
            blocks[b].centre_m =
                (static_cast<double>(b) + 0.5) * static_cast<double>(blocks_of.length) * of.reach.cell_m;
        }
        const double t = static_cast<double>(blocks_of.length) * of.reach.cell_m / (2 * widest_m);
        const double span = 2 * t + 1; // |p| <= t + 1 and |t|: the terms of one place sum to at most this
        term_size = std::pow(1 + span * span, power);
    }

    /// Weight and number of the places that can be active in each block, for all rows of the job.
    void weigh(std::span<const Spot> spots)
    {
        const double per_block = 1 / (static_cast<double>(blocks_of.length) * job.reach.cell_m);
        const double most = static_cast<double>(blocks.size()) - 1;
        const double reach = widest_m * (1 + 1e-9) + job.reach.cell_m;
        for (const Spot& spot : spots) {
            const auto from = static_cast<std::size_t>(std::clamp((spot.x - reach) * per_block, 0.0, most));
            const auto to = static_cast<std::size_t>(std::clamp((spot.x + reach) * per_block, 0.0, most));
            for (std::size_t b = from; b <= to; ++b) {
                blocks[b].weight += std::fabs(spot.weight);
                blocks[b].places += 1;
            }
        }
    }

    [[nodiscard]] double bound() const
    {
        double most = 0;
        for (const Block& block : blocks) {
            // every place is added and taken away once, every column adds once, some operations make its
            // terms
            const double operations =
                2 * block.places + static_cast<double>(blocks_of.length) + 4 * power + 10;
            most = std::fmax(most, operations * epsilon * term_size * block.weight);
        }
        return most;
    }

    /// The columns [first, last] whose centres lie within reach of each place, and how sure that is.
    inline void measure(const SpotColumns& spots, std::size_t begin, std::size_t n, double y,
                        Intervals& in) const
    {
        const double per_cell = job.reach.per_cell;
        const double most = static_cast<double>(job.reach.cols) + 0.5;
        const double* const x = spots.x.data() + begin;
        const double* const at_y = spots.y.data() + begin;
        const double* const h2 = spots.h2.data() + begin;
        for (std::size_t i = 0; i < n; ++i) {
            const double dy = y - at_y[i];
            in.rest[i] = h2[i] - dy * dy;
            const double half = std::sqrt(larger(in.rest[i], 0));
            // counted in columns from half a column before the first centre
            in.west[i] = smaller(larger((x[i] - half) * per_cell + 0.5, 0.5), most);
            in.east[i] = smaller(larger((x[i] + half) * per_cell + 0.5, 0.5), most);
        }
        for (std::size_t i = 0; i < n; ++i) {
            in.first[i] = static_cast<std::int32_t>(in.west[i]);
            in.last[i] = static_cast<std::int32_t>(in.east[i]) - 1;
        }
        for (std::size_t i = 0; i < n; ++i) {
            const double over_west = in.west[i] - static_cast<double>(in.first[i]);
            const double over_east = in.east[i] - static_cast<double>(in.last[i]) - 1;
            in.slack[i] =
                smaller(smaller(smaller(over_west, 1 - over_west), smaller(over_east, 1 - over_east)),
                        in.rest[i] * per_widest2);
        }
    }

    inline void enter(const Spot* spots, std::size_t n, double y, const Intervals& in)
    {
        constexpr double surely = 1e-6;
        for (std::size_t i = 0; i < n; ++i) {
            const Spot& spot = spots[i];
            std::int32_t first = in.first[i];
            std::int32_t last = in.last[i];
            if (!(in.slack[i] > surely)) [[unlikely]] { // rounding might decide
                const double dy = y - spot.y;
                const Columns exact = job.reach.columns(spot.x, dy * dy, spot.bandwidth_m * spot.bandwidth_m);
                first = exact.first;
                last = exact.last;
            }
            if (first > last) {
                continue;
            }
            const std::int32_t block = blocks_of.of[static_cast<std::size_t>(first)];
            const std::int32_t last_block = blocks_of.of[static_cast<std::size_t>(last)];
            const double rest = in.rest[i] * per_widest2;
            const double p = (spot.x - blocks[static_cast<std::size_t>(block)].centre_m) * per_widest;
            Lanes m;
            set_moments<power>(m, spot.weight, rest - p * p, p);
            events[static_cast<std::size_t>(first)].sum += m;
            if (last_block != block) {
                Block& next = blocks[static_cast<std::size_t>(last_block)];
                const double p2 = (spot.x - next.centre_m) * per_widest;
                set_moments<power>(m, spot.weight, rest - p2 * p2, p2);
                next.start += m;
            }
            if (blocks_of.of[static_cast<std::size_t>(last) + 1] ==
                last_block) { // else the next block begins without it
                events[static_cast<std::size_t>(last) + 1].sum -= m;
            }
        }
    }

    inline void walk(std::size_t b, std::span<const Spot> spots, double y, double* out)
    {
        const std::int32_t begin = static_cast<std::int32_t>(b) * blocks_of.length;
        const std::int32_t end = std::min(begin + blocks_of.length, job.reach.cols);
        const double centre = static_cast<double>(blocks_of.length) / 2;
        const double step = job.reach.cell_m / widest_m;
        Lanes running = blocks[b].start;
        for (std::int32_t col = begin; col < end; ++col) {
            Lanes& event = events[static_cast<std::size_t>(col)].sum;
            running += event;
            event = Lanes{};
            if (!(running[2 * power + 1] > 0.5)) {
                continue;
            }
            const double value =
                value_at<power>(running, (static_cast<double>(col - begin) + 0.5 - centre) * step);
            out[col] += value > 0 || job.negative ? value : straight(spots, job.reach.centre(col), y);
        }
        blocks[b].start = Lanes{};
    }

    /// The plain sum for one cell, where so little is left that rounding hides its sign.
    [[nodiscard]] [[gnu::noinline]] double straight(std::span<const Spot> spots, double x, double y) const
    {
        double sum = 0;
        for (const Spot& spot : spots) {
            const double dx = x - spot.x;
            const double dy = y - spot.y;
            const double h2 = spot.bandwidth_m * spot.bandwidth_m;
            const double dist_m2 = dx * dx + dy * dy;
            if (job.reach.inside(dist_m2, h2)) {
                double value = spot.weight;
                for (int k = 0; k < power; ++k) {
                    value *= (h2 - dist_m2) * per_widest2;
                }
                sum += value;
            }
        }
        return sum;
    }

    inline void row(std::int64_t r, std::span<const Spot> spots, const SpotColumns& columns, std::size_t at)
    {
        const double y = job.reach.centre(r);
        Intervals in;
        for (std::size_t begin = 0; begin < spots.size(); begin += together) {
            const std::size_t n = std::min(together, spots.size() - begin);
            measure(columns, at + begin, n, y, in);
            enter(spots.data() + begin, n, y, in);
        }
        double* const out = job.row(r);
        for (std::size_t b = 0; b < blocks.size(); ++b) {
            if (blocks[b].places > 0) {
                walk(b, spots, y, out);
            }
        }
        events.back().sum = Lanes{}; // what ends with the row
    }

    static double run(const RowsJob* of)
    {
        const auto all = of->bands.near(of->reach.centre(of->begin), of->reach.centre(of->end - 1));
        if (all.empty()) {
            return 0;
        }
        RowSweep sweep(*of);
        sweep.weigh(all);
        const SpotColumns columns(all);
        for (std::int64_t r = of->begin; r < of->end; ++r) {
            const double y = of->reach.centre(r);
            const auto spots = of->bands.near(y, y);
            sweep.row(r, spots, columns, static_cast<std::size_t>(spots.data() - all.data()));
        }
        return sweep.bound();
    }
};

} // namespace

double sweep_rows(const RowsJob& job, int power)
{
    switch (power) {
    case 0:
        return run_widest<RowSweep<0>>(&job);
    case 1:
        return run_widest<RowSweep<1>>(&job);
    case 2:
        return run_widest<RowSweep<2>>(&job);
    default:
        return run_widest<RowSweep<3>>(&job);
    }
}

} // namespace vigil::density_detail
