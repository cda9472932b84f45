#include "tests/support/osm_text.h"

#include <fmt/format.h>

namespace vigil::test {

OsmText& OsmText::node(std::int64_t id, const OsmTags& tags)
{
    return node(id, 10 + 0.001 * static_cast<double>(id), 0, tags);
}

OsmText& OsmText::node(std::int64_t id, double lon, double lat, const OsmTags& tags)
{
    text_ += fmt::format("<node id=\"{}\" version=\"1\" lon=\"{:.7f}\" lat=\"{:.7f}\">", id, lon, lat);
    put_tags(tags);
    text_ += "</node>\n";
    return *this;
}

OsmText& OsmText::nodes(std::int64_t first, std::int64_t last)
{
    for (std::int64_t id = first; id <= last; ++id) {
        node(id);
    }
    return *this;
}

OsmText& OsmText::way(std::int64_t id, const std::vector<std::int64_t>& nodes, const OsmTags& tags)
{
    text_ += fmt::format("<way id=\"{}\" version=\"1\">", id);
    for (const std::int64_t node : nodes) {
        text_ += fmt::format("<nd ref=\"{}\"/>", node);
    }
    put_tags(tags);
    text_ += "</way>\n";
    return *this;
}

OsmText& OsmText::relation(std::int64_t id, const std::vector<Member>& members, const OsmTags& tags)
{
    text_ += fmt::format("<relation id=\"{}\" version=\"1\">", id);
    for (const Member& member : members) {
        text_ +=
            fmt::format("<member type=\"{}\" ref=\"{}\" role=\"{}\"/>", member.type, member.ref, member.role);
    }
    put_tags(tags);
    text_ += "</relation>\n";
    return *this;
}

std::string OsmText::xml() const
{
    return "<?xml version='1.0' encoding='UTF-8'?>\n<osm version=\"0.6\">\n" + text_ + "</osm>\n";
}

void OsmText::put_tags(const OsmTags& tags)
{
    for (const auto& [key, value] : tags) {
        text_ += fmt::format("<tag k=\"{}\" v=\"{}\"/>", key, value);
    }
}

} // namespace vigil::test
