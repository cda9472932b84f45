#include "kernels/route/hierarchy/inertial_flow.h"

#include "kernels/route/hierarchy/disjoint_paths.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <mutex>
#include <numbers>
#include <numeric>

namespace vigil {

namespace {

constexpr std::array<double, 4> direction_deg = {0, 90, 45, 135}; ///< from east to north
constexpr double terminal_share = 0.25;                           ///< of the nodes at either end
constexpr std::uint32_t parallel_nodes = 20000; ///< from here on directions are searched side by side

using End = DisjointPaths::End;

double dot(const SpherePlace& a, const SpherePlace& b)
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/// Where the nodes are on a plane that touches the Earth in their midst; no seams, wherever that is.
struct Plane {
    SpherePlace centre = {}, east = {}, north = {};

    explicit Plane(std::span<const SpherePlace> place)
    {
        for (const SpherePlace& p : place) {
            for (std::size_t i = 0; i < 3; ++i) {
                centre[i] += p[i] / static_cast<double>(place.size());
            }
        }
        const double level = std::hypot(centre[0], centre[1]);
        const double length = std::hypot(level, centre[2]);
        const double east_x = level > 0 ? -centre[1] / level : 0;
        const double east_y = level > 0 ? centre[0] / level : 1;
        const double up = length > 0 ? centre[2] / length : 0;
        east = {east_x, east_y, 0};
        north = {-up * east_y, up * east_x, length > 0 ? level / length : 1};
    }
    [[nodiscard]] SpherePlace direction(double angle) const
    {
        SpherePlace d{};
        for (std::size_t i = 0; i < 3; ++i) {
            d[i] = std::cos(angle) * east[i] + std::sin(angle) * north[i];
        }
        return d;
    }
};

/// How bad a cut is; the first of equals wins, so that the order in which they were found does not matter.
struct Found {
    double cost = std::numeric_limits<double>::infinity();
    std::size_t number = 0;
    Separator cut;

    [[nodiscard]] bool better_than(const Found& other) const
    {
        return cost != other.cost ? cost < other.cost : number < other.number;
    }
};

double cost_of(double size, double smaller)
{
    return smaller > 0 ? size / std::sqrt(smaller) : std::numeric_limits<double>::infinity();
}

/// What the directions of one graph share.
struct Search {
    const UndirectedGraph& graph;
    std::span<const SpherePlace> place;
    Plane plane;
    std::atomic<double> least = std::numeric_limits<double>::infinity();
    std::mutex mutex;
    Found best;

    Search(const UndirectedGraph& of, std::span<const SpherePlace> at) : graph(of), place(at), plane(at) {}

    void offer(std::vector<std::uint8_t>& side, std::uint32_t size, std::size_t number)
    {
        const auto first = static_cast<std::uint32_t>(std::count(side.begin(), side.end(), 0));
        const auto smaller = std::min(first, graph.nodes() - size - first);
        Found found{cost_of(size, smaller), number, {{}, size, smaller}};
        const std::lock_guard lock(mutex);
        if (best.cut.side.empty() || found.better_than(best)) {
            found.cut.side.swap(side);
            best = std::move(found);
            least = best.cost;
        }
    }
};

struct Workspace {
    DisjointPaths paths;
    std::vector<float> key;
    std::vector<std::uint32_t> by_key;
    std::vector<End> ends;
    std::vector<DisjointPaths::Start> starts;
    std::vector<std::uint8_t> near_source, near_sink, between;
};

struct KeyLess {
    std::span<const float> key;
    bool operator()(std::uint32_t a, std::uint32_t b) const
    {
        return key[a] != key[b] ? key[a] < key[b] : a < b;
    }
};

/// How many nodes at either end are source or sink.
std::ptrdiff_t terminals(std::size_t nodes)
{
    return std::max<std::ptrdiff_t>(1,
                                    static_cast<std::ptrdiff_t>(terminal_share * static_cast<double>(nodes)));
}

/// Marks the outer nodes along a direction.
void choose_ends(const Search& search, double angle, Workspace& work)
{
    const std::uint32_t n = search.graph.nodes();
    const SpherePlace direction = search.plane.direction(angle);
    const double middle = dot(search.plane.centre, direction);
    work.key.resize(n);
    for (std::uint32_t v = 0; v < n; ++v) {
        work.key[v] = static_cast<float>(dot(search.place[v], direction) - middle);
    }
    work.by_key.resize(n);
    std::iota(work.by_key.begin(), work.by_key.end(), 0U);
    const KeyLess less{work.key};
    const std::ptrdiff_t outer = terminals(n);
    const auto begin = work.by_key.begin();
    const auto end = work.by_key.end();
    std::nth_element(begin, begin + outer, end, less);
    std::nth_element(begin + outer, end - outer, end, less);
    work.ends.assign(n, End::none);
    std::for_each(begin, begin + outer, [&](std::uint32_t v) { work.ends[v] = End::source; });
    std::for_each(end - outer, end, [&](std::uint32_t v) { work.ends[v] = End::sink; });
}

/// Nodes that are nearer to the sources than half of all.
std::span<const std::uint32_t> nearer_half(Workspace& work)
{
    const std::ptrdiff_t outer = terminals(work.by_key.size());
    const auto half = std::max(outer, static_cast<std::ptrdiff_t>(work.by_key.size() / 2));
    std::nth_element(work.by_key.begin() + outer, work.by_key.begin() + half, work.by_key.end() - outer,
                     KeyLess{work.key});
    return std::span(work.by_key).first(static_cast<std::size_t>(half));
}

/// The sources that border on others, from left to right as one looks along the direction, each with the
/// leftmost of its neighbours first.
void choose_starts(const Search& search, double angle, Workspace& work)
{
    const SpherePlace along = search.plane.direction(angle);
    const SpherePlace left = search.plane.direction(angle + std::numbers::pi / 2);
    std::vector<std::pair<double, DisjointPaths::Start>> found;
    for (std::uint32_t v = 0; v < search.graph.nodes(); ++v) {
        const auto neighbours = search.graph.of(v);
        if (work.ends[v] != End::source ||
            std::none_of(neighbours.begin(), neighbours.end(),
                         [&](std::uint32_t w) { return work.ends[w] != End::source; })) {
            continue;
        }
        const double v_along = dot(search.place[v], along);
        const double v_left = dot(search.place[v], left);
        const auto turn = [&](std::uint32_t w) {
            return std::atan2(dot(search.place[w], left) - v_left, dot(search.place[w], along) - v_along);
        };
        const auto first =
            std::max_element(neighbours.begin(), neighbours.end(),
                             [&](std::uint32_t a, std::uint32_t b) { return turn(a) < turn(b); });
        found.push_back(
            {-v_left, {v, search.graph.begin[v] + static_cast<std::uint32_t>(first - neighbours.begin())}});
    }
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
        return a.first != b.first ? a.first < b.first : a.second.node < b.second.node;
    });
    work.starts.clear();
    for (const auto& f : found) {
        work.starts.push_back(f.second);
    }
}

void search_direction(Search& search, std::size_t d, Workspace& work)
{
    const double angle = direction_deg[d] * std::numbers::pi / 180;
    choose_ends(search, angle, work);
    choose_starts(search, angle, work);
    work.paths.start(search.graph, work.ends, work.starts);
    const double n = search.graph.nodes();
    // so many nodes between and halves of equal size would be worse than what is known
    const auto most = [&] {
        const double least = search.least.load(std::memory_order_relaxed);
        return std::isfinite(least) ? least * std::sqrt(n / 2) : n;
    };
    if (work.paths.run(most)) {
        const std::uint32_t size = work.paths.paths();
        work.paths.cut_near_source(work.near_source);
        work.paths.cut_near_sink(work.near_sink);
        work.paths.cut_between(work.near_source, work.near_sink, nearer_half(work), work.between);
        search.offer(work.between, size, 3 * d);
        search.offer(work.near_source, size, 3 * d + 1);
        search.offer(work.near_sink, size, 3 * d + 2);
    }
}

} // namespace

Separator inertial_flow(const UndirectedGraph& graph, std::span<const SpherePlace> place)
{
    Search search(graph, place);
    if (graph.nodes() < parallel_nodes) {
        Workspace work;
        for (std::size_t d = 0; d < direction_deg.size(); ++d) {
            search_direction(search, d, work);
        }
    } else {
        tbb::parallel_for(std::size_t{0}, direction_deg.size(), [&](std::size_t d) {
            Workspace work;
            search_direction(search, d, work);
        });
    }
    return std::move(search.best.cut);
}

} // namespace vigil
