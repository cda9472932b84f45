#include "kernels/inference/tail_table.h"

#include "libgeo/parallel.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace vigil::tails {

std::int64_t WholeAtoms::members() const
{
    return std::accumulate(count.begin(), count.end(), std::int64_t{0});
}

namespace {

constexpr double large = 0x1p800; ///< chances are kept times this: those down to 1e-500 remain

/// (q + p y z^v)^m without its z: how likely j of the m members are among those drawn with
/// chance p each.
std::vector<double> binomial(std::int64_t members, double p, std::size_t most)
{
    const auto m = static_cast<double>(members);
    const std::size_t last = std::min(most, static_cast<std::size_t>(members));
    std::vector<double> chance(last + 1);
    chance[0] = std::exp(m * std::log1p(-p));
    for (std::size_t j = 0; j < last; ++j) {
        const auto drawn = static_cast<double>(j);
        chance[j + 1] = chance[j] * ((m - drawn) / (drawn + 1)) * (p / (1 - p));
    }
    return chance;
}

/// Sum of a stretch, in four strands so that it is quick; the order is fixed.
double sum_of(const double* x, std::size_t begin, std::size_t end)
{
    double strand[4] = {0, 0, 0, 0};
    std::size_t s = begin;
    for (; s + 4 <= end; s += 4) {
        for (std::size_t l = 0; l < 4; ++l) {
            strand[l] += x[s + l];
        }
    }
    for (; s < end; ++s) {
        strand[0] += x[s];
    }
    return (strand[0] + strand[1]) + (strand[2] + strand[3]);
}

/// Rows by number drawn, columns by sum; what lies outside a row's [begin, end) is zero.
class Table {
  public:
    explicit Table(TableSize size)
        : width_(size.sum + 1), cell_((size.draws + 1) * width_, 0.0), begin_(size.draws + 1, 0),
          end_(size.draws + 1, 0), beyond_(size.draws + 1, 0.0), total_(size.draws + 1, 0.0)
    {
        cell_[0] = total_[0] = large;
        end_[0] = 1;
    }
    [[nodiscard]] std::span<const double> row(std::size_t draws) const
    {
        return std::span(cell_).subspan(draws * width_, width_);
    }
    /// What lies beyond the last column of a row.
    [[nodiscard]] double beyond(std::size_t draws) const { return beyond_[draws]; }
    /// Lets in `members` of one value.
    void add(std::size_t value, std::int64_t members, double p)
    {
        const std::vector<double> chance = binomial(members, p, begin_.size() - 1);
        for (std::size_t draws = begin_.size(); draws-- > 0;) {
            scale_row(draws, chance[0]);
            for (std::size_t j = 1; j < chance.size() && j <= draws; ++j) {
                if (value > 0 && j > (width_ - 1) / value) {
                    beyond_[draws] += chance[j] * total_[draws - j];
                } else {
                    add_row(draws, draws - j, j * value, chance[j]);
                }
                total_[draws] += chance[j] * total_[draws - j];
            }
        }
    }

  private:
    void scale_row(std::size_t draws, double chance)
    {
        double* to = cell_.data() + draws * width_;
        for (std::size_t s = begin_[draws]; s < end_[draws]; ++s) {
            to[s] *= chance;
        }
        beyond_[draws] *= chance;
        total_[draws] *= chance;
    }
    void add_row(std::size_t draws, std::size_t from_draws, std::size_t shift, double chance)
    {
        const double* from = cell_.data() + from_draws * width_;
        const std::size_t begin = begin_[from_draws];
        const std::size_t end = std::min(end_[from_draws], width_ - shift);
        beyond_[draws] +=
            chance * (beyond_[from_draws] + sum_of(from, std::max(begin, end), end_[from_draws]));
        if (begin >= end) {
            return;
        }
        double* to = cell_.data() + draws * width_ + shift;
        for (std::size_t s = begin; s < end; ++s) {
            to[s] += chance * from[s];
        }
        const bool none = begin_[draws] >= end_[draws];
        begin_[draws] = none ? begin + shift : std::min(begin_[draws], begin + shift);
        end_[draws] = none ? end + shift : std::max(end_[draws], end + shift);
    }

    std::size_t width_;
    std::vector<double> cell_;
    std::vector<std::size_t> begin_, end_;
    std::vector<double> beyond_, total_; ///< by row
};

/// At most half of the chance of any sum is that of subsets with one given member of this value
/// (its share is E[drawn of the value] / count), so dividing it out adds at most two roundings
/// for each member drawn.
bool divides(std::int64_t count, TableSize size, LeavingOut leaving_out, std::int64_t members)
{
    const auto draws = static_cast<std::int64_t>(size.draws);
    return count >= 2 * draws || (leaving_out == LeavingOut::quick && members >= 4 * draws);
}

class LeaveOneOut {
  public:
    LeaveOneOut(const WholeAtoms& atoms, TableSize size, const std::vector<bool>& wanted,
                LeavingOut leaving_out, const std::function<void(const SumChances&)>& report)
        : atoms_(atoms), size_(size), wanted_(wanted), leaving_out_(leaving_out), report_(report),
          p_(0.5 * static_cast<double>(size.draws) / static_cast<double>(atoms.members())),
          total_(binomial(atoms.members() - 1, p_, size.draws))
    {
    }
    void run()
    {
        std::vector<std::size_t> common;
        Table table(size_);
        for (std::size_t v = atoms_.size(); v-- > 0;) { // the base value last: rows fill up late
            if (divides(atoms_.count[v], size_, leaving_out_, atoms_.members())) {
                common.push_back(v);
                add(table, v, 0);
            } else {
                rare_.push_back(v);
            }
        }
        if (!rare_.empty()) {
            halve(table, 0, rare_.size());
        }
        for (const std::size_t v : rare_) {
            add(table, v, 0);
        }
        parallel_chunks(common.size(), 1,
                        [&](std::size_t begin, std::size_t) { divide(table, common[begin]); });
    }

  private:
    void add(Table& table, std::size_t v, std::int64_t fewer) const
    {
        table.add(static_cast<std::size_t>(atoms_.value[v]), atoms_.count[v] - fewer, p_);
    }
    [[nodiscard]] bool wants(std::size_t v, std::size_t draws) const
    {
        return wanted_[v * (size_.draws + 1) + draws];
    }
    [[nodiscard]] bool wants(std::size_t v) const
    {
        for (std::size_t draws = 1; draws <= size_.draws; ++draws) {
            if (wants(v, draws)) {
                return true;
            }
        }
        return false;
    }
    void report(std::size_t v, std::size_t draws, std::span<const double> chance, double beyond) const
    {
        report_({v, draws, chance, beyond, draws < total_.size() ? total_[draws] * large : 0});
    }
    /// `table` has all but the rare values [begin, end).
    void halve(const Table& table, std::size_t begin, std::size_t end) const
    {
        if (!std::any_of(rare_.begin() + static_cast<std::ptrdiff_t>(begin),
                         rare_.begin() + static_cast<std::ptrdiff_t>(end),
                         [&](std::size_t v) { return wants(v); })) {
            return;
        }
        if (end - begin == 1) {
            Table last = table;
            add(last, rare_[begin], 1);
            for (std::size_t draws = 1; draws <= size_.draws; ++draws) {
                if (wants(rare_[begin], draws)) {
                    report(rare_[begin], draws, last.row(draws), last.beyond(draws));
                }
            }
            return;
        }
        const std::size_t middle = begin + (end - begin) / 2;
        parallel_chunks(2, 1, [&](std::size_t half, std::size_t) {
            Table part = table;
            for (std::size_t r = half == 0 ? middle : begin; r < (half == 0 ? end : middle); ++r) {
                add(part, rare_[r], 0);
            }
            half == 0 ? halve(part, begin, middle) : halve(part, middle, end);
        });
    }
    /// `table` has all values.
    void divide(const Table& table, std::size_t v) const
    {
        if (!wants(v)) {
            return;
        }
        const auto value = static_cast<std::size_t>(atoms_.value[v]);
        std::vector<double> before(size_.sum + 1, 0.0);
        std::vector<double> now(size_.sum + 1, 0.0);
        const double scale = 1 / (1 - p_);
        double beyond_before = 0;
        for (std::size_t draws = 0; draws <= size_.draws; ++draws) {
            const std::span<const double> all = table.row(draws);
            const std::size_t shift = draws == 0 ? all.size() : std::min(value, all.size());
            for (std::size_t s = 0; s < shift; ++s) {
                now[s] = all[s] * scale;
            }
            for (std::size_t s = shift; s < all.size(); ++s) {
                now[s] = std::max(0.0, all[s] - p_ * before[s - shift]) * scale;
            }
            const double moved = draws == 0 ? 0 : sum_of(before.data(), all.size() - shift, all.size());
            const double beyond = std::max(0.0, table.beyond(draws) - p_ * (beyond_before + moved)) * scale;
            if (draws > 0 && wants(v, draws)) {
                report(v, draws, now, beyond);
            }
            beyond_before = beyond;
            std::swap(before, now);
        }
    }

    const WholeAtoms& atoms_;
    TableSize size_;
    const std::vector<bool>& wanted_;
    LeavingOut leaving_out_;
    const std::function<void(const SumChances&)>& report_;
    double p_;
    std::vector<double> total_;
    std::vector<std::size_t> rare_;
};

} // namespace

double table_work(const WholeAtoms& atoms, TableSize size, LeavingOut leaving_out, double leaves)
{
    const std::int64_t members = atoms.members();
    double adding = 0;
    double adding_rare = 0;
    double rare = 0;
    for (std::size_t v = 0; v < atoms.size(); ++v) {
        auto copies = std::min(static_cast<double>(size.draws), static_cast<double>(atoms.count[v]));
        if (atoms.value[v] > 0) {
            copies = std::min(copies, static_cast<double>(size.sum) / static_cast<double>(atoms.value[v]));
        }
        const bool common = divides(atoms.count[v], size, leaving_out, members);
        adding += copies + 1;
        adding_rare += common ? 0 : copies + 1;
        rare += common ? 0 : 1;
    }
    const double levels = rare > 0 ? 1 + std::log2(rare) : 0;
    return size.cells() * (0.5 * (adding + levels * adding_rare) + leaves + levels);
}

void subset_tables(const WholeAtoms& atoms, TableSize size, const std::vector<bool>& wanted,
                   LeavingOut leaving_out, const std::function<void(const SumChances&)>& report)
{
    LeaveOneOut(atoms, size, wanted, leaving_out, report).run();
}

} // namespace vigil::tails
