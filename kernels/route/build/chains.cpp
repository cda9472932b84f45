#include "kernels/route/build/chains.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace vigil::route_build {

namespace {

/// An end of a line: 2 * line, plus 1 at its last point.
using LineEnd = std::uint32_t;

std::uint32_t kind_leaving(const Lines& lines, LineEnd end)
{
    const std::uint32_t kind = lines.lines[end >> 1U].kind;
    return (end & 1U) != 0 ? lines.kinds.reversed(kind) : kind;
}

/// Does the way go on from one line to the other as if they were one?
bool goes_on(const Lines& lines, LineEnd one, LineEnd other)
{
    const Line& a = lines.lines[one >> 1U];
    const Line& b = lines.lines[other >> 1U];
    const bool same_time =
        std::isnan(a.minutes) ? std::isnan(b.minutes) : !std::isnan(b.minutes) && a.source == b.source;
    return same_time && kind_leaving(lines, one) == lines.kinds.reversed(kind_leaving(lines, other));
}

void mark_nodes(Lines& lines)
{
    for (PointState& state : lines.state) {
        state.node = state.degree != 0 && (state.node || state.degree != 2);
    }
    std::vector<LineEnd> first_at(lines.place.size(), no_index);
    for (std::uint32_t l = 0; l < lines.lines.size(); ++l) {
        const Line& line = lines.lines[l];
        if (line.empty()) {
            continue;
        }
        for (const LineEnd end : {2 * l, 2 * l + 1}) {
            const std::uint32_t point = (end & 1U) != 0 ? lines.last_point(line) : lines.first_point(line);
            if (lines.state[point].node) {
                continue;
            }
            if (first_at[point] == no_index) {
                first_at[point] = end;
            } else if (!goes_on(lines, first_at[point], end)) {
                lines.state[point].node = true;
            }
        }
    }
}

std::vector<Run> cut_into_runs(const Lines& lines)
{
    std::vector<Run> runs;
    runs.reserve(lines.lines.size());
    for (std::uint32_t l = 0; l < lines.lines.size(); ++l) {
        const Line& line = lines.lines[l];
        std::uint32_t first = line.begin;
        for (std::uint32_t i = line.begin + 1; i < line.end; ++i) {
            if (i + 1 == line.end || lines.state[lines.along[i]].node) {
                runs.push_back({l, first, i});
                first = i;
            }
        }
    }
    return runs;
}

/// For each end of a run (see Step) the end that goes on from it; no_index at nodes.
std::vector<Step> link_ends(const Lines& lines, const Chains& chains)
{
    std::vector<Step> next(2 * chains.runs.size(), no_index);
    std::vector<Step> first_at(lines.place.size(), no_index);
    for (Step end = 0; end < next.size(); ++end) {
        const std::uint32_t point = begin_of(lines, chains, end);
        if (lines.state[point].node) {
            continue;
        }
        if (first_at[point] == no_index) {
            first_at[point] = end;
        } else {
            next[end] = first_at[point];
            next[first_at[point]] = end;
        }
    }
    return next;
}

/// Follows the ends that go on, from one step to a node, or round to where it began.
void follow(Step first, const std::vector<Step>& next, std::vector<std::uint8_t>& done, Chains& chains)
{
    Chain chain{static_cast<std::uint32_t>(chains.steps.size()), 0};
    Step step = first;
    do {
        chains.steps.push_back(step);
        done[run_of(step)] = 1;
        step = next[opposite(step)];
    } while (step != no_index && step != first);
    chain.end = static_cast<std::uint32_t>(chains.steps.size());
    chains.chains.push_back(chain);
}

/// Where a ring is cut: a point along one of its steps.
struct RingCut {
    std::size_t step = 0;    ///< in the chain
    std::uint32_t along = 0; ///< Lines::along
};

RingCut first_place(const Lines& lines, const Chains& chains, const Chain& chain)
{
    RingCut best;
    bool found = false;
    const auto key = [&lines](std::uint32_t along) {
        return std::pair(lines.place[lines.along[along]], lines.along[along]);
    };
    for (std::uint32_t s = chain.begin; s < chain.end; ++s) {
        const Run& run = chains.runs[run_of(chains.steps[s])];
        for (std::uint32_t i = run.first; i <= run.last; ++i) {
            if (!found || key(i) < key(best.along)) {
                best = {s - chain.begin, i};
                found = true;
            }
        }
    }
    return best;
}

/// Makes the chain of a ring begin and end at its first place, which becomes a node.
void cut_ring(Lines& lines, Chains& chains, Chain& chain)
{
    const RingCut cut = first_place(lines, chains, chain);
    lines.state[lines.along[cut.along]].node = true;
    const auto begin = chains.steps.begin() + chain.begin;
    std::rotate(begin, begin + static_cast<std::ptrdiff_t>(cut.step), chains.steps.end());
    const Step step = *begin;
    const Run run = chains.runs[run_of(step)];
    if (cut.along == run.first || cut.along == run.last) {
        // the point is where this step begins or where it ends
        if ((cut.along == run.first) == is_reversed(step)) {
            std::rotate(begin, begin + 1, chains.steps.end());
        }
        return;
    }
    // the first part of the run, as travelled, goes to the end of the chain
    const auto added = static_cast<std::uint32_t>(chains.runs.size());
    chains.runs[run_of(step)] = {run.line, run.first, cut.along};
    chains.runs.push_back({run.line, cut.along, run.last});
    const Step low = step;
    const Step high = 2 * added + (step & 1U);
    *begin = is_reversed(step) ? low : high;
    chains.steps.push_back(is_reversed(step) ? high : low);
    ++chain.end;
}

} // namespace

std::uint32_t begin_of(const Lines& lines, const Chains& chains, Step step)
{
    const Run& run = chains.runs[run_of(step)];
    return lines.along[is_reversed(step) ? run.last : run.first];
}

std::uint32_t after_begin_of(const Lines& lines, const Chains& chains, Step step)
{
    const Run& run = chains.runs[run_of(step)];
    return lines.along[is_reversed(step) ? run.last - 1 : run.first + 1];
}

std::uint32_t kind_of(const Lines& lines, const Chains& chains, Step step)
{
    const std::uint32_t kind = lines.lines[chains.runs[run_of(step)].line].kind;
    return is_reversed(step) ? lines.kinds.reversed(kind) : kind;
}

void append_points(const Lines& lines, const Chains& chains, std::span<const Step> steps,
                   std::vector<std::uint32_t>& points)
{
    points.push_back(begin_of(lines, chains, steps.front()));
    for (const Step step : steps) {
        const Run& run = chains.runs[run_of(step)];
        if (is_reversed(step)) {
            for (std::uint32_t i = run.last; i-- > run.first;) {
                points.push_back(lines.along[i]);
            }
        } else {
            points.insert(points.end(), lines.along.begin() + run.first + 1,
                          lines.along.begin() + run.last + 1);
        }
    }
}

Chains find_chains(Lines& lines)
{
    mark_nodes(lines);
    Chains chains;
    chains.runs = cut_into_runs(lines);
    const std::vector<Step> next = link_ends(lines, chains);
    std::vector<std::uint8_t> done(chains.runs.size(), 0);
    chains.steps.reserve(chains.runs.size());
    for (Step step = 0; step < next.size(); ++step) {
        if (done[run_of(step)] == 0 && next[step] == no_index) {
            follow(step, next, done, chains);
        }
    }
    for (std::uint32_t run = 0; run < done.size(); ++run) { // what is left are rings
        if (done[run] == 0) {
            follow(2 * run, next, done, chains);
            cut_ring(lines, chains, chains.chains.back());
        }
    }
    return chains;
}

} // namespace vigil::route_build
