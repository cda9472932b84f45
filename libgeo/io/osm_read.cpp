#include "libgeo/io/osm_read.h"

#include "libgeo/error.h"
#include "libgeo/io/osm_bans.h"
#include "libgeo/io/osm_file.h"
#include "libgeo/io/osm_scan.h"
#include "libgeo/io/osm_stations.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace vigil::io {

namespace {

/// "a.osm.pbf", or "a.osm.pbf and 2 more"
std::string names_of(std::span<const std::string> paths)
{
    return paths.size() == 1 ? paths.front() : fmt::format("{} and {} more", paths.front(), paths.size() - 1);
}

/// Ways in the order of their numbers, each once: of several, the one with most nodes, then of the first
/// file.
void take_once(std::vector<OsmWay>& ways)
{
    const auto nodes = [](const OsmWay& way) {
        return way.end - way.begin;
    };
    std::stable_sort(ways.begin(), ways.end(), [&](const OsmWay& a, const OsmWay& b) {
        return a.id != b.id ? a.id < b.id : nodes(a) > nodes(b);
    });
    ways.erase(
        std::unique(ways.begin(), ways.end(), [](const OsmWay& a, const OsmWay& b) { return a.id == b.id; }),
        ways.end());
}

/// Cuts ways where nodes are not known, and numbers the vertices that stay.
class Assembly {
  public:
    Assembly(OsmScan& scan, const OsmNodeTable& table, OsmReport& report)
        : scan_(scan), table_(table), report_(report), vertex_of_(table.size(), no_index)
    {
    }

    Ways make()
    {
        for (const OsmWay& way : scan_.ways) {
            add(way);
        }
        number_vertices();
        ways_.kinds = scan_.kinds.take();
        ways_.names = scan_.names.take();
        return std::move(ways_);
    }

    [[nodiscard]] std::size_t missing() const { return missing_; }
    [[nodiscard]] std::size_t refs() const { return refs_; } ///< missing or not
    /// no_index when the node is on no way
    [[nodiscard]] std::uint32_t vertex_of_slot(std::size_t slot) const
    {
        return slot < vertex_of_.size() ? vertex_of_[slot] : no_index;
    }

  private:
    void add(const OsmWay& way)
    {
        const std::size_t before = ways_.ways.size();
        bool cut = false;
        run_.clear();
        refs_ += way.end - way.begin;
        for (std::size_t i = way.begin; i < way.end; ++i) {
            const std::size_t slot = table_.slot_of(scan_.refs[i]);
            if (!table_.known(slot)) {
                ++missing_;
                cut = true;
                end_run(way);
            } else if (run_.empty() || run_.back() != slot) {
                run_.push_back(static_cast<std::uint32_t>(slot));
            }
        }
        end_run(way);
        report_.cut_ways += cut ? 1 : 0;
        const std::size_t parts = ways_.ways.size() - before;
        report_.used_ways += parts > 0 ? 1 : 0;
        drop_minutes_of_parts(before, cut);
        if (way.rail_kind != no_index) {
            add_rails(before, way.rail_kind);
        }
    }

    void end_run(const OsmWay& way)
    {
        if (run_.size() >= 2) {
            Way part;
            part.source = way.id;
            part.kind = way.kind;
            part.name = way.name;
            part.minutes = way.minutes;
            part.vertex_begin = ways_.along.size();
            ways_.along.insert(ways_.along.end(), run_.begin(), run_.end());
            part.vertex_end = ways_.along.size();
            ways_.ways.push_back(part);
        }
        run_.clear();
    }

    /// The duration of a crossing is not that of what is left of it.
    void drop_minutes_of_parts(std::size_t begin, bool cut)
    {
        for (std::size_t i = begin; cut && i < ways_.ways.size(); ++i) {
            ways_.ways[i].minutes = std::numeric_limits<float>::quiet_NaN();
        }
    }

    void add_rails(std::size_t begin, std::uint32_t kind)
    {
        const std::size_t end = ways_.ways.size();
        for (std::size_t i = begin; i < end; ++i) {
            Way rails = ways_.ways[i];
            rails.kind = kind;
            ways_.ways.push_back(rails); // along the same vertices
        }
    }

    void number_vertices()
    {
        for (const std::uint32_t slot : ways_.along) {
            vertex_of_[slot] = 0;
        }
        std::uint32_t next = 0;
        for (std::size_t slot = 0; slot < vertex_of_.size(); ++slot) {
            if (vertex_of_[slot] != no_index) {
                vertex_of_[slot] = next++;
                ways_.vertex.push_back(table_.place(slot));
            }
        }
        for (std::uint32_t& at : ways_.along) {
            at = vertex_of_[at];
        }
    }

    OsmScan& scan_;
    const OsmNodeTable& table_;
    OsmReport& report_;
    std::vector<std::uint32_t> vertex_of_; ///< of each slot
    Ways ways_;
    std::vector<std::uint32_t> run_;
    std::size_t missing_ = 0;
    std::size_t refs_ = 0;
};

void put_marks(Ways& ways, OsmNodes& nodes, const Assembly& assembly)
{
    for (VertexMark& mark : nodes.marks) {
        const std::size_t slot = mark.vertex;
        mark.vertex = assembly.vertex_of_slot(slot);
        if (mark.vertex != no_index) {
            ways.marks.push_back(std::move(mark));
        } else if (osm_is_beside(mark)) { // on the outline of a station, or all that is left of a way
            nodes.elsewhere.push_back({nodes.table.id(slot), nodes.table.place(slot), std::move(mark)});
        }
    }
    std::sort(ways.marks.begin(), ways.marks.end(),
              [](const VertexMark& a, const VertexMark& b) { return a.vertex < b.vertex; });
}

/// Stations drawn as areas stand in the middle of them.
void add_station_areas(OsmScan& scan, OsmNodes& nodes)
{
    for (OsmStationArea& area : scan.station_areas) {
        constexpr std::int32_t most = std::numeric_limits<std::int32_t>::max();
        FixedLonLat low{most, most};
        FixedLonLat high{-most, -most};
        for (const std::int64_t node : area.outline) {
            const std::size_t slot = nodes.table.slot_of(node);
            if (nodes.table.known(slot)) {
                const FixedLonLat place = nodes.table.place(slot);
                low = {std::min(low.lon, place.lon), std::min(low.lat, place.lat)};
                high = {std::max(high.lon, place.lon), std::max(high.lat, place.lat)};
            }
        }
        if (low.lon <= high.lon) {
            nodes.elsewhere.push_back({-area.id,
                                       {std::midpoint(low.lon, high.lon), std::midpoint(low.lat, high.lat)},
                                       std::move(area.mark)});
        }
    }
}

/// Every node that has to be found.
std::vector<std::int64_t> nodes_asked_for(const OsmScan& scan)
{
    std::vector<std::int64_t> ids = scan.refs;
    for (const OsmStationArea& area : scan.station_areas) {
        ids.insert(ids.end(), area.outline.begin(), area.outline.end());
    }
    return ids;
}

/// Stations in the order of their nodes, each once.
void take_once(std::vector<OsmPlace>& stations)
{
    std::stable_sort(stations.begin(), stations.end(),
                     [](const OsmPlace& a, const OsmPlace& b) { return a.id < b.id; });
    stations.erase(std::unique(stations.begin(), stations.end(),
                               [](const OsmPlace& a, const OsmPlace& b) { return a.id == b.id; }),
                   stations.end());
}

void require_enough(const OsmNodes& nodes, std::size_t missing, std::size_t refs, const std::string& names)
{
    require(nodes.all_nodes > 0, "{}: cut short: holds ways but no nodes, so nobody knows where they are",
            names);
    require(missing <= refs / 2,
            "{}: cut short: {} of the {} nodes along its roads, paths, rails and ferries are missing", names,
            missing, refs);
}

Progress part_of(const Progress& progress, std::size_t part, std::size_t parts)
{
    return Progress([&progress, part, parts](double fraction) {
        progress((static_cast<double>(part) + fraction) / static_cast<double>(parts));
    });
}

} // namespace

OsmWays read_osm(std::span<const std::string> paths, const Progress& progress)
{
    require(!paths.empty(), "no OpenStreetMap file is named");
    std::vector<OsmFile> files;
    for (const std::string& path : paths) {
        files.push_back(check_osm_file(path));
    }
    OsmScan scan;
    for (std::size_t i = 0; i < files.size(); ++i) {
        scan_ways(files[i], scan, part_of(progress, i, 2 * files.size()));
    }
    const std::string names = names_of(paths);
    require(!scan.ways.empty(), "{}: holds no road, path, railway or ferry", names);

    OsmNodes nodes{.table = OsmNodeTable(nodes_asked_for(scan)), .marks = {}, .elsewhere = {}};
    require(nodes.table.size() < no_index, "{}: more than {} nodes along ways; name a smaller extract", names,
            no_index);
    for (std::size_t i = 0; i < files.size(); ++i) {
        scan_nodes(files[i], nodes, part_of(progress, files.size() + i, 2 * files.size()));
    }
    take_once(scan.ways);

    OsmWays result;
    result.report.nodes = nodes.all_nodes;
    result.report.ways = scan.all_ways;
    result.report.newest = scan.newest;
    Assembly assembly(scan, nodes.table, result.report);
    result.ways = assembly.make();
    require_enough(nodes, assembly.missing(), assembly.refs(), names);
    require(!result.ways.ways.empty(), "{}: holds no road, path, railway or ferry", names);

    put_marks(result.ways, nodes, assembly);
    add_station_areas(scan, nodes);
    take_once(nodes.elsewhere);
    settle_stations(result.ways, std::move(nodes.elsewhere), result.report);
    result.ways.bans = osm_bans(
        std::move(scan.restrictions), result.ways,
        [&](std::int64_t node) { return assembly.vertex_of_slot(nodes.table.slot_of(node)); }, result.report);
    return result;
}

} // namespace vigil::io
