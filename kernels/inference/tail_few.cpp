#include "kernels/inference/tail_few.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace vigil::tails {

namespace {

/// Numbers of subsets with a sum of at least, of more than, and of any number.
struct Ways {
    double at_least = 0, more = 0, all = 0;
};

class Counter {
  public:
    Counter(std::span<const double> sorted, double tolerance) : x_(sorted), tolerance_(tolerance) {}

    [[nodiscard]] Ways count(std::int64_t draws, double sum) const
    {
        Ways ways;
        if (draws == 0) {
            add_one(ways, 0, sum);
        } else if (draws == 1) {
            for (const double x : x_) {
                add_one(ways, x, sum);
            }
        } else {
            add(ways, 0, draws, sum);
        }
        return ways;
    }

  private:
    void add_one(Ways& ways, double x, double sum) const
    {
        ways.at_least += x >= sum - tolerance_ ? 1 : 0;
        ways.more += x > sum + tolerance_ ? 1 : 0;
        ways.all += 1;
    }
    void add(Ways& ways, std::size_t from, std::int64_t draws, double sum) const
    {
        if (draws > 2) {
            for (std::size_t i = from; i + static_cast<std::size_t>(draws) <= x_.size(); ++i) {
                add(ways, i + 1, draws - 1, sum - x_[i]);
            }
        } else if (from + 2 <= x_.size()) {
            const auto left = static_cast<double>(x_.size() - from);
            ways.at_least += pairs(from, sum - tolerance_);
            ways.more += pairs(from, sum + tolerance_);
            ways.all += left * (left - 1) / 2;
        }
    }
    /// Pairs from there on whose sum is at least a number.
    [[nodiscard]] double pairs(std::size_t from, double least) const
    {
        std::size_t low = from;
        std::size_t high = x_.size() - 1;
        std::size_t found = 0;
        while (low < high) {
            if (x_[low] + x_[high] >= least) {
                found += high - low;
                --high;
            } else {
                ++low;
            }
        }
        return static_cast<double>(found);
    }

    std::span<const double> x_;
    double tolerance_;
};

double choose(std::int64_t n, std::int64_t k)
{
    if (k < 0 || k > n) {
        return 0;
    }
    double ways = 1;
    for (std::int64_t d = 0; d < std::min(k, n - k); ++d) {
        ways *= static_cast<double>(n - d) / static_cast<double>(d + 1);
    }
    return ways;
}

} // namespace

FewSubsets::FewSubsets(const Population& population)
    : population_(population),
      commonest_(static_cast<std::size_t>(std::max_element(population.count.begin(), population.count.end()) -
                                          population.count.begin()))
{
}

double FewSubsets::work(std::int64_t draws) const
{
    const std::int64_t others = population_.members() - population_.count[commonest_];
    double work = 0;
    for (std::int64_t r = 0; r <= std::min(draws, others); ++r) {
        work += static_cast<double>(others) * choose(others, std::max<std::int64_t>(r - 2, 0));
    }
    return work;
}

Tail FewSubsets::tail(std::size_t left_out, std::int64_t draws, double sum, double tolerance) const
{
    const double base = population_.value[commonest_];
    std::vector<double> others;
    for (std::size_t v = 0; v < population_.value.size(); ++v) {
        if (v != commonest_) {
            others.insert(others.end(),
                          static_cast<std::size_t>(population_.count[v] - (v == left_out ? 1 : 0)),
                          population_.value[v] - base);
        }
    }
    const std::int64_t common = population_.count[commonest_] - (left_out == commonest_ ? 1 : 0);
    const Counter counter(others, tolerance);
    double upper = 0, lower = 0, equal = 0, all = 0;
    for (std::int64_t r = 0; r <= std::min(draws, static_cast<std::int64_t>(others.size())); ++r) {
        const double times = choose(common, draws - r);
        if (times > 0) {
            const Ways ways = counter.count(r, sum - static_cast<double>(draws) * base);
            upper += times * ways.at_least;
            lower += times * (ways.all - ways.more);
            equal += times * (ways.at_least - ways.more);
            all += times * ways.all;
        }
    }
    return {upper / all, lower / all, equal / all};
}

} // namespace vigil::tails
