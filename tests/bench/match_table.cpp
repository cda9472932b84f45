#include "tests/bench/match_table.h"

#include "kernels/route/match/matcher.h"
#include "kernels/route/match/noise.h"
#include "kernels/route/profile.h"
#include "tests/bench/track_score.h"
#include "tests/bench/track_set.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <tbb/global_control.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>

namespace vigil::bench {

namespace {

/// Time since it was made.
class Watch {
  public:
    [[nodiscard]] double cpu_s() const
    {
        return static_cast<double>(std::clock() - cpu_) / static_cast<double>(CLOCKS_PER_SEC);
    }
    [[nodiscard]] double wall_s() const
    {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - wall_).count();
    }

  private:
    std::clock_t cpu_ = std::clock();
    std::chrono::steady_clock::time_point wall_ = std::chrono::steady_clock::now();
};

struct Spent {
    double cpu_s = 0, wall_s = 0;
    void add(const Watch& watch)
    {
        cpu_s += watch.cpu_s();
        wall_s += watch.wall_s();
    }
};

/// A line of the table.
struct Row {
    double interval_s = 0;
    std::size_t points = 0;
    RouteScore score;
    Spent best, drawn;  ///< matching alone, without and with draws
    double ready_s = 0; ///< CPU: everything between the network and the first match, without draws
    Calibration calibration;
};

/// One track at one interval.
struct Work {
    const KnownTrack& track;
    const TrackNetwork& network;
    Costs costs;
    std::vector<std::size_t> fixes; ///< those that are used
    std::vector<Sighting> sightings;
    MatchOptions options;
    std::uint64_t item = 0; ///< for random numbers
};

void settle_sigma(const MatchTableOptions& asked, Work& work)
{
    work.options.draws = 0;
    if (asked.sigma_m) {
        work.options.sigma_m = *asked.sigma_m;
        return;
    }
    const std::vector<std::size_t> case_begin{0, work.sightings.size()};
    const MatchNetwork first(work.network.network, work.costs, work.options);
    if (const auto noise = estimate_noise(first, work.sightings, case_begin)) {
        work.options.sigma_m = noise->sigma_m;
    }
}

/// Makes what is only made when a match needs it, such as the hierarchy for sightings far apart.
void warm(Matcher& matcher, const Work& work)
{
    const std::vector<Sighting>& all = work.sightings;
    const std::vector<Sighting> apart{all.front(), all[all.size() / 2], all.back()};
    static_cast<void>(matcher.match(apart, 0));
}

void match_best(const Work& work, Row& row)
{
    const Watch ready;
    const MatchNetwork network(work.network.network, work.costs, work.options);
    Matcher matcher(network);
    warm(matcher, work);
    row.ready_s += ready.cpu_s();
    const Watch watch;
    const CaseMatch found = matcher.match(work.sightings, work.item);
    row.best.add(watch);
    row.points += work.sightings.size();
    row.score.add(work.track,
                  found.routes.empty() ? ArcCounts() : arcs_of_route(work.network, found.routes.front()));
}

void match_drawn(const Work& work, const std::vector<std::size_t>& places, Row& row)
{
    const MatchNetwork network(work.network.network, work.costs, work.options);
    Matcher matcher(network);
    warm(matcher, work);
    const Watch watch;
    static_cast<void>(matcher.match(work.sightings, work.item));
    row.drawn.add(watch);
    constexpr std::size_t size = Calibration::sightings_of_case;
    const std::span<const Sighting> all = work.sightings;
    for (std::size_t i = 0; i + size <= all.size() && row.interval_s >= 10; i += size - 1) {
        const CaseMatch found = matcher.match(all.subspan(i, size), (work.item + 1) << 32U | i);
        row.calibration.add(work.track, work.network, found, places[work.fixes[i]],
                            places[work.fixes[i + size - 1]]);
    }
}

void print_head(std::size_t tracks, std::size_t draws)
{
    fmt::print("{} tracks; points matched per second, CPU / wall, without and with {} draws\n"
               "{:>10}{:>8}{:>8}{:>10}{:>8}{:>6}{:>18}{:>18}{:>9}{:>8}{:>10}{:>7}\n",
               tracks, draws, "interval s", "points", "recall", "precision", "RMF", "lost", "best route",
               "drawn", "ready s", "ECE", "corridor", "cases");
}

std::string rate(const Row& row, const Spent& spent)
{
    const auto points = static_cast<double>(row.points);
    return spent.cpu_s > 0 ? fmt::format("{:.0f} / {:.0f}", points / spent.cpu_s, points / spent.wall_s)
                           : "-";
}

void print_row(const Row& row)
{
    const bool cases = row.calibration.cases() > 0;
    fmt::print("{:>10g}{:>8}{:>8.4f}{:>10.4f}{:>8.4f}{:>6}{:>18}{:>18}{:>9.2f}{:>8}{:>10}{:>7}\n",
               row.interval_s, row.points, row.score.recall(), row.score.precision(), row.score.mismatch(),
               row.score.lost(), rate(row, row.best), rate(row, row.drawn), row.ready_s,
               cases ? fmt::format("{:.3f}", row.calibration.expected_error()) : "-",
               cases ? fmt::format("{:.3f}", row.calibration.held_share()) : "-", row.calibration.cases());
}

void match_track(const KnownTrack& track, std::uint64_t item, const MatchTableOptions& options,
                 const Profile& profile, std::vector<Row>& rows)
{
    const TrackNetwork network(track);
    const std::vector<std::size_t> places = places_on_route(track);
    for (Row& row : rows) {
        const std::vector<std::size_t> fixes = track.thinned(row.interval_s);
        Work work{track, network, costs_of(network.network, profile), fixes, track.sightings(fixes),
                  {},    item};
        settle_sigma(options, work);
        match_best(work, row);
        if (options.draws > 0) {
            work.options.draws = options.draws;
            match_drawn(work, places, row);
        }
    }
}

} // namespace

void print_match_table(const MatchTableOptions& options)
{
    const tbb::global_control one_thread(tbb::global_control::max_allowed_parallelism, 1);
    const std::vector<std::string> ids = track_ids(options.tracks, options.ids_file);
    // the tracks say nothing of their roads
    const Profile profile = parse_profile("vehicle = car\nmode road = 1\ndefault speed = 36\n", "profile");
    std::vector<Row> rows(options.intervals_s.size());
    std::transform(options.intervals_s.begin(), options.intervals_s.end(), rows.begin(),
                   [](double interval_s) {
                       Row row;
                       row.interval_s = interval_s;
                       return row;
                   });
    for (std::size_t i = 0; i < ids.size(); ++i) {
        match_track(KnownTrack(options.tracks, ids[i]), i, options, profile, rows);
    }
    print_head(ids.size(), options.draws);
    for (const Row& row : rows) {
        print_row(row);
    }
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    fmt::print("peak memory of everything, reading included: {} MB\n", usage.ru_maxrss / 1024);
}

} // namespace vigil::bench
