#include "kernels/route/match/case_parts.h"

#include "kernels/earth.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace vigil::match {

namespace {

constexpr double impossible = -std::numeric_limits<double>::infinity();
constexpr double beam = 40; ///< states that are e^-40 as likely as the best are let go
constexpr std::size_t most_left_out = 3;

/// The lattice of n sightings one after the other.
OrderLattice chain_of(std::size_t n)
{
    OrderLattice lattice;
    lattice.sighting.resize(n);
    std::iota(lattice.sighting.begin(), lattice.sighting.end(), 0U);
    lattice.first_in.assign(n + 1, 0);
    for (std::uint32_t i = 1; i < n; ++i) {
        lattice.first_in[i + 1] = i;
        lattice.from.push_back(i - 1);
    }
    lattice.starts = {0};
    lattice.ends = {static_cast<std::uint32_t>(n - 1)};
    return lattice;
}

/// ln of the likeliest way to each state.
std::vector<double> reach(std::span<const double> before, const LegMatrix& leg,
                          std::span<const double> emission)
{
    std::vector<double> reached(leg.columns, impossible);
    for (std::size_t a = 0; a < leg.rows; ++a) {
        for (std::size_t b = 0; b < leg.columns; ++b) {
            reached[b] = std::max(reached[b], before[a] + leg.log_p[a * leg.columns + b]);
        }
    }
    for (std::size_t b = 0; b < leg.columns; ++b) {
        reached[b] += emission[b];
    }
    return reached;
}

/// Keeps those columns of a matrix whose flag is set.
void keep_columns(LegMatrix& matrix, std::span<const std::uint8_t> flag)
{
    std::size_t kept = 0;
    for (std::size_t i = 0; i < matrix.log_p.size(); ++i) {
        if (flag[i % matrix.columns] != 0) {
            matrix.log_p[kept++] = matrix.log_p[i];
        }
    }
    matrix.log_p.resize(kept);
    matrix.columns = kept / matrix.rows;
}

/// Flags the states within the beam, and those that head the other way at the same place: somebody may turn
/// round there. Drops the others' values; the rest is shifted so that the best is 0.
std::vector<std::uint8_t> within_beam(const Step& step, std::vector<double>& reached)
{
    const double best = *std::max_element(reached.begin(), reached.end());
    std::vector<std::uint8_t> flag(reached.size());
    for (std::size_t i = 0; i < reached.size(); ++i) {
        if (reached[i] > best - beam) {
            flag[i] = 1;
            if (step.reverse_of[i] != no_index) {
                flag[step.reverse_of[i]] = 1;
            }
        }
    }
    std::size_t kept = 0;
    for (std::size_t i = 0; i < reached.size(); ++i) {
        if (flag[i] != 0) {
            reached[kept++] = reached[i] - best;
        }
    }
    reached.resize(kept);
    return flag;
}

} // namespace

Step CaseParts::step_of(std::uint32_t sighting) const
{
    Step step;
    step.sighting = sighting;
    step.seen = sightings_[sighting];
    step.sigma_m = std::isnan(step.seen.sigma_m) ? shared_.options.sigma_m : step.seen.sigma_m;
    step.vague = step.sigma_m >= shared_.options.candidates.vague_sigma_m;
    step.candidates = shared_.finder->find(step.seen.at, step.sigma_m);
    for (std::uint32_t c = 0; c < step.candidates.size(); ++c) {
        const Candidate& candidate = step.candidates[c];
        const std::size_t first = step.states.size();
        for (const EdgeSide side : {2 * candidate.place.edge, 2 * candidate.place.edge + 1}) {
            if (shared_.travel.costs.of_side[side] < unreachable) {
                step.states.push_back({side, candidate.place.offset_m});
                step.candidate_of.push_back(c);
                step.reverse_of.push_back(no_index);
                step.log_emission.push_back(candidate.log_weight);
            }
        }
        if (step.states.size() == first + 2) {
            step.reverse_of[first] = static_cast<std::uint32_t>(first + 1);
            step.reverse_of[first + 1] = static_cast<std::uint32_t>(first);
        }
    }
    return step;
}

std::vector<std::uint32_t> CaseParts::thinned(std::span<const std::uint32_t> order) const
{
    constexpr double staying_m_per_s = 0.5;
    constexpr double most_staying_m = 100;
    std::vector<std::uint32_t> kept;
    XYZ last{};
    for (const std::uint32_t i : order) {
        const Sighting& here = sightings_[i];
        const double sigma_m = std::isnan(here.sigma_m) ? shared_.options.sigma_m : here.sigma_m;
        const XYZ point = earth_centred(here.at);
        if (!kept.empty() && i != order.back() && sigma_m < shared_.options.candidates.vague_sigma_m) {
            const double moved_m = chord_m(last, point);
            const double elapsed_s = here.begin_s - sightings_[kept.back()].end_s;
            const bool stays =
                moved_m < std::min(staying_m_per_s * elapsed_s, most_staying_m); // false for NaN
            if (moved_m < 2 * sigma_m || stays) {
                (*matches_)[i].thinned = true;
                continue;
            }
        }
        kept.push_back(i);
        last = point;
    }
    return kept;
}

void CaseParts::leave_out(std::uint32_t sighting, MatchStatus status)
{
    (*matches_)[sighting].status = status;
}

void CaseParts::begin_chain(Step step)
{
    chain_ = {};
    std::vector<double> reached = step.log_emission;
    step.keep(within_beam(step, reached));
    chain_.reached.push_back(std::move(reached));
    chain_.part.steps.push_back(std::move(step));
}

bool CaseParts::extend(Step& step)
{
    const Step& last = chain_.part.steps.back();
    Leg leg = tables_.leg(last, step);
    std::vector<double> reached = reach(chain_.reached.back(), leg.matrix, step.log_emission);
    if (*std::max_element(reached.begin(), reached.end()) == impossible) {
        too_fast_ = tables_.likelihood(LegKind::far).impossible(leg.facts);
        return false;
    }
    const std::vector<std::uint8_t> flag = within_beam(step, reached);
    keep_columns(leg.matrix, flag);
    step.keep(flag);
    chain_.reached.push_back(std::move(reached));
    chain_.part.steps.push_back(std::move(step));
    chain_.part.next.push_back(std::move(leg));
    return true;
}

/// After a break at kept[k]: how many sightings have to be left out until one fits; 0 when none does.
std::size_t CaseParts::skip_ahead(std::span<const std::uint32_t> kept, std::size_t k)
{
    for (std::size_t n = 1; n <= most_left_out && k + n < kept.size(); ++n) {
        const Step later = step_of(kept[k + n]);
        if (!later.states.empty() && tables_.leg(chain_.part.steps.back(), later).possible()) {
            return n;
        }
    }
    return 0;
}

/// Leaves out sightings at the end of the chain until the step fits.
bool CaseParts::step_back(Step& step)
{
    const bool too_fast = too_fast_;
    const std::size_t steps = chain_.part.steps.size();
    for (std::size_t n = 1; n <= most_left_out && n < steps; ++n) {
        if (!tables_.leg(chain_.part.steps[steps - 1 - n], step).possible()) {
            continue;
        }
        for (std::size_t i = 0; i < n; ++i) {
            leave_out(chain_.part.steps.back().sighting,
                      too_fast ? MatchStatus::outlier : MatchStatus::isolated);
            chain_.part.steps.pop_back();
            chain_.part.next.pop_back();
            chain_.reached.pop_back();
        }
        return extend(step);
    }
    return false;
}

void CaseParts::end_chain()
{
    if (!chain_.part.steps.empty()) {
        chain_.part.lattice = chain_of(chain_.part.steps.size());
        parts_.push_back(std::move(chain_.part));
    }
    chain_ = {};
}

void CaseParts::cut_chain(std::span<const std::uint32_t> order)
{
    const std::vector<std::uint32_t> kept = thinned(order);
    bool too_fast = false;
    for (std::size_t k = 0; k < kept.size(); ++k) {
        Step step = step_of(kept[k]);
        if (step.states.empty()) {
            leave_out(kept[k], MatchStatus::isolated);
        } else if (chain_.part.steps.empty()) {
            begin_chain(std::move(step));
        } else if (!extend(step)) {
            const bool fast = too_fast_;
            if (const std::size_t skipped = skip_ahead(kept, k); skipped > 0) {
                for (std::size_t i = 0; i < skipped; ++i) {
                    leave_out(kept[k + i], fast ? MatchStatus::outlier : MatchStatus::isolated);
                }
                k += skipped - 1;
            } else if (!step_back(step)) {
                end_chain();
                begin_chain(std::move(step));
                too_fast = too_fast || fast;
            }
        }
    }
    end_chain();
    // What stands alone is joined with nothing, unless the whole case is one sighting.
    if (parts_.size() > 1) {
        std::erase_if(parts_, [&](const Part& part) {
            const bool alone = part.steps.size() == 1;
            if (alone) {
                leave_out(part.steps.front().sighting,
                          too_fast ? MatchStatus::outlier : MatchStatus::isolated);
            }
            return alone;
        });
    }
}

/// Leaves out sightings that no way joins with the most others, directly or over some of them; those that
/// come first of equals stay. All of them where nothing joins any two.
void CaseParts::leave_out_islands(std::vector<Step>& steps)
{
    const std::size_t n = steps.size();
    std::vector<std::size_t> group(n, n);
    std::vector<std::size_t> best;
    for (std::size_t first = 0; first < n; ++first) {
        std::vector<std::size_t> members;
        if (group[first] == n) {
            group[first] = first;
            members.push_back(first);
        }
        for (std::size_t k = 0; k < members.size(); ++k) {
            const Step& from = steps[members[k]];
            for (std::size_t i = 0; i < n; ++i) {
                if (group[i] == n && (std::isfinite(tables_.least_minutes(from, steps[i])) ||
                                      std::isfinite(tables_.least_minutes(steps[i], from)))) {
                    group[i] = first;
                    members.push_back(i);
                }
            }
        }
        best = members.size() > best.size() ? members : best;
    }
    std::vector<Step> kept;
    for (std::size_t i = 0; i < n; ++i) {
        if (group[i] == best.front() && (best.size() > 1 || n == 1)) {
            kept.push_back(std::move(steps[i]));
        } else {
            leave_out(steps[i].sighting, MatchStatus::isolated);
        }
    }
    steps = std::move(kept);
}

/// All sightings of a case of which some are in no order.
void CaseParts::join_in_any_order(std::span<const std::uint32_t> order)
{
    Part part;
    for (const std::uint32_t i : order) {
        Step step = step_of(i);
        if (step.states.empty()) {
            leave_out(i, MatchStatus::isolated);
            continue;
        }
        part.steps.push_back(std::move(step));
    }
    if (!part.steps.empty()) {
        leave_out_islands(part.steps);
    }
    if (part.steps.empty()) {
        return;
    }
    std::vector<Sighting> used;
    for (const Step& step : part.steps) {
        used.push_back(step.seen);
    }
    part.lattice = order_lattice(used);
    std::vector<std::pair<std::uint32_t, std::uint32_t>> joined;
    for (std::uint32_t v = 0; v < part.lattice.nodes(); ++v) {
        for (std::uint32_t k = part.lattice.first_in[v]; k < part.lattice.first_in[v + 1]; ++k) {
            joined.emplace_back(part.lattice.sighting[part.lattice.from[k]], part.lattice.sighting[v]);
        }
    }
    std::sort(joined.begin(), joined.end());
    joined.erase(std::unique(joined.begin(), joined.end()), joined.end());
    double minutes = 0;
    std::size_t ways = 0;
    double sigma_m = 0;
    for (const auto& [from, to] : joined) {
        const double least = tables_.least_minutes(part.steps[from], part.steps[to]);
        if (std::isfinite(least)) {
            minutes += least;
            sigma_m += part.steps[from].sigma_m + part.steps[to].sigma_m;
            ++ways;
        }
    }
    const double mean = ways > 0 ? minutes / static_cast<double>(ways) : 0;
    LegFacts facts;
    facts.sigma_from_m = ways > 0 ? sigma_m / static_cast<double>(ways) : 0;
    const LegLikelihood& law = tables_.likelihood(LegKind::far);
    const double beta = law.beta_minutes(facts, mean, law.law().order_scale);
    for (const auto& [from, to] : joined) {
        part.pairs.emplace(std::pair(from, to),
                           tables_.leg_in_any_order(part.steps[from], part.steps[to], beta));
    }
    parts_.push_back(std::move(part));
}

std::vector<std::uint32_t> order_of(std::span<const Sighting> sightings)
{
    std::vector<std::uint32_t> order(sightings.size());
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return sightings[a].order_begin != sightings[b].order_begin
                   ? sightings[a].order_begin < sightings[b].order_begin
                   : sightings[a].order_end < sightings[b].order_end;
    });
    return order;
}

std::vector<Part> CaseParts::cut(std::span<const Sighting> sightings, std::vector<SightingMatch>& matches)
{
    sightings_ = sightings;
    matches_ = &matches;
    parts_.clear();
    chain_ = {};
    const std::vector<std::uint32_t> order = order_of(sightings);
    const std::size_t disorder = widest_disorder(sightings);
    if (disorder > 1 && disorder <= most_in_any_order) {
        join_in_any_order(order);
    } else {
        cut_chain(order); // so many in no order are taken as they come
    }
    return std::move(parts_);
}

} // namespace vigil::match
