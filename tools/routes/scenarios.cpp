#include "tools/routes/scenarios.h"

#include "kernels/route/borders.h"
#include "kernels/route/strong_components.h"
#include "libgeo/error.h"
#include "libgeo/io/source.h"
#include "tools/route_network/line_input.h"

#include <algorithm>
#include <filesystem>

namespace vigil::tools {

namespace {

struct Named {
    std::string profile; ///< a shipped name or a file
    double weight = 1;
};

/// "night.profile:0.6"; without a weight 1.
Named parse_scenario(const std::string& text)
{
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos) {
        return {text, 1};
    }
    if (colon == 0) {
        throw UsageError(fmt::format("--scenario {}: no profile is named; write PROFILE:WEIGHT", text));
    }
    return {text.substr(0, colon),
            cli::parse_number("--scenario", text.substr(colon + 1), cli::positive, "")};
}

std::vector<Named> named_scenarios(const ScenarioInput& input)
{
    if (!input.profile.empty() && !input.scenarios.empty()) {
        throw UsageError("give --profile, or --scenario once for each profile, not both");
    }
    std::vector<Named> named;
    for (const std::string& text : input.scenarios) {
        named.push_back(parse_scenario(text));
    }
    if (named.empty()) {
        named.push_back({input.profile.empty() ? "car" : input.profile, 1});
    }
    return named;
}

Profile read_profile(const std::string& name, LoadedScenarios& loaded)
{
    const std::string_view shipped = profile_text(name);
    if (!shipped.empty()) {
        return parse_profile(shipped, name + ".profile");
    }
    if (!std::filesystem::exists(name)) {
        std::string names;
        for (const std::string& one : profile_names()) {
            names += (names.empty() ? "" : ", ") + one;
        }
        fail(ExitCode::input, "{}: neither a profile file nor one that comes with vigil: {}", name, names);
    }
    io::require_local_file(name);
    constexpr std::uint64_t most_bytes = 1U << 20U;
    const io::Source source(name, most_bytes);
    loaded.records.push_back({io::base_name(name), io::sha256_hex(source.bytes())});
    return parse_profile(source.bytes(), name);
}

/// The polygons of a profile's area factors; their files lie beside the profile.
std::vector<AreaFactor> read_areas(const Profile& profile, const std::string& profile_file,
                                   const RouteNetwork& network, bool allow_vsi, LoadedScenarios& loaded)
{
    std::vector<AreaFactor> areas;
    for (const auto& [file, factor] : profile.polygon_factor) {
        const std::filesystem::path beside = std::filesystem::path(profile_file).parent_path() / file;
        const Features layer = read_polygons(beside.string(), allow_vsi);
        areas.push_back({share_inside(network, layer.geometry), factor});
        loaded.records.push_back({io::base_name(file), io::sha256_of_file(beside.string())});
    }
    return areas;
}

} // namespace

void add_profile_option(cli::Command& command, ScenarioInput& input)
{
    command.text(
        "--profile", input.profile,
        "how people travel: car (the default), truck, bus, walk, rail, ferry, multimodal, or a profile file");
}

void add_scenario_options(cli::Command& command, ScenarioInput& input)
{
    add_profile_option(command, input);
    command.texts(
        "--scenario", input.scenarios,
        "PROFILE:WEIGHT, once for each way of travelling that is possible: probabilities are mixed");
}

LoadedScenarios load_scenarios(const ScenarioInput& input, const RouteNetwork& network,
                               const cli::Context& context)
{
    LoadedScenarios loaded;
    loaded.usable.assign(network.edges(), 1);
    loaded.part_nodes.assign(network.edges(), network.nodes());
    for (const Named& named : named_scenarios(input)) {
        const Profile profile = read_profile(named.profile, loaded);
        const std::vector<AreaFactor> areas =
            read_areas(profile, named.profile, network, input.allow_vsi, loaded);
        Scenario scenario;
        try {
            scenario.costs = costs_of(network, profile, areas);
        } catch (const Error& error) {
            throw Error(fmt::format("{}: {}", named.profile, error.what()), error.code());
        }
        scenario.weight = named.weight;
        const std::vector<std::uint8_t> usable = usable_edges(network, scenario.costs);
        for (std::size_t e = 0; e < usable.size(); ++e) {
            loaded.usable[e] &= usable[e];
        }
        const std::vector<std::uint32_t> nodes = part_sizes(network, scenario.costs);
        for (std::size_t e = 0; e < nodes.size(); ++e) {
            loaded.part_nodes[e] = std::min(loaded.part_nodes[e], nodes[e]);
        }
        loaded.text += fmt::format("{}{}:{:g}", loaded.text.empty() ? "" : " ", profile.name, named.weight);
        loaded.scenarios.push_back(std::move(scenario));
    }
    context.tell("travel: {}; {} of {} edges can be used", loaded.text,
                 std::count(loaded.usable.begin(), loaded.usable.end(), 1), loaded.usable.size());
    require(std::count(loaded.usable.begin(), loaded.usable.end(), 1) > 0,
            "no edge of the network can be travelled under every scenario");
    return loaded;
}

} // namespace vigil::tools
