#include "tools/route_network/report.h"

#include "tools/route_network/input.h"

namespace vigil::tools {

void tell_line_layer(const std::string& name, const LineLayerReport& report, const cli::Context& context)
{
    const LineReport& lines = report.lines;
    if (report.links > 0) {
        context.warn("{}: {} links between modes left out; an engine file (.vnet) keeps them", name,
                     report.links);
    }
    if (report.speeds.count > 0) {
        context.warn(
            "{}: speed of {} of {} lines not understood (first is feature {}); it may be a number in "
            "km/h, or text such as 30 mph",
            name, report.speeds.count, report.features, report.speeds.first);
    }
    if (lines.without_place > 0) {
        context.warn("{}: {} features without geometry skipped (first is feature {})", name,
                     lines.without_place, lines.first_without_place);
    }
    if (lines.zero_length > 0) {
        context.warn("{}: {} lines without length dropped (first is feature {})", name, lines.zero_length,
                     lines.first_zero_length);
    }
    context.tell("{}: {} lines; {} ends moved, {} cuts at crossings, {} pieces shorter than the tolerance "
                 "dropped",
                 name, lines.lines, lines.moved_ends, report.cuts, lines.collapsed);
}

void tell_osm(const std::string& name, const io::OsmReport& report, const cli::Context& context)
{
    context.tell(
        "{}: {} nodes; {} of {} ways are for travel, {} of them cut off at the edge of the extract; {} "
        "turn restrictions, {} not understood",
        name, report.nodes, report.used_ways, report.ways, report.cut_ways, report.restrictions,
        report.restrictions_ignored);
    context.tell("{}: {} stations beside the tracks moved to them, {} have none near", name,
                 report.stations_moved, report.stations_alone);
}

void tell_route_network(const LoadedRouteNetwork& loaded, const cli::Context& context)
{
    const RouteNetwork& network = loaded.network;
    context.tell("{}: {} nodes, {} edges, {} directed; {} strong components", loaded.name,
                 network.place_nodes, network.edges(), network.arcs(), network.components);
    if (loaded.report) {
        const RouteReport& report = *loaded.report;
        context.tell("{}: {} ways of {:.3f} km; {} dangling ends, {} loops, {} parallel edges", loaded.name,
                     report.ways, report.length_m / 1000, report.dangling_ends, report.loops,
                     report.parallel);
        context.tell(
            "{}: {} turn bans, {} not kept; {} links between modes, {} stations without one; {} borders",
            loaded.name, report.bans, report.bans_ignored, report.transfers, report.stations_alone,
            report.borders);
    }
}

} // namespace vigil::tools
