#include "tools/target/platforms.h"

#include "libgeo/error.h"
#include "libgeo/io/source.h"
#include "tools/target/platforms_json.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace vigil::tools {

namespace {

using nlohmann::json;

constexpr std::uint64_t most_bytes = 1U << 20U;

Platform from_json(const json& entry)
{
    const json& radius = entry.at("radius_km");
    return {.name = entry.at("name").get<std::string>(),
            .title = entry.at("title").get<std::string>(),
            .checked = entry.at("checked").get<std::string>(),
            .source = entry.at("source").get<std::string>(),
            .max_circles = entry.at("max_circles").get<std::int64_t>(),
            .counted = entry.at("counted").get<std::string>(),
            .min_km = radius.at("min").get<double>(),
            .max_km = radius.at("max").get<double>(),
            .step_km = radius.at("step").get<double>()};
}

std::vector<Platform> parse(std::string_view text, const std::string& name)
{
    std::vector<Platform> all;
    try {
        const json document = json::parse(text);
        for (const json& entry : document.at("platforms")) {
            all.push_back(from_json(entry));
        }
    } catch (const json::exception& error) {
        fail(ExitCode::input, "{}: entry {}: {}; use the form of platforms/platforms.json", name,
             all.size() + 1, error.what());
    }
    for (const Platform& one : all) {
        require(one.max_circles >= 1 && one.max_circles <= 1'000'000,
                "{}: {}: max_circles is {}, not a number from 1 to 1000000", name, one.name, one.max_circles);
        require(one.min_km > 0 && one.max_km >= one.min_km && one.max_km <= 10000,
                "{}: {}: radius_km from {} to {} is not a range above 0 and up to 10000", name, one.name,
                one.min_km, one.max_km);
        require(one.step_km > 0 && one.step_km <= one.max_km, "{}: {}: radius_km step {} is not above 0",
                name, one.name, one.step_km);
    }
    return all;
}

} // namespace

double Platform::rounded_up(double radius_km) const
{
    const double steps = std::ceil(radius_km / step_km - 1e-9);
    const double per_km = std::round(1 / step_km);
    // 3 * 0.001 is not 0.003: divide where the step is a part of a kilometre
    return std::abs(per_km * step_km - 1) < 1e-12 ? steps / per_km : steps * step_km;
}

std::vector<Platform> platforms(const std::string& file)
{
    std::vector<Platform> all = parse(platforms_json, "platforms.json");
    if (!file.empty()) {
        const io::Source source(file, most_bytes);
        for (Platform& given : parse(source.bytes(), source.name())) {
            const auto same = std::find_if(all.begin(), all.end(),
                                           [&](const Platform& one) { return one.name == given.name; });
            require(same != all.end(), "{}: platform \"{}\" is not one of meta, google, generic",
                    source.name(), given.name.substr(0, 40));
            *same = std::move(given);
        }
    }
    return all;
}

const Platform& platform_called(const std::vector<Platform>& all, const std::string& name)
{
    return *std::find_if(all.begin(), all.end(), [&](const Platform& one) { return one.name == name; });
}

std::string platforms_text(const std::vector<Platform>& all)
{
    std::string text;
    for (const Platform& one : all) {
        text += fmt::format("{}: {}\n    up to {} {}; radius {} to {} km in steps of {} km\n"
                            "    checked {}: {}\n",
                            one.name, one.title, one.max_circles, one.counted, one.min_km, one.max_km,
                            one.step_km, one.checked, one.source);
    }
    return text;
}

} // namespace vigil::tools
