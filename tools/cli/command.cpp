#include "tools/cli/command.h"

#include "libgeo/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <cmath>

namespace vigil::cli {

namespace {

/// What was typed, safe to show: short, and without control characters (main escapes those).
std::string shown(const std::string& text)
{
    constexpr std::size_t most = 60;
    return text.size() <= most ? text : text.substr(0, most) + "...";
}

std::string range_text(const Range& range, const std::string& unit)
{
    const std::string u = unit.empty() ? "" : " " + unit;
    const bool low = std::isfinite(range.min);
    const bool high = std::isfinite(range.max);
    if (low && high) {
        return fmt::format("{}{} to {}{}", range.min_open ? "above " : "", range.min, range.max, u);
    }
    if (low) {
        return fmt::format("{} {}{}", range.min_open ? "above" : "at least", range.min, u);
    }
    if (high) {
        return fmt::format("at most {}{}", range.max, u);
    }
    return "finite";
}

bool inside(double value, const Range& range)
{
    return std::isfinite(value) && value <= range.max &&
           (range.min_open ? value > range.min : value >= range.min);
}

std::int64_t parse_integer(const std::string& option, const std::string& text, std::int64_t min,
                           std::int64_t max)
{
    std::int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end || value < min || value > max) {
        throw UsageError(
            fmt::format("{} {}: give a whole number from {} to {}", option, shown(text), min, max));
    }
    return value;
}

OptionSpec number_spec(const std::string& name, const char* type, const std::string& help, double min,
                       double max, bool min_open, const std::string& unit = {})
{
    OptionSpec spec;
    spec.name = name;
    spec.type = type;
    spec.unit = unit;
    spec.help = help;
    spec.min_open = min_open;
    if (std::isfinite(min)) {
        spec.min = min;
    }
    if (std::isfinite(max)) {
        spec.max = max;
    }
    return spec;
}

} // namespace

double parse_number(const std::string& option, const std::string& text, const Range& range,
                    const std::string& unit)
{
    double value = 0;
    const char* begin = text.data() + (text.starts_with('+') ? 1 : 0);
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(begin, end, value);
    if (error != std::errc{} || stop != end || !inside(value, range)) {
        throw UsageError(
            fmt::format("{} {}: give a number, {}", option, shown(text), range_text(range, unit)));
    }
    return value;
}

std::uint64_t parse_bytes(const std::string& option, const std::string& text)
{
    double scale = 1;
    std::string digits = text;
    if (!digits.empty()) {
        switch (digits.back()) {
        case 'k':
        case 'K':
            scale = 0x1p10;
            break;
        case 'm':
        case 'M':
            scale = 0x1p20;
            break;
        case 'g':
        case 'G':
            scale = 0x1p30;
            break;
        case 't':
        case 'T':
            scale = 0x1p40;
            break;
        default:
            break;
        }
        if (scale > 1) {
            digits.pop_back();
        }
    }
    try {
        return static_cast<std::uint64_t>(
            parse_number(option, digits, {.min = 1, .max = 0x1p62 / scale}, "") * scale);
    } catch (const UsageError&) {
        throw UsageError(fmt::format("{} {}: give a size such as 500M or 4G", option, shown(text)));
    }
}

Command::Command(CLI::App& root, std::string name, std::string summary)
    : app_(root.add_subcommand(name, summary)), name_(std::move(name)), summary_(std::move(summary))
{
    app_->set_help_flag(); // help comes from the declarations below
    app_->allow_extras(false);
    add_common_options();
}

CLI::Option* Command::declare(OptionSpec spec, const Parse& parse)
{
    CLI::Option* option = app_->add_option_function<std::string>(spec.name, parse, spec.help);
    if (spec.required) {
        option->required();
    }
    options_.push_back(std::move(spec));
    return option;
}

void Command::refuse_choice(const std::string& name, const std::string& given, std::size_t n,
                            const std::function<std::string(std::size_t)>& word)
{
    std::vector<std::string> all;
    for (std::size_t i = 0; i < n; ++i) {
        all.push_back(word(i));
    }
    throw UsageError(fmt::format("{} {}: choose one of {}", name, shown(given), fmt::join(all, ", ")));
}

Command& Command::file(const std::string& name, std::string& target, const std::string& help, bool required)
{
    OptionSpec spec;
    spec.name = name;
    spec.type = "file";
    spec.help = help;
    spec.required = required;
    if (list_ != nullptr &&
        !name.starts_with('-')) { // CLI11 gives everything to the list; run() takes the last one back
        after_list_ = &target;
        after_required_ = required;
        options_.push_back(std::move(spec));
        return *this;
    }
    declare(std::move(spec), [&target](const std::string& given) { target = given; });
    return *this;
}

Command& Command::files(const std::string& name, std::vector<std::string>& targets, const std::string& help)
{
    OptionSpec spec;
    spec.name = name;
    spec.type = "file";
    spec.help = help;
    spec.required = true;
    spec.repeated = true;
    app_->add_option(name, targets, help)->required();
    list_ = &targets;
    options_.push_back(std::move(spec));
    return *this;
}

Command& Command::text(const std::string& name, std::string& target, const std::string& help)
{
    OptionSpec spec;
    spec.name = name;
    spec.type = "text";
    spec.help = help;
    spec.default_text = target;
    declare(std::move(spec), [&target](const std::string& given) { target = given; });
    return *this;
}

Command& Command::texts(const std::string& name, std::vector<std::string>& targets, const std::string& help)
{
    OptionSpec spec;
    spec.name = name;
    spec.type = "text";
    spec.help = help;
    spec.repeated = true;
    app_->add_option(name, targets, help)
        ->delimiter(',')
        ->expected(1)
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    options_.push_back(std::move(spec));
    return *this;
}

Command& Command::pair(const std::string& name, std::vector<std::string>& targets, const std::string& help)
{
    OptionSpec spec;
    spec.name = name;
    spec.type = "text";
    spec.help = help;
    spec.values = 2;
    app_->add_option(name, targets, help)->expected(2)->multi_option_policy(CLI::MultiOptionPolicy::Throw);
    options_.push_back(std::move(spec));
    return *this;
}

Command& Command::flag(const std::string& name, bool& target, const std::string& help)
{
    OptionSpec spec;
    spec.name = name;
    spec.type = "flag";
    spec.help = help;
    app_->add_flag(name, target, help);
    options_.push_back(std::move(spec));
    return *this;
}

Command& Command::number(const std::string& name, double& target, Range range, const std::string& unit,
                         const std::string& help)
{
    OptionSpec spec = number_spec(name, "number", help, range.min, range.max, range.min_open, unit);
    spec.default_text = fmt::format("{}", target);
    declare(std::move(spec), [&target, name, range, unit](const std::string& given) {
        target = parse_number(name, given, range, unit);
    });
    return *this;
}

Command& Command::number(const std::string& name, std::optional<double>& target, Range range,
                         const std::string& unit, const std::string& otherwise, const std::string& help)
{
    OptionSpec spec = number_spec(name, "number", help, range.min, range.max, range.min_open, unit);
    spec.default_text = otherwise;
    declare(std::move(spec), [&target, name, range, unit](const std::string& given) {
        target = parse_number(name, given, range, unit);
    });
    return *this;
}

Command& Command::numbers(const std::string& name, std::vector<double>& targets, Range range,
                          const std::string& unit, const std::string& help)
{
    OptionSpec spec = number_spec(name, "number", help, range.min, range.max, range.min_open, unit);
    spec.repeated = true;
    spec.default_text = fmt::format("{}", fmt::join(targets, ","));
    declare(std::move(spec), [&targets, name, range, unit](const std::string& given) {
        targets.clear();
        std::size_t begin = 0;
        while (begin <= given.size()) {
            const std::size_t comma = std::min(given.find(',', begin), given.size());
            targets.push_back(parse_number(name, given.substr(begin, comma - begin), range, unit));
            begin = comma + 1;
        }
    });
    return *this;
}

Command& Command::integer(const std::string& name, std::int64_t& target, std::int64_t min, std::int64_t max,
                          const std::string& help)
{
    OptionSpec spec =
        number_spec(name, "integer", help, static_cast<double>(min), static_cast<double>(max), false);
    spec.default_text = fmt::format("{}", target);
    declare(std::move(spec), [&target, name, min, max](const std::string& given) {
        target = parse_integer(name, given, min, max);
    });
    return *this;
}

Command& Command::integer(const std::string& name, std::optional<std::int64_t>& target, std::int64_t min,
                          std::int64_t max, const std::string& otherwise, const std::string& help)
{
    OptionSpec spec =
        number_spec(name, "integer", help, static_cast<double>(min), static_cast<double>(max), false);
    spec.default_text = otherwise;
    declare(std::move(spec), [&target, name, min, max](const std::string& given) {
        target = parse_integer(name, given, min, max);
    });
    return *this;
}

void Command::add_common_options()
{
    integer("--threads", threads_, 1, 1024, "all cores",
            "threads to use; the result is the same for any number");
    text("--max-memory", max_memory_,
         "refuse work that needs more, such as 4G; default half of the free memory");
    flag("--progress", progress_, "show progress on stderr even when it is not a terminal");
    flag("-v,--verbose", verbose_, "say which settings were used, counts and times, on stderr");
    flag("-q,--quiet", quiet_, "say nothing on stderr but errors");
    for (OptionSpec& spec : options_) {
        spec.common = true;
    }
}

void Command::run(std::function<void(const Context&)> action)
{
    action_ = [this, action = std::move(action)](const Context& context) {
        if (after_list_ != nullptr) {
            if (list_->size() < 2 && after_required_) {
                throw UsageError(fmt::format("give at least two files; usage: {}", usage()));
            }
            if (list_->size() > 1) {
                *after_list_ = std::move(list_->back());
                list_->pop_back();
            }
        }
        action(context);
    };
}

std::string Command::usage() const
{
    std::string line = fmt::format("vigil {} [OPTIONS]", name_);
    for (const OptionSpec& option : options_) {
        if (!option.name.starts_with('-')) {
            const std::string name = option.repeated ? option.name + "..." : option.name;
            line += option.required ? " " + name : " [" + name + "]";
        }
    }
    return line;
}

} // namespace vigil::cli
