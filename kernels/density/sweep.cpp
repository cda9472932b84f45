#include "kernels/density/moments.h"
#include "kernels/density/rows.h"

#include <array>
#include <limits>
#include <utility>

namespace vigil::density_detail {

using wide::run_widest;

namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon() / 2;
constexpr std::size_t together = 64; // places whose intervals are computed side by side

/// A row cut into blocks of one bandwidth, of which a kernel meets three at most; or, where there are so many
/// places that time counts, of two bandwidths: a quarter faster, and the bound on rounding is six times as
/// large. In `slots` each block has one more column than in the row, for what ends with it.
struct Blocks {
    std::int32_t cols, length;
    double per_length;
    std::vector<double> centre_m;

    Blocks(const Reach& reach, double widest_m, std::size_t places) : cols(reach.cols)
    {
        constexpr std::size_t many = 50'000;
        const double bandwidths = places > many ? 2 : 1;
        const double covered = std::floor(bandwidths * widest_m / reach.cell_m) + 1;
        length = static_cast<std::int32_t>(std::fmin(covered, static_cast<double>(cols)));
        per_length = 1 / static_cast<double>(length);
        centre_m.resize(static_cast<std::size_t>((cols + length - 1) / length));
        for (std::size_t b = 0; b < centre_m.size(); ++b) {
            centre_m[b] = (static_cast<double>(b) + 0.5) * static_cast<double>(length) * reach.cell_m;
        }
    }
    [[nodiscard]] std::size_t count() const { return centre_m.size(); }
    [[nodiscard]] std::size_t slot(std::size_t block) const
    {
        return std::min(block * (static_cast<std::size_t>(length) + 1), slots());
    }
    [[nodiscard]] std::size_t slots() const { return static_cast<std::size_t>(cols) + count(); }
};

/// The intervals of some places in one row.
struct Intervals {
    alignas(64) std::array<double, together> rest; ///< h^2 - dy^2; below 0 the row is out of reach
    alignas(64) std::array<double, together> west, east;
    alignas(64) std::array<double, together> slack; ///< how far rounding is from changing first and last
    alignas(64) std::array<std::int32_t, together> first, last, block, last_block;
};

inline double smaller(double a, double b)
{
    return a < b ? a : b;
}

inline double larger(double a, double b)
{
    return a > b ? a : b;
}

/// Sums that change while a row is entered: one Event (and Touch) for each slot.
struct Sums {
    std::vector<Event> event;
    std::vector<Touch> touch; ///< empty where an Event has room for all lanes

    Sums(std::size_t slots, bool has_room) : event(slots), touch(has_room ? 0 : slots) {}
};

template <int power>
struct RowSweep {
    static constexpr bool has_room = power < 3; ///< for all lanes in one Event
    static constexpr std::size_t starts_each = 16;

    const RowsJob& job;
    Blocks blocks;
    double widest_m, per_widest, per_widest2;
    Sums columns;                     ///< what changes at each column
    Sums starts;                      ///< active at the first column already; starts_each for each block
    std::vector<std::uint8_t> in_use; ///< blocks
    std::vector<double> piled;        ///< in each block, in sums that were put aside
    Sums aside_columns{0, true}, aside_starts{0, true};
    Lanes powers{}; ///< of the largest |t|
    double per_weight = 0, per_change = 0;

    explicit RowSweep(const RowsJob& of)
        : job(of), blocks(of.reach, of.bands.widest_m(), of.bands.places()), widest_m(of.bands.widest_m()),
          per_widest(1 / widest_m), per_widest2(per_widest * per_widest), columns(blocks.slots(), has_room),
          starts(blocks.count() * starts_each, has_room), in_use(blocks.count(), 0),
          piled(blocks.count(), 0.0)
    {
        set_bound();
    }

    /// How much a unit of weight can add to the bound, see rounding().
    void set_bound()
    {
        const double t = static_cast<double>(blocks.length) * job.reach.cell_m / (2 * widest_m);
        double product = 1;
        for (std::size_t k = 0; k <= 2 * power; ++k) {
            powers[k] = product;
            product *= t;
        }
        // |q| + 2 |p t| + t^2 of a place that is active somewhere in the block
        const double size = std::fmax(4 * t * (1 + t), 1 + 2 * t * t);
        const double steps = 7 + 5 * (1 + t) * (1 + t) + size; // roundings in q + 2 p t - t^2
        const double moved_m = job.bands.shift_error_m() + 2 * job.reach.centre_error_m;
        per_change = std::pow(size, power);
        per_weight = (6 * power + 8) * per_change + power * std::pow(size, power - 1) * steps +
                     2 * power * 2 * moved_m * per_widest / epsilon;
    }

    /// The columns [first, last] whose centres lie within reach of each place, and how sure that is.
    inline void measure(const SpotColumns& spots, double y, Intervals& in) const
    {
        const double per_cell = job.reach.per_cell;
        const double most = static_cast<double>(job.reach.cols) + 0.5;
        const double common_h2 = spots.common_h * spots.common_h;
        const std::size_t n = spots.size;
        for (std::size_t i = 0; i < n; ++i) {
            const double dy = y - spots.y[i];
            in.rest[i] = -dy * dy;
        }
        if (spots.h != nullptr) {
            for (std::size_t i = 0; i < n; ++i) {
                in.rest[i] += spots.h[i] * spots.h[i];
            }
        } else {
            for (std::size_t i = 0; i < n; ++i) {
                in.rest[i] += common_h2;
            }
        }
        for (std::size_t i = 0; i < n; ++i) {
            const double half = std::sqrt(larger(in.rest[i], 0));
            // counted in columns from half a column before the first centre
            in.west[i] = smaller(larger((spots.x[i] - half) * per_cell + 0.5, 0.5), most);
            in.east[i] = smaller(larger((spots.x[i] + half) * per_cell + 0.5, 0.5), most);
        }
        for (std::size_t i = 0; i < n; ++i) {
            in.first[i] = static_cast<std::int32_t>(in.west[i]);
            in.last[i] = static_cast<std::int32_t>(in.east[i]) - 1;
        }
        for (std::size_t i = 0; i < n; ++i) {
            const auto first = static_cast<double>(in.first[i]);
            const auto last = static_cast<double>(in.last[i]);
            const double over_west = in.west[i] - first;
            const double over_east = in.east[i] - last - 1;
            in.slack[i] =
                smaller(smaller(smaller(over_west, 1 - over_west), smaller(over_east, 1 - over_east)),
                        in.rest[i] * per_widest2);
            in.block[i] = static_cast<std::int32_t>((first + 0.5) * blocks.per_length);
            in.last_block[i] = static_cast<std::int32_t>((last + 0.5) * blocks.per_length);
        }
    }

    /// Where rounding might decide which columns are in reach, all about the ends are asked.
    [[gnu::noinline]] void measure_exactly(const Spot& spot, double y, std::size_t i, Intervals& in) const
    {
        const double dy = y - spot.y;
        const Columns exact = job.reach.columns(spot.x, dy * dy, spot.bandwidth_m * spot.bandwidth_m);
        in.first[i] = exact.first;
        in.last[i] = exact.last;
        in.block[i] = exact.first / blocks.length;
        in.last_block[i] = exact.last / blocks.length;
    }

    inline void moments(Lanes& m, double w, double rest, double x, std::size_t block) const
    {
        const double p = (x - blocks.centre_m[block]) * per_widest;
        set_moments<power>(m, w, rest - p * p, p);
        if constexpr (has_room) {
            if (job.negative) {
                m[touched_lane<power>] = std::fabs(w);
            }
        }
    }

    inline void enter(const SpotColumns& spots, double y, Intervals& in)
    {
        constexpr double surely = 1e-6;
        for (std::size_t i = 0; i < spots.size; ++i) {
            if (!(in.slack[i] > surely)) [[unlikely]] {
                measure_exactly(spots.at(i), y, i, in);
            }
            if (in.first[i] > in.last[i]) {
                continue;
            }
            const auto first = static_cast<std::size_t>(in.first[i]);
            const auto block = static_cast<std::size_t>(in.block[i]);
            const auto last_block = static_cast<std::size_t>(in.last_block[i]);
            const double rest = in.rest[i] * per_widest2;
            Lanes m;
            moments(m, spots.weight[i], rest, spots.x[i], block);
            change(columns, first + block, m, spots.weight[i]);
            in_use[block] = 1;
            for (std::size_t b = block + 1; b <= last_block; ++b) {
                moments(m, spots.weight[i], rest, spots.x[i], b);
                change(starts, b * starts_each + first % starts_each, m, spots.weight[i]);
                in_use[b] = 1;
            }
            const std::size_t after = static_cast<std::size_t>(in.last[i]) + last_block + 1;
            take_back<power>(columns.event[after].sum, m);
            if constexpr (!has_room) {
                columns.touch[after].touched += std::fabs(spots.weight[i]);
                columns.touch[after].changes += 1;
            }
        }
    }

    static inline void change(Sums& sums, std::size_t slot, const Lanes& m, double w)
    {
        sums.event[slot].sum += m;
        if constexpr (!has_room) {
            sums.touch[slot].touched += std::fabs(w);
            sums.touch[slot].changes += 1;
        }
    }

    /// Changes times the weight that they touched: what a slot adds to the bound.
    static inline double pile(const Sums& sums, std::size_t slot)
    {
        if constexpr (has_room) {
            const Lanes& sum = sums.event[slot].sum;
            return sum[touched_lane<power>] * sum[changes_lane<power>];
        } else {
            return sums.touch[slot].touched * sums.touch[slot].changes;
        }
    }

    /// Moves a sum aside, where it is one change. Gives what it had piled up.
    static inline double put_aside(Sums& from, std::size_t slot, Sums& to)
    {
        const double piled_up = pile(from, slot);
        Lanes& sum = from.event[slot].sum;
        if constexpr (has_room) {
            sum[changes_lane<power>] = 1;
        } else {
            to.touch[slot].touched += from.touch[slot].touched;
            to.touch[slot].changes += 1;
            from.touch[slot] = {};
        }
        to.event[slot].sum += sum;
        sum = Lanes{};
        return piled_up;
    }

    /// Where thousands of places meet, their sums are put aside now and then, so that none has many terms.
    inline void put_aside()
    {
        if (aside_columns.event.empty()) {
            aside_columns = Sums(columns.event.size(), has_room);
            aside_starts = Sums(starts.event.size(), has_room);
        }
        for (std::size_t b = 0; b < in_use.size(); ++b) {
            if (in_use[b] != 0) {
                for (std::size_t slot = blocks.slot(b); slot < blocks.slot(b + 1); ++slot) {
                    piled[b] += put_aside(columns, slot, aside_columns);
                }
                for (std::size_t slot = b * starts_each; slot < (b + 1) * starts_each; ++slot) {
                    piled[b] += put_aside(starts, slot, aside_starts);
                }
            }
        }
    }

    /// What is known of the rounding in one block while it is walked.
    struct Rounding {
        Lanes sizes{};      ///< of all running sums
        double piled = 0;   ///< sum over columns of changes x touched weight
        double touched = 0; ///< weight
    };

    /// Takes what changes in a slot and clears it.
    static inline void take(Sums& from, std::size_t slot, Lanes& running, Rounding& rounding)
    {
        rounding.piled += pile(from, slot);
        running += from.event[slot].sum;
        add_size(rounding.sizes, running);
        from.event[slot].sum = Lanes{};
        if constexpr (!has_room) {
            rounding.touched += from.touch[slot].touched;
            from.touch[slot] = {};
        }
    }

    /// Writes the cells of one block; gives its rounding bound.
    inline double walk(std::size_t b, double y, double* out)
    {
        const std::int32_t begin = static_cast<std::int32_t>(b) * blocks.length;
        const std::int32_t end = std::min(begin + blocks.length, job.reach.cols);
        const double centre = static_cast<double>(blocks.length) / 2;
        const double step = job.reach.cell_m / widest_m;
        Lanes running{};
        Rounding rounding;
        rounding.piled = piled[b];
        piled[b] = 0;
        for (std::size_t k = 0; k < starts_each; ++k) {
            take(starts, b * starts_each + k, running, rounding);
        }
        std::size_t slot = blocks.slot(b);
        for (std::int32_t col = begin; col < end; ++col, ++slot) {
            take(columns, slot, running, rounding);
            if (!(running[count_lane<power>] > 0.5)) {
                continue;
            }
            const double value =
                value_at<power>(running, (static_cast<double>(col - begin) + 0.5 - centre) * step);
            out[col] += value > 0 || job.negative ? value : straight(job.reach.centre(col), y);
        }
        take(columns, slot, running, rounding);
        if constexpr (has_room) {
            rounding.touched = running[touched_lane<power>];
        }
        return bound(rounding);
    }

    /// See docs/methods/density.md: terms as they are made, as they pile up in one column, and as columns are
    /// added from left to right.
    [[nodiscard]] inline double bound(const Rounding& rounding) const
    {
        double swept = 0;
        for (std::size_t k = 0; k <= 2 * power; ++k) {
            swept += rounding.sizes[k] * powers[k];
        }
        return 1.001 * epsilon * (per_weight * rounding.touched + per_change * rounding.piled + swept);
    }

    /// The plain sum for one cell, where so little is left that rounding hides its sign.
    [[nodiscard]] [[gnu::noinline]] double straight(double x, double y) const
    {
        double sum = 0;
        job.bands.each_near(x, y, [&](const SpotColumns& spots) {
            for (std::size_t i = 0; i < spots.size; ++i) {
                const Spot spot = spots.at(i);
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
        });
        return sum;
    }

    /// Adds to one row; gives its rounding bound.
    inline double row(std::int64_t r)
    {
        const double y = job.reach.centre(r);
        const SpotColumns spots = job.bands.near(y, y);
        const std::size_t at_once = std::max<std::size_t>(4096, 8 * blocks.slots());
        std::size_t since = 0;
        bool many = false;
        Intervals in;
        for (std::size_t begin = 0; begin < spots.size; begin += together) {
            if (since >= at_once) {
                put_aside();
                many = true;
                since = 0;
            }
            const SpotColumns part = spots.part(begin, std::min(together, spots.size - begin));
            measure(part, y, in);
            enter(part, y, in);
            since += part.size;
        }
        if (many) {
            put_aside();
            std::swap(columns, aside_columns);
            std::swap(starts, aside_starts);
        }
        double most = 0;
        double* const out = job.row(r);
        for (std::size_t b = 0; b < in_use.size(); ++b) {
            if (in_use[b] != 0) {
                most = std::fmax(most, walk(b, y, out));
                in_use[b] = 0;
            }
        }
        return most;
    }

    static double run(const RowsJob* of)
    {
        if (of->bands.near(of->reach.centre(of->begin), of->reach.centre(of->end - 1)).size == 0) {
            return 0;
        }
        RowSweep sweep(*of);
        double most = 0;
        for (std::int64_t r = of->begin; r < of->end; ++r) {
            most = std::fmax(most, sweep.row(r));
        }
        return most;
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
