#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>

namespace vigil {

/// How a command ends. Scripts rely on these numbers.
enum class ExitCode : int {
    done = 0,
    usage = 2,      ///< the command line could not be understood
    input = 3,      ///< an input is unusable
    output = 4,     ///< the output could not be written
    limit = 5,      ///< refused by a limit (memory, size)
    disclosure = 6, ///< refused by the disclosure gate
};

/// Something the person at the keyboard can act on: one line that says what, where, and what to do.
/// Never carries coordinates or attribute values of an incident, only its row number.
class Error : public std::runtime_error {
  public:
    explicit Error(const std::string& message, ExitCode code = ExitCode::input)
        : std::runtime_error(message), code_(code)
    {
    }
    [[nodiscard]] ExitCode code() const noexcept { return code_; }

  private:
    ExitCode code_;
};

/// A command line that cannot be understood (exit 2).
class UsageError : public Error {
  public:
    explicit UsageError(const std::string& message) : Error(message, ExitCode::usage) {}
};

/// Throws an Error with a formatted message.
template <typename... Args>
[[noreturn]] void fail(ExitCode code, fmt::format_string<Args...> text, Args&&... args)
{
    throw Error(fmt::format(text, std::forward<Args>(args)...), code);
}

/// Throws an input Error (exit 3) unless `condition` holds.
template <typename... Args>
void require(bool condition, fmt::format_string<Args...> text, Args&&... args)
{
    if (!condition) {
        throw Error(fmt::format(text, std::forward<Args>(args)...), ExitCode::input);
    }
}

} // namespace vigil
