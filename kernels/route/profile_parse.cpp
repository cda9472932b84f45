#include "kernels/route/profile.h"
#include "libgeo/error.h"
#include "libgeo/text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <map>
#include <optional>
#include <span>

namespace vigil {

namespace {

constexpr std::string_view spaces = " \t\r\f\v";
constexpr double most_kmh = 1000;
constexpr double least_kmh = 0.1;
constexpr double most_factor = 1e4;
constexpr double most_minutes = 1e5;

std::string_view trimmed(std::string_view text)
{
    const std::size_t begin = text.find_first_not_of(spaces);
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(spaces) - begin + 1);
}

/// Takes the first word off a text.
std::string_view take_word(std::string_view& text)
{
    text = trimmed(text);
    const std::string_view word = text.substr(0, text.find_first_of(spaces));
    text = trimmed(text.substr(word.size()));
    return word;
}

/// Words with one space between them.
std::string single_spaced(std::string_view text)
{
    std::string out;
    for (std::string_view word = take_word(text); !word.empty(); word = take_word(text)) {
        out.append(out.empty() ? "" : " ").append(word);
    }
    return out;
}

/// In quotes, control characters escaped, not too long.
std::string shown(std::string_view text)
{
    constexpr std::size_t most_shown = 60;
    std::string out;
    append_json(out, text.size() > most_shown ? std::string(text.substr(0, most_shown)) + "..." : text);
    return out;
}

std::string_view without_comment(std::string_view line)
{
    for (std::size_t at = line.find('#'); at != std::string_view::npos; at = line.find('#', at + 1)) {
        if (at == 0 || spaces.find(line[at - 1]) != std::string_view::npos) {
            return line.substr(0, at);
        }
    }
    return line;
}

struct Unit {
    std::string_view name;
    double factor;
};
constexpr Unit speed_units[] = {{"", 1},           {"km/h", 1},      {"kmh", 1},    {"kph", 1},
                                {"mph", 1.609344}, {"knots", 1.852}, {"kn", 1.852}, {"m/s", 3.6}};
constexpr Unit time_units[] = {{"", 1},      {"min", 1},    {"minute", 1},   {"minutes", 1},       {"h", 60},
                               {"hour", 60}, {"hours", 60}, {"s", 1.0 / 60}, {"seconds", 1.0 / 60}};
constexpr Unit no_units[] = {{"", 1}};

struct VehicleName {
    std::string_view name;
    Vehicles bit;
};
constexpr VehicleName vehicle_names[] = {{"car", vehicle::car},
                                         {"truck", vehicle::truck},
                                         {"bus", vehicle::bus},
                                         {"foot", vehicle::foot},
                                         {"train", vehicle::train}};

std::optional<Mode> mode_named(std::string_view name)
{
    for (std::size_t m = 0; m < mode_count; ++m) {
        if (name_of(static_cast<Mode>(m)) == name) {
            return static_cast<Mode>(m);
        }
    }
    return std::nullopt;
}

class ProfileParser {
  public:
    explicit ProfileParser(const std::string& file) : file_(file) {}

    Profile parse(std::string_view text)
    {
        if (text.starts_with("\xef\xbb\xbf")) {
            text.remove_prefix(3);
        }
        while (!text.empty()) {
            ++line_;
            const std::size_t end = std::min(text.find('\n'), text.size());
            if (const std::string_view line = trimmed(without_comment(text.substr(0, end))); !line.empty()) {
                read_line(line);
            }
            text.remove_prefix(std::min(end + 1, text.size()));
        }
        return finished();
    }

  private:
    template <typename... Args>
    void expect(bool right, fmt::format_string<Args...> text, Args&&... args) const
    {
        if (!right) {
            fail(ExitCode::input, "{}:{}: {}", file_, line_, fmt::format(text, std::forward<Args>(args)...));
        }
    }

    void read_line(std::string_view line)
    {
        const std::size_t equals = line.rfind('=');
        expect(equals != std::string_view::npos, "{} has no =; write a line as 'key = value'", shown(line));
        const std::string key = single_spaced(line.substr(0, equals));
        value_ = trimmed(line.substr(equals + 1));
        expect(!key.empty(), "there is no key before the =; write a line as 'key = value'");
        expect(!value_.empty(), "{} has no value; write it after the =, or take the line out", shown(key));
        set(key);
    }

    /// Each key once: in a long file the second line would win unseen.
    void require_new(const std::string& key)
    {
        const auto [at, is_new] = line_of_.emplace(key, line_);
        expect(is_new, "{} is set before, in line {}; keep one of them", shown(key), at->second);
    }

    void set(const std::string& key)
    {
        std::string_view rest = key;
        const std::string_view word = take_word(rest);
        if (word == "factor") {
            set_factor(rest);
            return;
        }
        require_new(key);
        if (key == "name") {
            profile_.name = value_;
        } else if (key == "vehicle") {
            profile_.vehicles = vehicles();
        } else if (word == "vehicle") {
            profile_.mode_vehicles[static_cast<std::size_t>(mode(rest))] = vehicles();
        } else if (word == "mode") {
            profile_.mode_factor[static_cast<std::size_t>(mode(rest))] = value_ == "0" ? 0 : factor_or_no();
        } else if (key == "default speed") {
            profile_.default_speed_kmh = speed_or_no();
        } else if (key == "most speed") {
            profile_.most_speed_kmh = speed();
        } else if (word == "speed") {
            expect(!rest.empty(), "which class? Write it as 'speed motorway = 110'");
            profile_.speed_kmh.emplace_back(rest, speed_or_no());
        } else if (key == "signposted") {
            set_signposted();
        } else if (key == "border") {
            profile_.border_minutes = minutes();
        } else if (key == "transfer") {
            profile_.transfer_minutes = minutes();
        } else if (key == "barrier") {
            profile_.barrier_minutes = minutes();
        } else {
            expect(false,
                   "{} is no key; there are name, vehicle, mode, speed, default speed, most speed, "
                   "signposted, factor, border, transfer, barrier",
                   shown(key));
        }
    }

    void set_signposted()
    {
        profile_.use_signposted = value_ != "no";
        if (value_ != "no" && value_ != "yes") {
            profile_.signposted_factor = number(no_units, "a factor such as 0.9, yes or no");
            expect(profile_.signposted_factor > 0 && profile_.signposted_factor <= 10,
                   "signposted = {} is outside 0..10; give travel speed / signposted speed, as 0.9",
                   shown(value_));
        }
    }

    void set_factor(std::string_view of)
    {
        std::string_view file = of;
        if (take_word(file) == "area") {
            expect(!file.empty(), "which area? Write it as 'factor area night.gpkg = 3'");
            require_new("factor area " + std::string(file));
            profile_.polygon_factor.emplace_back(file, factor());
            return;
        }
        const std::size_t equals = of.find('=');
        const std::string_view tag = trimmed(of.substr(0, equals));
        const std::string_view wanted =
            equals == std::string_view::npos ? std::string_view() : trimmed(of.substr(equals + 1));
        expect(!tag.empty() && !wanted.empty(),
               "{} is no tag; write it as 'factor surface=gravel = 1.5' or 'factor toll=* = 1.3'", shown(of));
        const std::string whole = fmt::format("{}={}", tag, wanted);
        require_new("factor " + whole);
        profile_.tag_factor.emplace_back(whole, factor_or_no());
    }

    Mode mode(std::string_view name) const
    {
        const std::optional<Mode> mode = mode_named(name);
        expect(mode.has_value(), "{} is no mode; there are road, walk, rail, ferry, transfer", shown(name));
        return *mode;
    }

    Vehicles vehicles() const
    {
        std::string list(value_);
        std::replace(list.begin(), list.end(), ',', ' ');
        std::string_view rest = list;
        Vehicles all = vehicle::none;
        for (std::string_view word = take_word(rest); !word.empty(); word = take_word(rest)) {
            const auto* known = std::find_if(std::begin(vehicle_names), std::end(vehicle_names),
                                             [&](const VehicleName& v) { return v.name == word; });
            expect(known != std::end(vehicle_names),
                   "{} is no vehicle; there are car, truck, bus, foot, train", shown(word));
            all |= known->bit;
        }
        expect(all != vehicle::none, "no vehicle is named; there are car, truck, bus, foot, train");
        return all;
    }

    /// The value in the first of the units.
    double number(std::span<const Unit> units, std::string_view wanted) const
    {
        double value = 0;
        const char* end = value_.data() + value_.size();
        const auto [rest, error] = std::from_chars(value_.data(), end, value);
        const std::string_view name = trimmed({rest, static_cast<std::size_t>(end - rest)});
        const bool comma = error == std::errc() && name.starts_with(',');
        expect(!comma, "{} has a comma; write the number with a point", shown(value_));
        const auto unit =
            std::find_if(units.begin(), units.end(), [&](const Unit& u) { return u.name == name; });
        expect(error == std::errc() && unit != units.end() && std::isfinite(value), "{} is not {}",
               shown(value_), wanted);
        expect(value >= 0, "{} is negative; give {}", shown(value_), wanted);
        return value * unit->factor;
    }

    double speed() const
    {
        const double kmh = number(speed_units, "a speed such as 80, 80 km/h or 50 mph");
        expect(kmh >= least_kmh && kmh <= most_kmh, "{} is outside 0.1..1000 km/h; {}", shown(value_),
               kmh == 0 ? "write no where there is no going" : "check the number and its unit");
        return kmh;
    }
    double speed_or_no() const { return value_ == "no" || value_ == "0" ? 0 : speed(); }

    double factor() const
    {
        const double factor = number(no_units, "a factor such as 1.5");
        expect(factor > 0 && factor <= most_factor, "a factor of {} on time is outside 0..10000; {}",
               shown(value_), factor > 0 ? "write no to close the way" : "1 changes nothing, 2 doubles");
        return factor;
    }
    double factor_or_no() const { return value_ == "no" ? 0 : factor(); }

    double minutes() const
    {
        const double minutes = number(time_units, "a time such as 20, 20 min or 1.5 h");
        expect(minutes <= most_minutes, "{} is more than 100000 minutes; check the number and its unit",
               shown(value_));
        return minutes;
    }

    Profile finished()
    {
        line_ = std::max<std::size_t>(line_, 1); // what is missing is missing at the end
        expect(line_of_.contains("vehicle"), "no vehicle is named; add a line such as 'vehicle = car'");
        expect(std::any_of(profile_.mode_factor.begin(), profile_.mode_factor.end(),
                           [](double f) { return f > 0; }),
               "no mode is used; add a line such as 'mode road = 1'");
        if (profile_.name.empty()) {
            const std::string_view name = std::string_view(file_).substr(file_.rfind('/') + 1);
            profile_.name = name.substr(0, name.rfind('.'));
        }
        return std::move(profile_);
    }

    const std::string& file_;
    std::size_t line_ = 0;
    std::string_view value_;
    std::map<std::string, std::size_t, std::less<>> line_of_;
    Profile profile_;
};

} // namespace

Profile parse_profile(std::string_view text, const std::string& file)
{
    return ProfileParser(file).parse(text);
}

} // namespace vigil
