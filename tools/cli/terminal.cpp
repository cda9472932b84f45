#include "tools/cli/terminal.h"

#include "libgeo/error.h"
#include "libgeo/io/output.h"
#include "libgeo/version.h"
#include "tools/cli/describe.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <string_view>

namespace vigil::cli {

namespace {

constexpr std::size_t longest_line = 2000;

std::string printable(const std::string& text)
{
    std::string out;
    for (const char c : text.substr(0, longest_line)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) {
            out += fmt::format("\\x{:02x}", byte);
        } else {
            out += c;
        }
    }
    return out;
}

void print_line(const std::string& line)
{
    const std::string out = printable(line) + "\n";
    std::fwrite(out.data(), 1, out.size(), stderr);
}

std::uint64_t half_of_free_memory()
{
    std::ifstream file("/proc/meminfo");
    std::string word;
    while (file >> word) {
        std::uint64_t kib = 0;
        if (word == "MemAvailable:" && file >> kib) {
            return kib * 1024 / 2;
        }
    }
    return std::uint64_t{4} << 30U;
}

/// Folders name people and places; an output remembers file names only.
std::string without_folders(const std::string& word)
{
    const std::size_t equals = word.starts_with("--") ? word.find('=') : std::string::npos;
    const std::size_t value = equals == std::string::npos ? 0 : equals + 1;
    const std::size_t slash = word.rfind('/');
    if (slash == std::string::npos || slash < value) {
        return word;
    }
    return word.substr(0, value) + word.substr(slash + 1);
}

std::string quoted(const std::string& word)
{
    return word.empty() || word.find_first_of(" \t\n'\"\\$&|;()<>*?") != std::string::npos ? "'" + word + "'"
                                                                                           : word;
}

Progress drawn_progress(bool always)
{
    if (!always && isatty(STDERR_FILENO) == 0) {
        return {};
    }
    struct State {
        std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();
        int last = -1;
    };
    auto state = std::make_shared<State>();
    return Progress([state](double fraction) {
        const int percent = static_cast<int>(fraction * 100);
        const auto passed = std::chrono::steady_clock::now() - state->begun;
        if (passed < std::chrono::seconds(2) || percent == state->last) {
            return;
        }
        state->last = percent;
        const std::string line = fmt::format("\r{:3d} %{}", percent, percent >= 100 ? "\n" : "");
        std::fwrite(line.data(), 1, line.size(), stderr);
    });
}

/// Whether a word of the command line belongs into provenance: the same input and options give the same bytes
/// on any number of threads, however much is said meanwhile.
bool changes_output(std::string_view word)
{
    constexpr std::string_view without[] = {"-v", "--verbose", "-q", "--quiet", "--progress"};
    return std::find(std::begin(without), std::end(without), word) == std::end(without) &&
           !word.starts_with("--threads=") && !word.starts_with("--max-memory=");
}

} // namespace

void Context::say(const std::string& line)
{
    print_line(line);
}

void Context::require_memory(double bytes, std::string_view what, std::string_view remedy) const
{
    if (!(bytes <= static_cast<double>(max_memory_bytes))) {
        fail(ExitCode::limit, "{} needs {:.3g} GB of memory and {:.3g} GB are allowed; {}", what, bytes / 1e9,
             static_cast<double>(max_memory_bytes) / 1e9, remedy);
    }
}

Provenance Context::provenance() const
{
    Provenance provenance;
    provenance.version = std::string("vigil ") + version;
    provenance.command = command_line;
    return provenance;
}

std::optional<std::string> answer_without_parsing(int argc, char** argv, const std::deque<Command>& commands)
{
    if (argc < 2) {
        return overview_text(commands);
    }
    const std::string first = argv[1];
    if (first == "--version" || first == "version") {
        return fmt::format("vigil {}\n", version);
    }
    bool asked = first == "--help" || first == "-h" || first == "help";
    const std::string wanted = asked && argc > 2 ? argv[2] : first;
    for (int i = 2; i < argc && std::string_view(argv[i]) != "--"; ++i) {
        asked = asked || std::string_view(argv[i]) == "--help" || std::string_view(argv[i]) == "-h";
    }
    if (!asked) {
        return std::nullopt;
    }
    for (const Command& command : commands) {
        if (command.name() == wanted) {
            return help_text(command);
        }
    }
    return overview_text(commands);
}

void print(const std::string& text)
{
    io::write_bytes("-", text, false);
}

void print_error(const std::string& message)
{
    print_line("vigil: " + message);
}

Context context_for(const Command& command, int argc, char** argv)
{
    Context context;
    context.verbosity = command.verbosity();
    context.max_memory_bytes = command.max_memory().empty()
                                   ? half_of_free_memory()
                                   : parse_bytes("--max-memory", command.max_memory());
    context.progress = drawn_progress(command.progress());
    context.command_line = "vigil";
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        if (word == "--threads" || word == "--max-memory") {
            ++i; // with its value
        } else if (changes_output(word)) {
            context.command_line += " " + quoted(without_folders(argv[i]));
        }
    }
    return context;
}

} // namespace vigil::cli
