#include "tests/support/run.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <map>
#include <set>

using vigil::test::one_line;

namespace {

using nlohmann::json;
namespace test = vigil::test;

json commands()
{
    const auto ran = test::vigil({"describe", "--json"});
    REQUIRE(ran.exit_code == 0);
    return json::parse(ran.out)["commands"];
}

bool positional(const json& option)
{
    return !option["name"].get<std::string>().starts_with('-');
}

/// "--verbose" of "-v,--verbose".
std::string long_name(const json& option)
{
    const auto name = option["name"].get<std::string>();
    const auto comma = name.find(',');
    return comma == std::string::npos ? name : name.substr(comma + 1);
}

/// The command with file names for its required arguments, none of which exists.
std::vector<std::string> call(const json& command)
{
    std::vector<std::string> words{command["name"]};
    for (const json& option : command["options"]) {
        if (positional(option) && option["required"].get<bool>()) {
            words.push_back("no-such-folder/no-such-" + option["name"].get<std::string>() + ".csv");
        }
    }
    return words;
}

std::vector<std::string> with(std::vector<std::string> words, std::initializer_list<std::string> more)
{
    words.insert(words.end(), more);
    return words;
}

std::string written(double value, bool whole)
{
    return whole ? fmt::format("{:.0f}", value) : fmt::format("{}", value);
}

bool numeric(const json& option)
{
    return option["type"] == "number" || option["type"] == "integer";
}

/// Values just outside the range of a number option.
std::vector<std::string> outside_values(const json& option)
{
    const bool whole = option["type"] == "integer";
    std::vector<std::string> bad{"nan"};
    if (option.contains("minimum")) {
        const double low = option["minimum"];
        if (option["minimum_excluded"].get<bool>()) {
            bad.push_back(written(low, whole));
        } else {
            bad.push_back(written(whole ? low - 1 : low - std::max(1e-9, std::abs(low) * 1e-9), whole));
        }
    }
    if (option.contains("maximum") && option["maximum"].get<double>() < 1e15) {
        const double high = option["maximum"];
        bad.push_back(written(whole ? high + 1 : high + std::max(1e-9, std::abs(high) * 1e-9), whole));
    }
    return bad;
}

/// Words that are no number, for any option of a type.
std::vector<std::string> no_numbers(const std::string& type)
{
    std::vector<std::string> bad{"inf", "-inf", "", " ", "twelve", "1x", "1,,2", std::string(100'000, '9')};
    if (type == "integer") {
        bad.emplace_back("1.5");
    }
    return bad;
}

/// The ends of the range, which are allowed.
std::vector<std::string> good_values(const json& option)
{
    const bool whole = option["type"] == "integer";
    std::vector<std::string> good;
    if (option.contains("minimum") && !option["minimum_excluded"].get<bool>()) {
        good.push_back(written(option["minimum"], whole));
    }
    if (option.contains("maximum") && option["maximum"].get<double>() < 1e15) {
        good.push_back(written(option["maximum"], whole));
    }
    return good;
}

} // namespace

TEST_CASE("every number option refuses what is no number in its range", "[options]")
{
    std::set<std::string>
        tried; // options declared alike are tried once, and what all refuse with one of a type
    for (const json& command : commands()) {
        for (const json& option : command["options"]) {
            if (!numeric(option)) {
                continue;
            }
            const std::string name = long_name(option);
            std::vector<std::string> values;
            if (tried.insert(option.dump()).second) {
                values = outside_values(option);
            }
            if (tried.insert(option["type"]).second) {
                const auto more = no_numbers(option["type"]);
                values.insert(values.end(), more.begin(), more.end());
            }
            for (const std::string& value : values) {
                CAPTURE(command["name"], name, value.substr(0, 40));
                const auto ran = test::vigil(with(call(command), {name + "=" + value}));
                CHECK(ran.exit_code == 2);
                CHECK(ran.out.empty());
                CHECK(one_line(ran.err));
                CHECK(ran.err.find(name) != std::string::npos);
                CHECK(ran.err.size() < 400);
            }
        }
    }
}

TEST_CASE("every number option takes the ends of its range, written either way", "[options]")
{
    std::set<std::string> tried;
    for (const json& command : commands()) {
        for (const json& option : command["options"]) {
            if (!numeric(option) || !tried.insert(option.dump()).second) {
                continue;
            }
            const std::string name = long_name(option);
            for (const std::string& value : good_values(option)) {
                CAPTURE(command["name"], name, value);
                const auto joined = test::vigil(with(call(command), {name + "=" + value}));
                CHECK(joined.err.find(name + " " + value + ": give") == std::string::npos);
                const auto apart = test::vigil(with(call(command), {name, value}));
                CHECK(apart.err == joined.err);
                CHECK(apart.exit_code == joined.exit_code);
            }
        }
    }
}

TEST_CASE("every choice refuses an unknown word and lists the words it knows", "[options]")
{
    for (const json& command : commands()) {
        for (const json& option : command["options"]) {
            if (option["type"] != "choice") {
                continue;
            }
            const auto ran = test::vigil(with(call(command), {long_name(option), "no-such-word"}));
            CAPTURE(command["name"], option["name"]);
            CHECK(ran.exit_code == 2);
            CHECK(one_line(ran.err));
            for (const json& word : option["choices"]) {
                CHECK(ran.err.find(word.get<std::string>()) != std::string::npos);
            }
        }
    }
}

TEST_CASE("every command refuses unknown options, missing arguments and too many", "[options]")
{
    for (const json& command : commands()) {
        CAPTURE(command["name"]);
        const auto unknown = test::vigil(with(call(command), {"--no-such-option"}));
        CHECK(unknown.exit_code == 2);
        CHECK(one_line(unknown.err));

        const auto words = call(command);
        if (words.size() > 1) {
            const auto missing = test::vigil({words[0]});
            CHECK(missing.exit_code == 2);
            CHECK(one_line(missing.err));
        }
        const bool list =
            std::any_of(command["options"].begin(), command["options"].end(),
                        [](const json& o) { return positional(o) && o["repeated"].get<bool>(); });
        if (!list) {
            const auto extra = test::vigil(with(words, {"a", "b", "c", "d", "e", "f"}));
            CHECK(extra.exit_code == 2);
            CHECK(one_line(extra.err));
        }
    }
}

TEST_CASE("every option is shown with its help by --help", "[options]")
{
    for (const json& command : commands()) {
        const auto ran = test::vigil({command["name"], "--help"});
        CAPTURE(command["name"]);
        CHECK(ran.exit_code == 0);
        CHECK(ran.err.empty());
        CHECK(ran.out.find(command["usage"].get<std::string>()) != std::string::npos);
        for (const json& option : command["options"]) {
            CAPTURE(option["name"]);
            CHECK(ran.out.find(option["name"].get<std::string>()) != std::string::npos);
            CHECK(ran.out.find(option["help"].get<std::string>()) != std::string::npos);
            CHECK(!option["help"].get<std::string>().empty());
        }
    }
}

TEST_CASE("one name means one thing: an option has the same type and unit in every command", "[options]")
{
    std::map<std::string, std::pair<std::string, std::string>> seen;
    for (const json& command : commands()) {
        for (const json& option : command["options"]) {
            if (positional(option)) {
                continue;
            }
            // a tolerance is in metres, or in the units of a layer that is examined as it is
            const std::string unit = option["name"] == "--tolerance" ? "" : option.value("unit", "");
            const std::pair<std::string, std::string> meaning{option["type"], unit};
            const auto [at, fresh] = seen.emplace(option["name"], meaning);
            CAPTURE(command["name"], option["name"]);
            CHECK(at->second == meaning);
        }
    }
}

TEST_CASE("a word that is no command is refused in one line", "[options]")
{
    for (const std::string word : {"denisty", "--no-such-option", "", "-"}) {
        const auto ran = test::vigil({word});
        CAPTURE(word);
        CHECK(ran.exit_code == 2);
        CHECK(one_line(ran.err));
    }
}
