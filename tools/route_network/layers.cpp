#include "tools/route_network/layers.h"

#include "libgeo/error.h"
#include "libgeo/io/crs.h"

#include <fmt/format.h>

#include <cmath>
#include <string>

namespace vigil::tools {

namespace {

template <typename T, typename Value>
std::vector<T> column(std::size_t n, const Value& value)
{
    std::vector<T> values;
    values.reserve(n);
    for (std::uint32_t i = 0; i < n; ++i) {
        values.push_back(static_cast<T>(value(i)));
    }
    return values;
}

/// How vehicles may travel an edge, in OpenStreetMap's words.
const char* oneway_word(const EdgeKind& kind)
{
    const auto wheels = static_cast<Vehicles>(~vehicle::foot);
    const bool forward = (kind.forward & wheels) != 0;
    const bool backward = (kind.backward & wheels) != 0;
    return forward == backward ? "no" : (forward ? "yes" : "-1");
}

std::string words_of(Vehicles vehicles)
{
    constexpr std::pair<Vehicles, const char*> words[] = {{vehicle::car, "car"},
                                                          {vehicle::truck, "truck"},
                                                          {vehicle::bus, "bus"},
                                                          {vehicle::foot, "foot"},
                                                          {vehicle::train, "train"}};
    std::string text;
    for (const auto& [bit, word] : words) {
        if ((vehicles & bit) != 0) {
            text += (text.empty() ? "" : " ") + std::string(word);
        }
    }
    return text;
}

std::vector<LonLat> degrees_of(std::span<const FixedLonLat> shape)
{
    std::vector<LonLat> line;
    for (const FixedLonLat p : shape) {
        line.push_back(to_lon_lat(p));
    }
    return line;
}

Features edges_layer(const RouteNetwork& network)
{
    Features layer;
    layer.name = "edges";
    layer.title = "Network";
    layer.summary = "Edges of a routable network: stretches of line between two nodes.";
    layer.style = "network";
    layer.crs = io::wgs84();
    layer.geometry.kind = GeometryKind::line;
    const std::size_t n = network.edges();
    for (std::uint32_t e = 0; e < n; ++e) {
        add_line(layer.geometry, degrees_of(network.shape_of(e)));
    }
    using Integer = std::int64_t;
    using Text = std::string;
    const auto& edge = network.edge;
    const auto kind = [&](std::uint32_t e) -> const EdgeKind& {
        return network.kind_of(e);
    };
    const auto piece = [&](std::uint32_t e) -> const EdgePiece& {
        return network.pieces_of(e).front();
    };
    layer.table.fields = {
        {"edge_id", "Edge", "", column<Integer>(n, [](auto e) { return e + 1; })},
        {"from_node", "From node", "", column<Integer>(n, [&](auto e) { return edge[e].from + 1; })},
        {"to_node", "To node", "", column<Integer>(n, [&](auto e) { return edge[e].to + 1; })},
        {"length_m", "Length", "m", column<double>(n, [&](auto e) { return edge[e].length_m; })},
        {"name", "Name", "", column<Text>(n, [&](auto e) { return network.text(piece(e).name); })},
        {"class", "Class", "", column<Text>(n, [&](auto e) { return network.text(kind(e).road_class); })},
        {"mode", "Mode", "", column<Text>(n, [&](auto e) { return name_of(kind(e).mode); })},
        {"speed_kmh", "Signposted speed", "km/h",
         column<double>(n,
                        [&](auto e) {
                            return kind(e).speed_forward_kmh > 0
                                       ? static_cast<double>(kind(e).speed_forward_kmh)
                                       : std::nan("");
                        })},
        {"oneway", "One-way", "", column<Text>(n, [&](auto e) { return oneway_word(kind(e)); })},
        {"vehicles", "Open to", "",
         column<Text>(n, [&](auto e) { return words_of(kind(e).forward | kind(e).backward); })},
        {"border", "Border", "", column<Integer>(n, [&](auto e) { return kind(e).border; })},
        {"component", "Strong component", "",
         column<Integer>(n, [&](auto e) { return network.component[edge[e].from] + 1; })},
        {"source_id", "Source feature", "", column<Integer>(n, [&](auto e) { return piece(e).source; })},
        {"pieces", "Source pieces", "",
         column<Integer>(n, [&](auto e) { return network.pieces_of(e).size(); })},
    };
    return layer;
}

Features nodes_layer(const RouteNetwork& network)
{
    Features layer;
    layer.name = "nodes";
    layer.title = "Network nodes";
    layer.summary = "Nodes of a routable network: where edges meet or end.";
    layer.style = "network_nodes";
    layer.crs = io::wgs84();
    layer.geometry.kind = GeometryKind::point;
    const std::size_t n = network.place_nodes;
    for (std::uint32_t v = 0; v < n; ++v) {
        const LonLat at = to_lon_lat(network.node[v]);
        const XY xy{at.lon_deg, at.lat_deg};
        layer.geometry.add({&xy, 1});
    }
    std::vector<std::int64_t> degree(n, 0);
    for (std::uint32_t e = 0; e < network.edges(); ++e) {
        ++degree[network.edge[e].from];
        ++degree[network.edge[e].to];
    }
    std::vector<std::int64_t> bans(n, 0);
    for (std::uint32_t v = network.place_nodes; v < network.nodes(); ++v) {
        ++bans[network.node_of[v]];
    }
    using Integer = std::int64_t;
    layer.table.fields = {
        {"node_id", "Node", "", column<Integer>(n, [](auto v) { return v + 1; })},
        {"component", "Strong component", "",
         column<Integer>(n, [&](auto v) { return network.component[v] + 1; })},
        {"degree", "Edges that meet here", "", std::move(degree)},
        {"bans", "Approaches with a banned turn", "", std::move(bans)},
    };
    return layer;
}

} // namespace

void add_line_part(Geometries& geometry, std::span<const LonLat> line)
{
    std::vector<XY> part;
    const auto end_part = [&] {
        geometry.add_ring(part);
        geometry.end_part();
        part.clear();
    };
    for (const LonLat at : line) {
        if (!part.empty() && std::abs(at.lon_deg - part.back().x) > 180) {
            const double edge = part.back().x > 0 ? 180 : -180;
            const double beyond = at.lon_deg + 2 * edge; // the next place, not wrapped
            const double t = (edge - part.back().x) / (beyond - part.back().x);
            const double lat = part.back().y + t * (at.lat_deg - part.back().y);
            part.push_back({edge, lat});
            end_part();
            part.push_back({-edge, lat});
        }
        part.push_back({at.lon_deg, at.lat_deg});
    }
    end_part();
}

void add_line(Geometries& geometry, std::span<const LonLat> line)
{
    add_line_part(geometry, line);
    geometry.end_feature();
}

std::vector<Features> network_layers(const RouteNetwork& network, bool with_nodes)
{
    std::vector<Features> layers{edges_layer(network)};
    if (with_nodes) {
        layers.push_back(nodes_layer(network));
    }
    return layers;
}

void bring_to(std::vector<Features>& layers, const Crs& crs)
{
    for (Features& layer : layers) {
        const std::size_t lost = io::transform(layer.geometry.xy, layer.crs, crs);
        require(lost == 0, "{} vertices cannot be written in {}; choose another --crs", lost, crs.label());
        layer.crs = crs;
    }
}

} // namespace vigil::tools
