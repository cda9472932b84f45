#include "libgeo/osm_access.h"

#include <algorithm>

namespace vigil {

namespace {

/// Vehicles that a word of access tags means; none for bicycles, horses, taxis and others not known here.
Vehicles vehicles_of(std::string_view word)
{
    if (word == "motor_vehicle" || word == "vehicle") {
        return vehicle::motor;
    }
    if (word == "motorcar") {
        return vehicle::car;
    }
    if (word == "hgv" || word == "goods") {
        return vehicle::truck;
    }
    if (word == "bus" || word == "psv") {
        return vehicle::bus;
    }
    return word == "foot" ? vehicle::foot : vehicle::none;
}

/// "psv;bicycle"
Vehicles vehicles_of_list(std::string_view words)
{
    Vehicles all = vehicle::none;
    while (!words.empty()) {
        const std::size_t end = words.find_first_of(";,");
        std::string_view word = words.substr(0, end);
        word.remove_prefix(std::min(word.find_first_not_of(' '), word.size()));
        all |= vehicles_of(word.substr(0, word.find(' ')));
        words = end == std::string_view::npos ? std::string_view() : words.substr(end + 1);
    }
    return all;
}

enum class Rule { unknown, no, only };

Rule rule_of(std::string_view value)
{
    constexpr std::string_view turns[] = {"left_turn", "right_turn", "straight_on",
                                          "u_turn",    "entry",      "exit"};
    const bool no = value.starts_with("no_");
    const bool only = value.starts_with("only_");
    const std::string_view turn = value.substr(no ? 3 : only ? 5 : 0);
    if ((!no && !only) || std::find(std::begin(turns), std::end(turns), turn) == std::end(turns)) {
        return Rule::unknown;
    }
    return no ? Rule::no : Rule::only;
}

bool holds_at_some_hours(const OsmTagList& tags)
{
    return tags.has("day_on") || tags.has("day_off") || tags.has("hour_on") || tags.has("hour_off");
}

} // namespace

std::vector<OsmBan> osm_restriction_tags(std::span<const OsmTag> all)
{
    const OsmTagList tags(all);
    if (holds_at_some_hours(tags)) {
        return {};
    }
    constexpr std::string_view prefix = "restriction:";
    Vehicles no = vehicle::none;
    Vehicles only = vehicle::none;
    Vehicles named = vehicle::none; // rules for these vehicles stand in place of the general one
    for (const OsmTag& tag : all) {
        if (!tag.key.starts_with(prefix)) {
            continue;
        }
        const Vehicles who = vehicles_of(tag.key.substr(prefix.size())); // nobody for ":conditional"
        const Rule rule = rule_of(tag.value);
        no |= rule == Rule::no ? who : vehicle::none;
        only |= rule == Rule::only ? who : vehicle::none;
        named |= who;
    }
    const Vehicles others = vehicle::motor & static_cast<Vehicles>(~named);
    const Rule general = rule_of(tags["restriction"]);
    no |= general == Rule::no ? others : vehicle::none;
    only |= general == Rule::only ? others : vehicle::none;

    const auto bound = static_cast<Vehicles>(~vehicles_of_list(tags["except"]));
    std::vector<OsmBan> bans;
    if ((no & bound) != 0) {
        bans.push_back({.banned = static_cast<Vehicles>(no & bound), .only = false});
    }
    if ((only & bound) != 0) {
        bans.push_back({.banned = static_cast<Vehicles>(only & bound), .only = true});
    }
    return bans;
}

} // namespace vigil
