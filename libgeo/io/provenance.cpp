#include "libgeo/io/provenance.h"

#include <fmt/format.h>
#include <gdal.h>
#include <geos_c.h>
#include <nlohmann/json.hpp>
#include <proj.h>

#include <charconv>
#include <chrono>
#include <cstdlib>
#include <string_view>

namespace vigil::io {

namespace {

using Json = nlohmann::ordered_json;

/// VIGIL_BANDWIDTH_M from "bandwidth_m": upper-case letters, digits and underscores.
std::string key_of(std::string_view note)
{
    std::string key = "VIGIL_";
    for (const char c : note) {
        const bool letter = (c >= 'a' && c <= 'z');
        const bool kept = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        key += letter ? static_cast<char>(c - 'a' + 'A') : (kept ? c : '_');
    }
    return key;
}

std::string geos_release()
{
    const std::string_view version = GEOSversion(); // "3.11.1-CAPI-1.17.1"
    return std::string(version.substr(0, version.find('-')));
}

} // namespace

std::string source_date()
{
    const char* text = std::getenv("SOURCE_DATE_EPOCH");
    const std::string_view digits(text == nullptr ? "" : text);
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
    constexpr std::int64_t year_10000 = 253402300800;
    if (digits.empty() || error != std::errc() || end != digits.data() + digits.size() || seconds < 0 ||
        seconds >= year_10000) {
        return {};
    }
    const std::chrono::sys_seconds instant{std::chrono::seconds(seconds)};
    const auto day = std::chrono::floor<std::chrono::days>(instant);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(instant - day);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.000Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::vector<std::pair<std::string, std::string>> provenance_items(const Provenance& provenance)
{
    std::vector<std::pair<std::string, std::string>> items;
    const auto add = [&](const std::string& key, std::string value) {
        if (!value.empty()) {
            items.emplace_back(key, std::move(value));
        }
    };
    add("VIGIL_VERSION", provenance.version);
    add("VIGIL_COMMAND", provenance.command);
    std::size_t number = 0;
    for (const InputRecord& input : provenance.inputs) {
        const std::string hash = input.sha256.empty() ? "" : " sha256:" + input.sha256;
        add(fmt::format("VIGIL_INPUT_{}", ++number), input.name + hash);
    }
    add("VIGIL_CRS", provenance.crs);
    add("VIGIL_SEED", provenance.seed ? fmt::format("{}", *provenance.seed) : "");
    for (const auto& [name, value] : provenance.notes) {
        add(key_of(name), value);
    }
    add("VIGIL_LIBRARIES", fmt::format("GDAL {}, GEOS {}, PROJ {}", GDALVersionInfo("RELEASE_NAME"),
                                       geos_release(), proj_info().version));
    add("VIGIL_DATE", source_date());
    return items;
}

std::string provenance_json(const Provenance& provenance)
{
    Json json;
    json["version"] = provenance.version;
    json["command"] = provenance.command;
    json["inputs"] = Json::array();
    for (const InputRecord& input : provenance.inputs) {
        json["inputs"].push_back({{"name", input.name}, {"sha256", input.sha256}});
    }
    json["crs"] = provenance.crs;
    if (provenance.seed) {
        json["seed"] = *provenance.seed;
    }
    json["notes"] = Json::object();
    for (const auto& [name, value] : provenance.notes) {
        json["notes"][name] = value;
    }
    json["libraries"] = {
        {"gdal", GDALVersionInfo("RELEASE_NAME")}, {"geos", geos_release()}, {"proj", proj_info().version}};
    if (const std::string date = source_date(); !date.empty()) {
        json["date"] = date;
    }
    // Names of files and columns may hold any bytes; what is no UTF-8 is replaced, never thrown over.
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace vigil::io
