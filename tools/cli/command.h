#pragma once

#include "tools/cli/context.h"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace vigil::cli {

/// One option or argument: the single declaration from which parsing, --help, `vigil describe` and the
/// command's docs page all come.
struct OptionSpec {
    std::string name; ///< "--cell" or "INPUT"
    std::string type; ///< "number", "integer", "text", "choice", "flag", "file"
    std::string unit; ///< "m", or empty
    std::string help;
    std::string default_text;         ///< empty when there is none
    std::vector<std::string> choices; ///< type "choice"
    std::optional<double> min, max;   ///< numbers
    bool min_open = false;            ///< min itself is not allowed
    bool required = false;
    bool repeated = false; ///< may be given several times, or is a list
    int values = 1;        ///< how many words follow the name
    bool common = false;   ///< the same in every command
};

/// Allowed values of a number.
struct Range {
    double min = -std::numeric_limits<double>::infinity();
    double max = std::numeric_limits<double>::infinity();
    bool min_open = false;
};
inline constexpr Range positive{.min = 0, .min_open = true};
inline constexpr Range non_negative{.min = 0};

/// A subcommand being declared. Variables bound to options must outlive parsing (hold them in a shared_ptr
/// that the run function captures); the value a variable has when it is bound is the option's default.
class Command {
  public:
    Command(CLI::App& root, std::string name, std::string summary);

    /// Positional file argument.
    Command& file(const std::string& name, std::string& target, const std::string& help,
                  bool required = true);
    /// Positional file arguments, one or more; only one such list per command, and at most one file after it,
    /// which is the last argument when there are several.
    Command& files(const std::string& name, std::vector<std::string>& targets, const std::string& help);

    Command& text(const std::string& name, std::string& target, const std::string& help);
    Command& texts(const std::string& name, std::vector<std::string>& targets, const std::string& help);
    /// Two words one after the other: --difference A B.
    Command& pair(const std::string& name, std::vector<std::string>& targets, const std::string& help);
    Command& flag(const std::string& name, bool& target, const std::string& help);
    Command& number(const std::string& name, double& target, Range range, const std::string& unit,
                    const std::string& help);
    /// A number that is worked out from the data unless given; `otherwise` says how.
    Command& number(const std::string& name, std::optional<double>& target, Range range,
                    const std::string& unit, const std::string& otherwise, const std::string& help);
    /// A list of numbers, separated by commas.
    Command& numbers(const std::string& name, std::vector<double>& targets, Range range,
                     const std::string& unit, const std::string& help);
    Command& integer(const std::string& name, std::int64_t& target, std::int64_t min, std::int64_t max,
                     const std::string& help);
    Command& integer(const std::string& name, std::optional<std::int64_t>& target, std::int64_t min,
                     std::int64_t max, const std::string& otherwise, const std::string& help);

    /// One of some words, each standing for a value.
    template <typename T>
    Command& choice(const std::string& name, T& target, std::vector<std::pair<std::string, T>> words,
                    const std::string& help)
    {
        OptionSpec spec{.name = name,
                        .type = "choice",
                        .unit = {},
                        .help = help,
                        .default_text = {},
                        .choices = {},
                        .min = {},
                        .max = {}};
        for (const auto& [word, value] : words) {
            spec.choices.push_back(word);
            if (value == target) {
                spec.default_text = word;
            }
        }
        declare(std::move(spec), [&target, words = std::move(words), name](const std::string& given) {
            for (const auto& [word, value] : words) {
                if (word == given) {
                    target = value;
                    return;
                }
            }
            refuse_choice(name, given, words.size(), [&](std::size_t i) { return words[i].first; });
        });
        return *this;
    }

    /// What to do once everything is parsed.
    void run(std::function<void(const Context&)> action);

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] const std::string& summary() const { return summary_; }
    [[nodiscard]] const std::vector<OptionSpec>& options() const { return options_; }
    [[nodiscard]] const std::function<void(const Context&)>& action() const { return action_; }
    [[nodiscard]] bool chosen() const { return app_->parsed(); }
    /// -v, -q, --threads, --max-memory as given to this command.
    [[nodiscard]] int verbosity() const { return quiet_ ? -1 : (verbose_ ? 1 : 0); }
    [[nodiscard]] std::optional<std::int64_t> threads() const { return threads_; }
    [[nodiscard]] const std::string& max_memory() const { return max_memory_; }
    [[nodiscard]] bool progress() const { return progress_; }
    /// "vigil density [OPTIONS] INPUT OUTPUT"
    [[nodiscard]] std::string usage() const;

  private:
    using Parse = std::function<void(const std::string&)>;
    CLI::Option* declare(OptionSpec spec, const Parse& parse);
    static void refuse_choice(const std::string& name, const std::string& given, std::size_t n,
                              const std::function<std::string(std::size_t)>& word);
    void add_common_options();

    CLI::App* app_;
    std::string name_, summary_;
    std::vector<OptionSpec> options_;
    std::function<void(const Context&)> action_;
    std::vector<std::string>* list_ = nullptr; ///< what files() declared
    std::string* after_list_ = nullptr;        ///< the file() that follows it
    bool after_required_ = true;
    bool quiet_ = false, verbose_ = false, progress_ = false;
    std::optional<std::int64_t> threads_;
    std::string max_memory_;
};

/// Parses a finite number written in full; throws UsageError naming the option.
double parse_number(const std::string& option, const std::string& text, const Range& range,
                    const std::string& unit);
/// "4G", "500M", "1024k" or bytes.
std::uint64_t parse_bytes(const std::string& option, const std::string& text);

} // namespace vigil::cli
