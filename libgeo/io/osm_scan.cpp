#include "libgeo/io/osm_scan.h"

#include "libgeo/error.h"
#include "libgeo/io/osm_file.h"

#include <osmium/io/bzip2_compression.hpp>
#include <osmium/io/gzip_compression.hpp>
#include <osmium/io/pbf_input.hpp>
#include <osmium/io/reader.hpp>
#include <osmium/io/xml_input.hpp>
#include <osmium/osm/node.hpp>
#include <osmium/osm/relation.hpp>
#include <osmium/osm/way.hpp>

#include <filesystem>
#include <new>

namespace vigil::io {

namespace {

/// Format and compression are told, and the name cannot be taken for an address: libosmium would run a
/// downloader for one.
osmium::io::File osmium_file(const OsmFile& file)
{
    constexpr const char* formats[] = {"pbf", "osm", "osm.gz", "osm.bz2"};
    return osmium::io::File(std::filesystem::absolute(file.path).string(),
                            formats[static_cast<std::size_t>(file.format)]);
}

/// Runs `work` and words what libosmium throws; its own texts may quote coordinates.
template <typename Work>
void worded(const std::string& path, Work work)
{
    try {
        work();
    } catch (const Error&) {
        throw;
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const osmium::format_version_error&) {
        fail(ExitCode::input, "{}: is not OpenStreetMap XML of version 0.6", path);
    } catch (const osmium::xml_error& e) {
        if (e.line == 0) {
            fail(ExitCode::input, "{}: holds XML that is no OpenStreetMap extract", path);
        }
        fail(ExitCode::input, "{}: cut short or damaged: XML error in line {} ({}); fetch it again", path,
             e.line, e.error_string);
    } catch (const osmium::invalid_location&) {
        fail(ExitCode::input, "{}: damaged: a node is no place on Earth", path);
    } catch (const std::exception&) {
        fail(ExitCode::input, "{}: cut short or damaged; fetch it again", path);
    }
}

/// Calls `visit` with every object of a kind that is not deleted.
template <typename Visit>
void for_each_object(const OsmFile& file, osmium::osm_entity_bits::type kinds, const Progress& progress,
                     std::string* newest, Visit visit)
{
    worded(file.path, [&] {
        osmium::io::Reader reader(osmium_file(file), kinds, osmium::io::read_meta::no);
        const osmium::io::Header header = reader.header();
        require(!header.has_multiple_object_versions(),
                "{}: holds the history of the map; name an extract of one day", file.path);
        if (newest != nullptr) {
            *newest = std::max(*newest, header.get("timestamp"));
        }
        const auto size = static_cast<double>(std::max<std::size_t>(reader.file_size(), 1));
        while (const osmium::memory::Buffer buffer = reader.read()) {
            for (const auto& object : buffer.select<osmium::OSMObject>()) {
                if (object.visible()) {
                    visit(object);
                }
            }
            progress(std::min(1.0, static_cast<double>(reader.offset()) / size));
        }
        reader.close();
    });
}

/// The tags of an object as our own; valid as long as the object.
void take_tags(const osmium::TagList& from, std::vector<OsmTag>& to)
{
    to.clear();
    for (const osmium::Tag& tag : from) {
        to.push_back({tag.key(), tag.value()});
    }
}

bool may_be_travelled(std::span<const OsmTag> tags)
{
    return std::any_of(tags.begin(), tags.end(), [](const OsmTag& tag) {
        return tag.key == "highway" || tag.key == "railway" || tag.key == "route" || tag.key == "ferry";
    });
}

void add_station_area(const osmium::Way& way, std::span<const OsmTag> tags, OsmScan& scan)
{
    std::optional<VertexMark> mark = osm_node_tags(tags);
    if (!mark || !osm_is_beside(*mark)) {
        return;
    }
    OsmStationArea area{.id = way.id(), .mark = std::move(*mark), .outline = {}};
    for (const osmium::NodeRef& node : way.nodes()) {
        area.outline.push_back(node.ref());
    }
    scan.station_areas.push_back(std::move(area));
}

void add_way(const osmium::Way& way, std::vector<OsmTag>& tags, OsmMeanings& meanings, OsmScan& scan)
{
    ++scan.all_ways;
    take_tags(way.tags(), tags);
    if (!may_be_travelled(tags)) {
        return;
    }
    const OsmMeaning meaning = meanings.of(tags);
    if (meaning.kind == no_index) {
        add_station_area(way, tags, scan);
        return;
    }
    OsmWay made{.id = way.id(),
                .kind = meaning.kind,
                .rail_kind = meaning.rail_kind,
                .name = scan.names.number_of(osm_way_name(tags)),
                .minutes = meaning.minutes,
                .begin = scan.refs.size(),
                .end = 0};
    for (const osmium::NodeRef& node : way.nodes()) {
        scan.refs.push_back(node.ref());
    }
    made.end = scan.refs.size();
    scan.ways.push_back(made);
}

void add_member(const osmium::RelationMember& member, OsmRestriction& restriction)
{
    const std::string_view role = member.role();
    const bool is_way = member.type() == osmium::item_type::way;
    if (is_way && role == "from") {
        restriction.from.push_back(member.ref());
    } else if (is_way && role == "to") {
        restriction.to.push_back(member.ref());
    } else if (is_way && role == "via") {
        restriction.via_ways.push_back(member.ref());
    } else if (member.type() == osmium::item_type::node && role == "via") {
        restriction.via_nodes.push_back(member.ref());
    }
}

void add_relation(const osmium::Relation& relation, std::vector<OsmTag>& tags, OsmScan& scan)
{
    const char* type = relation.tags().get_value_by_key("type", "");
    if (!std::string_view(type).starts_with("restriction")) {
        return;
    }
    take_tags(relation.tags(), tags);
    OsmRestriction made;
    made.id = relation.id();
    made.bans = osm_restriction_tags(tags);
    for (const osmium::RelationMember& member : relation.members()) {
        add_member(member, made);
    }
    scan.restrictions.push_back(std::move(made));
}

bool may_be_marked(const osmium::TagList& tags)
{
    return std::any_of(tags.begin(), tags.end(), [](const osmium::Tag& tag) {
        const std::string_view key = tag.key();
        return key == "barrier" || key == "railway" || key == "public_transport" || key == "amenity" ||
               key == "ford";
    });
}

void add_mark(const osmium::Node& node, FixedLonLat place, std::size_t slot, std::vector<OsmTag>& tags,
              OsmNodes& nodes)
{
    take_tags(node.tags(), tags);
    std::optional<VertexMark> mark = osm_node_tags(tags);
    if (!mark) {
        return;
    }
    if (slot < nodes.table.size()) {
        mark->vertex = static_cast<std::uint32_t>(slot);
        nodes.marks.push_back(std::move(*mark));
    } else if (osm_is_beside(*mark)) {
        nodes.elsewhere.push_back({node.id(), place, std::move(*mark)});
    }
}

void add_node(const osmium::Node& node, std::vector<OsmTag>& tags, OsmNodes& nodes)
{
    ++nodes.all_nodes;
    const osmium::Location location = node.location();
    const FixedLonLat place{location.x(), location.y()};
    const std::size_t slot = nodes.table.slot_of(node.id());
    if (slot < nodes.table.size()) {
        if (nodes.table.known(slot)) {
            return; // from an earlier file
        }
        nodes.table.set_place(slot, place);
    }
    if (!node.tags().empty() && may_be_marked(node.tags())) {
        add_mark(node, place, slot, tags, nodes);
    }
}

} // namespace

std::uint32_t OsmTexts::number_of(std::string_view text)
{
    if (text.empty()) {
        return 0;
    }
    if (const auto found = numbers_.find(text); found != numbers_.end()) {
        return found->second;
    }
    const auto number = static_cast<std::uint32_t>(texts_.size());
    texts_.emplace_back(text);
    numbers_.emplace(text, number);
    return number;
}

std::uint32_t OsmKinds::number_of(const WayKind& kind)
{
    const auto put = [this](const auto& value) {
        text_.append(reinterpret_cast<const char*>(&value), sizeof value);
    };
    text_.clear();
    put(kind.mode);
    put(kind.forward);
    put(kind.backward);
    put(kind.border);
    put(kind.speed_forward_kmh);
    put(kind.speed_backward_kmh);
    text_ += kind.road_class;
    for (const std::string& tag : kind.tags) {
        text_ += '\0'; // in no text of OpenStreetMap
        text_ += tag;
    }
    const auto [where, added] = numbers_.try_emplace(text_, static_cast<std::uint32_t>(kinds_.size()));
    if (added) {
        kinds_.push_back(kind);
    }
    return where->second;
}

OsmMeaning OsmMeanings::of(std::span<const OsmTag> tags)
{
    text_.clear();
    for (const OsmTag& tag : tags) {
        if (!osm_is_label(tag)) {
            text_ += tag.key;
            text_ += '\0'; // in no text of OpenStreetMap
            text_ += tag.value;
            text_ += '\0';
        }
    }
    if (const auto found = known_.find(text_); found != known_.end()) {
        return found->second;
    }
    const OsmMeaning meaning = work_out(tags);
    if (known_.size() < most) {
        known_.emplace(text_, meaning);
    }
    return meaning;
}

OsmMeaning OsmMeanings::work_out(std::span<const OsmTag> tags)
{
    OsmMeaning meaning;
    const std::optional<OsmWayTags> used = osm_way_tags(tags);
    if (used) {
        meaning.kind = kinds_.number_of(used->kind);
        meaning.minutes = static_cast<float>(used->minutes);
        const std::optional<OsmWayTags> rail = osm_rail_in_road(tags);
        if (rail && used->kind.mode != Mode::rail) {
            meaning.rail_kind = kinds_.number_of(rail->kind);
        }
    }
    return meaning;
}

void scan_ways(const OsmFile& file, OsmScan& scan, const Progress& progress)
{
    OsmMeanings meanings(scan.kinds);
    std::vector<OsmTag> tags;
    for_each_object(file, osmium::osm_entity_bits::way | osmium::osm_entity_bits::relation, progress,
                    &scan.newest, [&](const osmium::OSMObject& object) {
                        if (object.type() == osmium::item_type::way) {
                            add_way(static_cast<const osmium::Way&>(object), tags, meanings, scan);
                        } else if (object.type() == osmium::item_type::relation) {
                            add_relation(static_cast<const osmium::Relation&>(object), tags, scan);
                        }
                    });
}

void scan_nodes(const OsmFile& file, OsmNodes& nodes, const Progress& progress)
{
    std::vector<OsmTag> tags;
    for_each_object(
        file, osmium::osm_entity_bits::node, progress, nullptr, [&](const osmium::OSMObject& object) {
            const auto& node = static_cast<const osmium::Node&>(object);
            require(node.location().valid(), "{}: damaged: a node is no place on Earth", file.path);
            add_node(node, tags, nodes);
        });
}

} // namespace vigil::io
