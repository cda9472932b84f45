#include "tools/cli/describe.h"

#include "libgeo/version.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace vigil::cli {

namespace {

/// "--cell NUMBER m", "--kernel quartic|uniform".
std::string signature(const OptionSpec& option)
{
    if (!option.name.starts_with('-') || option.type == "flag") {
        return option.name;
    }
    if (option.type == "choice") {
        return fmt::format("{} {}", option.name, fmt::join(option.choices, "|"));
    }
    std::string value = option.type;
    for (char& c : value) {
        c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    if (option.values == 2) {
        value += " " + value;
    }
    return fmt::format("{} {}{}", option.name, value, option.repeated ? ",..." : "");
}

/// Range, unit and default in words.
std::string limits(const OptionSpec& option)
{
    std::vector<std::string> parts;
    if (option.min && option.max) {
        parts.push_back(fmt::format("{}{} to {}", option.min_open ? "above " : "", *option.min, *option.max));
    } else if (option.min) {
        parts.push_back(fmt::format("{} {}", option.min_open ? "above" : "at least", *option.min));
    } else if (option.max) {
        parts.push_back(fmt::format("at most {}", *option.max));
    }
    if (!option.unit.empty()) {
        parts.push_back(option.unit);
    }
    if (!option.default_text.empty()) {
        parts.push_back("default " + option.default_text);
    }
    if (option.required) {
        parts.emplace_back("required");
    }
    return fmt::format("{}", fmt::join(parts, "; "));
}

std::string option_lines(const Command& command, bool common)
{
    std::string out;
    for (const OptionSpec& option : command.options()) {
        if (option.common != common) {
            continue;
        }
        const std::string bounds = limits(option);
        out += fmt::format("  {}\n      {}{}\n", signature(option), option.help,
                           bounds.empty() ? "" : " (" + bounds + ")");
    }
    return out;
}

std::string escape_pipes(std::string text)
{
    for (std::size_t at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2)) {
        text.insert(at, "\\");
    }
    return text;
}

} // namespace

std::string help_text(const Command& command)
{
    return fmt::format("{}\n\nusage: {}\n\n{}\nin every command:\n{}", command.summary(), command.usage(),
                       option_lines(command, false), option_lines(command, true));
}

std::string options_markdown(const Command& command)
{
    std::string out =
        fmt::format("```\n{}\n```\n\n| option | meaning | range, unit, default |\n| --- | --- | --- |\n",
                    command.usage());
    for (const bool common : {false, true}) {
        for (const OptionSpec& option : command.options()) {
            if (option.common == common) {
                out += fmt::format("| `{}` | {} | {} |\n", escape_pipes(signature(option)),
                                   escape_pipes(option.help), escape_pipes(limits(option)));
            }
        }
    }
    return out;
}

std::string describe_json(const std::deque<Command>& commands)
{
    nlohmann::ordered_json document;
    document["program"] = "vigil";
    document["version"] = version;
    for (const Command& command : commands) {
        nlohmann::ordered_json entry;
        entry["name"] = command.name();
        entry["summary"] = command.summary();
        entry["usage"] = command.usage();
        for (const OptionSpec& option : command.options()) {
            nlohmann::ordered_json o;
            o["name"] = option.name;
            o["type"] = option.type;
            o["help"] = option.help;
            o["required"] = option.required;
            o["repeated"] = option.repeated;
            o["common"] = option.common;
            if (!option.unit.empty()) {
                o["unit"] = option.unit;
            }
            if (!option.default_text.empty()) {
                o["default"] = option.default_text;
            }
            if (!option.choices.empty()) {
                o["choices"] = option.choices;
            }
            if (option.min) {
                o["minimum"] = *option.min;
                o["minimum_excluded"] = option.min_open;
            }
            if (option.max) {
                o["maximum"] = *option.max;
            }
            entry["options"].push_back(std::move(o));
        }
        document["commands"].push_back(std::move(entry));
    }
    return document.dump(2) + "\n";
}

std::string overview_text(const std::deque<Command>& commands)
{
    std::string out = fmt::format("vigil {}: hotspots, routes and geo-targets from incident data\n\n"
                                  "usage: vigil COMMAND [OPTIONS] INPUT... OUTPUT\n\n",
                                  version);
    for (const Command& command : commands) {
        out += fmt::format("  {:<10} {}\n", command.name(), command.summary());
    }
    out += "\n`vigil COMMAND --help` tells a command's options. `-` is standard input or output.\n";
    return out;
}

} // namespace vigil::cli
