#include "tools/report.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace vigil::tools {

namespace {

using Json = nlohmann::ordered_json;

/// Text from a file, safe to show on a terminal.
std::string printable(const std::string& text)
{
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        out += byte < 0x20 || byte == 0x7f ? fmt::format("\\x{:02x}", byte) : std::string(1, c);
    }
    return out;
}

/// 2024-03-04T10:15:30, on the clock of the data.
std::string time_text(Seconds at)
{
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}", fmt::gmtime(static_cast<std::time_t>(at)));
}

std::string extent_text(const io::ReadReport& report)
{
    const auto box = shown_extent(report);
    if (!box) {
        return fmt::format("withheld: with fewer than {} records it would tell where they are",
                           fewest_for_extent);
    }
    return report.crs_in.geographic ? fmt::format("longitude {:.3f} to {:.3f}, latitude {:.3f} to {:.3f}",
                                                  box->min_x, box->max_x, box->min_y, box->max_y)
                                    : fmt::format("x {:.0f} to {:.0f}, y {:.0f} to {:.0f}", box->min_x,
                                                  box->max_x, box->min_y, box->max_y);
}

std::string columns_text(const io::ReadReport& report)
{
    std::size_t width = 0;
    for (const auto& column : report.columns) {
        width = std::max(width, printable(column.name).size());
    }
    std::string text;
    for (const auto& column : report.columns) {
        text += column.role.empty()
                    ? fmt::format("  {}\n", printable(column.name))
                    : fmt::format("  {:<{}}  {}\n", printable(column.name), width, column.role);
    }
    return text;
}

Json text_or_null(const std::string& text)
{
    return text.empty() ? Json() : Json(text);
}

} // namespace

std::optional<Box> shown_extent(const io::ReadReport& report)
{
    if (report.accepted < fewest_for_extent) {
        return std::nullopt;
    }
    const bool degrees = report.crs_in.geographic;
    const auto down = [&](double v) {
        return degrees ? std::floor(v * 1000) / 1000 : std::floor(v / 100) * 100;
    };
    const auto up = [&](double v) {
        return degrees ? std::ceil(v * 1000) / 1000 : std::ceil(v / 100) * 100;
    };
    const Box& box = report.extent;
    return Box{down(box.min_x), down(box.min_y), up(box.max_x), up(box.max_y)};
}

std::string report_text(const io::ReadReport& report)
{
    std::string text;
    const auto line = [&](std::string_view name, const std::string& value) {
        text += fmt::format("{:<10} {}\n", name, value);
    };
    line("file", printable(report.name));
    line("format", report.format);
    line("records", fmt::format("{}", report.records));
    line("accepted", fmt::format("{}", report.accepted));
    for (const auto& rejected : report.rejected) {
        line("rejected", fmt::format("{}: {} (first at {} {})", rejected.count, rejected.reason,
                                     report.row_word, rejected.first_row));
    }
    line("CRS", report.crs_in.authority.empty()
                    ? report.crs_in.name
                    : fmt::format("{} ({})", report.crs_in.authority, report.crs_in.name));
    line("extent", extent_text(report));
    if (report.time && report.accepted >= fewest_for_extent) {
        line("time", fmt::format("{} to {} ({})", time_text(report.time->start), time_text(report.time->end),
                                 report.time_format));
    } else {
        line("time", report.time ? "withheld, as the extent" : "none");
    }
    line("SHA-256", report.sha256);
    for (const std::string& warning : report.warnings) {
        line("warning", printable(warning));
    }
    return text + "columns\n" + columns_text(report);
}

std::string report_json(const io::ReadReport& report)
{
    const bool withheld = report.accepted < fewest_for_extent;
    Json document;
    document["file"] = report.name;
    document["format"] = report.format;
    document["sha256"] = report.sha256;
    document["records"] = report.records;
    document["accepted"] = report.accepted;
    document["rejected"] = Json::array();
    for (const auto& rejected : report.rejected) {
        document["rejected"].push_back({{"reason", rejected.reason},
                                        {"count", rejected.count},
                                        {"first_" + report.row_word, rejected.first_row}});
    }
    document["crs"] = {{"code", text_or_null(report.crs_in.authority)},
                       {"name", report.crs_in.name},
                       {"unit", report.crs_in.geographic ? "degree" : "projected"}};
    const auto box = shown_extent(report);
    document["extent"] = box ? Json::array({box->min_x, box->min_y, box->max_x, box->max_y}) : Json();
    document["extent_withheld"] = withheld;
    document["time"] = report.time && !withheld ? Json{{"start", time_text(report.time->start)},
                                                       {"end", time_text(report.time->end)},
                                                       {"format", report.time_format}}
                                                : Json();
    document["columns"] = Json::array();
    for (const auto& column : report.columns) {
        document["columns"].push_back({{"name", column.name}, {"role", text_or_null(column.role)}});
    }
    document["warnings"] = report.warnings;
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace vigil::tools
