#include "kernels/route/edge_snapper.h"

#include "kernels/earth.h"
#include "kernels/nearest3.h"
#include "kernels/route/snap_order.h"
#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace vigil {

namespace {

constexpr std::size_t chunk = 256;

/// A straight stretch of an edge: all that measuring it needs, in one line of the cache.
struct alignas(64) Stretch {
    XYZ a, b;
    double begin_m = 0; ///< of chords along the edge, up to a
    std::uint32_t edge = 0;
};

struct OnStretch {
    XYZ at;
    double along_m = 0; ///< from a
    double dist_m2 = 0;
};

/// The point of a stretch nearest to p.
inline OnStretch nearest_on(const XYZ& p, const Stretch& s)
{
    const XYZ step = s.b - s.a;
    const double length_m2 = dot(step, step);
    const double t = length_m2 > 0 ? std::clamp(dot(p - s.a, step) / length_m2, 0.0, 1.0) : 0;
    const XYZ at = t == 1 ? s.b : vigil::along(s.a, t, step);
    const XYZ away = p - at;
    return {at, t * std::sqrt(length_m2), dot(away, away)};
}

/// A place found so far, in the order of preference.
struct Found {
    double score_m = std::numeric_limits<double>::infinity();
    bool point = false; ///< an edge of no length: only when nothing else is as near
    std::uint32_t edge = no_index;
    double along_m = 0; ///< of chords
    double distance_m = 0;
    XYZ at;
    double dist_m2 = 0; ///< of the straight line

    [[nodiscard]] auto key() const { return std::tuple(score_m, point, edge, along_m); }
};

} // namespace

struct EdgeSnapper::Index {
    const RouteNetwork* network = nullptr;
    std::vector<Stretch> stretch;   ///< in the order of the tree
    std::vector<double> chords_m;   ///< of each edge, all of it
    std::vector<float> penalty_m;   ///< of each edge; or empty
    double least_penalty_m = 0;     ///< of the edges that may be snapped to
    std::optional<BallIndex> index; ///< a ball around each stretch

    void add(std::uint32_t e, std::vector<XYZ>& points, std::vector<BallIndex::Ball>& balls);
    [[nodiscard]] double penalty_of(std::uint32_t e) const { return penalty_m.empty() ? 0 : penalty_m[e]; }
    [[nodiscard]] SnapCandidate to_candidate(const Found& found) const;
    template <typename Keep>
    void search(LonLat place, double most_m, Keep& keep) const;
};

void EdgeSnapper::Index::add(std::uint32_t e, std::vector<XYZ>& points, std::vector<BallIndex::Ball>& balls)
{
    stretches_of(network->shape_of(e), points);
    double begin_m = 0;
    for (std::size_t i = 0; i + 1 < points.size(); ++i) {
        const XYZ& a = points[i];
        const XYZ& b = points[i + 1];
        const double length_m = chord_m(a, b);
        const bool last_chance = i + 2 == points.size() && begin_m == 0;
        if (length_m == 0 && !last_chance) {
            continue; // a vertex drawn twice
        }
        if (stretch.size() >= no_index - 1) {
            fail(ExitCode::limit, "more than 2^32 - 2 stretches of {} m to snap to", stretch_m);
        }
        stretch.push_back({a, b, begin_m, e});
        balls.push_back({{(a.x + b.x) / 2, (a.y + b.y) / 2, (a.z + b.z) / 2}, length_m / 2});
        begin_m += length_m;
    }
    chords_m[e] = begin_m;
}

SnapCandidate EdgeSnapper::Index::to_candidate(const Found& found) const
{
    const double length_m = network->edge[found.edge].length_m;
    const double all_m = chords_m[found.edge];
    const double share = all_m > 0 ? std::min(found.along_m / all_m, 1.0) : 0;
    return {{found.edge, share * length_m}, to_lon_lat(found.at), found.distance_m, found.score_m};
}

/// Shows `keep` the nearest point of every stretch that may matter: within `most_m` and, by keep.limit_m(),
/// still good enough.
template <typename Keep>
void EdgeSnapper::Index::search(LonLat place, double most_m, Keep& keep) const
{
    require(std::isfinite(place.lon_deg) && std::abs(place.lat_deg) <= 90,
            "a place to snap is not a place on Earth");
    const XYZ p = earth_centred(place);
    // A chord is never longer than its arc, so what is too far by its chord is too far. The widenings take
    // up the rounding of squares and of scores.
    double limit_m = most_m;
    double limit_m2 = limit_m * limit_m * (1 + 1e-12);
    index->search({p.x, p.y, p.z}, limit_m, [&](std::uint32_t i) {
        const Stretch& s = stretch[i];
        const OnStretch on = nearest_on(p, s);
        if (on.dist_m2 <= limit_m2 && keep.may_keep(s.edge, on.dist_m2)) {
            Found found{0, chords_m[s.edge] == 0, s.edge, 0, arc_of_chord_m(std::sqrt(on.dist_m2)), on.at};
            if (found.distance_m <= most_m) {
                found.dist_m2 = on.dist_m2;
                found.score_m = found.distance_m + penalty_of(s.edge);
                found.along_m = s.begin_m + on.along_m;
                keep.see(found);
                const double best_m = keep.limit_m();
                limit_m = std::min(most_m, best_m - least_penalty_m + best_m * 1e-15);
                limit_m2 = limit_m * limit_m * (1 + 1e-12);
            }
        }
        return limit_m;
    });
}

namespace {

/// Keeps the best place of all.
struct Best {
    Found found;
    static bool may_keep(std::uint32_t /*edge*/, double /*dist_m2*/) { return true; }
    void see(const Found& other)
    {
        if (other.key() < found.key()) {
            found = other;
        }
    }
    [[nodiscard]] double limit_m() const { return found.score_m; }
};

/// Keeps the best places of the k best edges, in no order until they are sorted.
class BestOfEdges {
  public:
    /// penalties   a penalty may swallow what two distances differ by
    BestOfEdges(std::size_t k, bool penalties)
        : k_(k), certain_(penalties ? EdgeSnapper::infinite : 1 + 1e-12)
    {
        edge_.reserve(std::min(k, roomy));
        found_.reserve(std::min(k, roomy));
    }
    /// False where another stretch of the edge is nearer for certain, which costs less to tell than a score.
    bool may_keep(std::uint32_t edge, double dist_m2)
    {
        seen_ = static_cast<std::size_t>(std::find(edge_.begin(), edge_.end(), edge) - edge_.begin());
        return seen_ == edge_.size() || !(dist_m2 > found_[seen_].dist_m2 * certain_);
    }
    /// Follows may_keep() for the same edge.
    void see(const Found& other)
    {
        std::size_t at = seen_;
        if (at == edge_.size()) {
            if (found_.size() < k_) {
                edge_.push_back(other.edge);
                found_.push_back(other);
                find_worst();
                return;
            }
            at = worst_;
        }
        if (other.key() < found_[at].key()) {
            edge_[at] = other.edge;
            found_[at] = other;
            find_worst();
        }
    }
    [[nodiscard]] double limit_m() const
    {
        return found_.size() < k_ ? EdgeSnapper::infinite : found_[worst_].score_m;
    }
    /// Best first.
    [[nodiscard]] std::span<const Found> sorted()
    {
        std::sort(found_.begin(), found_.end(),
                  [](const Found& one, const Found& two) { return one.key() < two.key(); });
        return found_;
    }

  private:
    static constexpr std::size_t roomy = 32;

    void find_worst()
    {
        if (found_.size() == k_) {
            const auto worst =
                std::max_element(found_.begin(), found_.end(),
                                 [](const Found& one, const Found& two) { return one.key() < two.key(); });
            worst_ = static_cast<std::size_t>(worst - found_.begin());
        }
    }

    std::size_t k_;
    double certain_ = 1;              ///< squares that are this many times larger are so beyond rounding
    std::size_t seen_ = 0;            ///< of edge_: where the edge last asked for is
    std::size_t worst_ = 0;           ///< of found_, once there are k
    std::vector<std::uint32_t> edge_; ///< of each found, close together for the search
    std::vector<Found> found_;
};

} // namespace

EdgeSnapper::EdgeSnapper(const RouteNetwork& network, std::span<const std::uint8_t> usable,
                         std::span<const float> penalty_m)
{
    const std::uint32_t edges = network.edges();
    require(usable.empty() || usable.size() == edges, "{} flags for {} edges to snap to", usable.size(),
            edges);
    require(penalty_m.empty() || penalty_m.size() == edges, "{} penalties for {} edges to snap to",
            penalty_m.size(), edges);
    auto index = std::make_unique<Index>();
    index->network = &network;
    index->chords_m.resize(edges);
    index->penalty_m.assign(penalty_m.begin(), penalty_m.end());
    index->least_penalty_m = penalty_m.empty() ? 0 : infinite;
    std::vector<BallIndex::Ball> balls;
    std::vector<XYZ> points;
    balls.reserve(network.shape.size());
    index->stretch.reserve(network.shape.size());
    for (std::uint32_t e = 0; e < edges; ++e) {
        if (!usable.empty() && usable[e] == 0) {
            continue;
        }
        if (!penalty_m.empty()) {
            require(penalty_m[e] >= 0 && std::isfinite(penalty_m[e]),
                    "penalty {} m of edge {} is not 0 or more", penalty_m[e], e);
            index->least_penalty_m = std::min<double>(index->least_penalty_m, penalty_m[e]);
        }
        index->add(e, points, balls);
    }
    index->index.emplace(balls);
    balls = {};
    std::vector<Stretch> sorted;
    sorted.reserve(index->stretch.size());
    for (const std::uint32_t i : index->index->order()) {
        sorted.push_back(index->stretch[i]);
    }
    index->stretch = std::move(sorted);
    index_ = std::move(index);
}

EdgeSnapper::~EdgeSnapper() = default;
EdgeSnapper::EdgeSnapper(EdgeSnapper&&) noexcept = default;
EdgeSnapper& EdgeSnapper::operator=(EdgeSnapper&&) noexcept = default;

std::optional<SnapCandidate> EdgeSnapper::nearest(LonLat place, double most_m) const
{
    Best best;
    index_->search(place, most_m, best);
    if (best.found.edge == no_index) {
        return std::nullopt;
    }
    return index_->to_candidate(best.found);
}

std::vector<SnapCandidate> EdgeSnapper::candidates(LonLat place, std::size_t k, double most_m) const
{
    std::vector<SnapCandidate> result;
    if (k > 0) {
        BestOfEdges best(k, !index_->penalty_m.empty());
        index_->search(place, most_m, best);
        const std::span<const Found> sorted = best.sorted();
        result.reserve(sorted.size());
        for (const Found& found : sorted) {
            result.push_back(index_->to_candidate(found));
        }
    }
    return result;
}

std::vector<std::optional<SnapCandidate>> EdgeSnapper::nearest_of(std::span<const LonLat> places,
                                                                  double most_m) const
{
    std::vector<std::optional<SnapCandidate>> result(places.size());
    const std::vector<std::size_t> order = order_in_space(places);
    parallel_chunks(places.size(), chunk, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            result[order[i]] = nearest(places[order[i]], most_m);
        }
    });
    return result;
}

LonLat lon_lat_at(const RouteNetwork& network, EdgePlace place)
{
    const auto shape = network.shape_of(place.edge);
    const double length_m = network.edge[place.edge].length_m;
    if (!(place.offset_m > 0)) {
        return to_lon_lat(shape.front());
    }
    if (place.offset_m >= length_m) {
        return to_lon_lat(shape.back());
    }
    std::vector<XYZ> points;
    stretches_of(shape, points);
    double all_m = 0;
    for (std::size_t i = 0; i + 1 < points.size(); ++i) {
        all_m += chord_m(points[i], points[i + 1]);
    }
    double left_m = place.offset_m / length_m * all_m;
    for (std::size_t i = 0; i + 1 < points.size(); ++i) {
        const double step_m = chord_m(points[i], points[i + 1]);
        if (left_m < step_m) {
            return to_lon_lat(along(points[i], left_m / step_m, points[i + 1] - points[i]));
        }
        left_m -= step_m;
    }
    return to_lon_lat(shape.back());
}

} // namespace vigil
