#include "kernels/band_sums.h"

#include "kernels/lanes.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace vigil {

namespace {

using wide::Lanes;
constexpr std::size_t lanes = 8;

struct Job {
    const BandSearch* search;
    std::size_t first, last;
    const double* values;
    bool with_self;
    std::int32_t* count;
    double* sum;
};

/// What is added up for one place.
struct Sums {
    Lanes count = {};
    Lanes sum = {};
};

inline void load(Lanes& to, const double* from)
{
    std::memcpy(&to, from, sizeof to);
}

/// The first `n` numbers, and after them `fill`.
inline void load_some(Lanes& to, const double* from, std::size_t n, double fill)
{
    Lanes some = {};
    for (std::size_t k = 0; k < lanes; ++k) {
        some[k] = k < n ? from[k] : fill;
    }
    to = some;
}

inline double added(const Lanes& v)
{
    return ((v[0] + v[1]) + (v[2] + v[3])) + ((v[4] + v[5]) + (v[6] + v[7]));
}

/// The body of band_sums, compiled for several processors.
struct BandSums {
    static inline void add(Sums& sums, const Lanes& x, const Lanes& y, const Lanes& value, XY here,
                           double reach_m2)
    {
        const Lanes east = here.x - x;
        const Lanes north = here.y - y;
        const auto near = east * east + north * north <= reach_m2;
        const Lanes zero = {};
        sums.count += near ? zero + 1.0 : zero;
        sums.sum += near ? value : zero;
    }

    static inline void add_run(Sums& sums, const Job& job, std::size_t begin, std::size_t end, XY here)
    {
        const double* x = job.search->x().data();
        const double* y = job.search->y().data();
        const double reach_m2 = job.search->reach_m2();
        Lanes xs = {};
        Lanes ys = {};
        Lanes values = {};
        std::size_t t = begin;
        for (; t + lanes <= end; t += lanes) {
            load(xs, x + t);
            load(ys, y + t);
            load(values, job.values + t);
            add(sums, xs, ys, values, here, reach_m2);
        }
        if (t < end) {
            load_some(xs, x + t, end - t, here.x + 2 * reach_m2 + 1); // too far to count
            load_some(ys, y + t, end - t, here.y);
            load_some(values, job.values + t, end - t, 0);
            add(sums, xs, ys, values, here, reach_m2);
        }
    }

    static inline double run(const Job* job)
    {
        BandSearch::Cursor cursor = job->search->cursor_at(job->first);
        for (std::size_t bucket = job->first; bucket < job->last; ++bucket) {
            const std::array<BandSearch::Run, 3> runs = job->search->runs_around(bucket, cursor);
            const BandSearch::Run own = job->search->positions(bucket);
            for (std::size_t s = own.first; s < own.second; ++s) {
                const XY here{job->search->x()[s], job->search->y()[s]};
                Sums sums;
                add_run(sums, *job, runs[0].first, runs[0].second, here);
                if (job->with_self) {
                    add_run(sums, *job, runs[1].first, runs[1].second, here);
                } else {
                    add_run(sums, *job, runs[1].first, s, here);
                    add_run(sums, *job, s + 1, runs[1].second, here);
                }
                add_run(sums, *job, runs[2].first, runs[2].second, here);
                job->count[s] = static_cast<std::int32_t>(added(sums.count));
                job->sum[s] = added(sums.sum);
            }
        }
        return 0;
    }
};

} // namespace

void band_sums(const BandSearch& search, std::size_t first, std::size_t last, std::span<const double> values,
               bool with_self, std::span<std::int32_t> count, std::span<double> sum)
{
    const Job job{&search, first, last, values.data(), with_self, count.data(), sum.data()};
    wide::run_widest<BandSums>(&job);
}

} // namespace vigil
