#pragma once

#include "libgeo/progress.h"
#include "libgeo/provenance.h"

#include <fmt/format.h>

#include <cstdint>
#include <string>

namespace vigil::cli {

/// What every command shares: how much to say, how much memory to use, how it was called.
struct Context {
    int verbosity = 0; ///< -1 quiet, 0 warnings and a summary of what was skipped, 1 settings too
    std::uint64_t max_memory_bytes = 0; ///< work that needs more is refused with exit 5
    std::string command_line;           ///< as typed, paths cut to file names
    Progress progress;                  ///< draws on stderr when it is a terminal

    /// One line on stderr unless -q: something was skipped, guessed or looks wrong.
    template <typename... Args>
    void warn(fmt::format_string<Args...> text, Args&&... args) const
    {
        if (verbosity >= 0) {
            say(fmt::format(text, std::forward<Args>(args)...));
        }
    }
    /// One line on stderr with -v: a setting, a count, a time.
    template <typename... Args>
    void tell(fmt::format_string<Args...> text, Args&&... args) const
    {
        if (verbosity >= 1) {
            say(fmt::format(text, std::forward<Args>(args)...));
        }
    }
    /// Refuses (exit 5) work that needs more than --max-memory. `remedy` names the option that reduces it.
    void require_memory(double bytes, std::string_view what, std::string_view remedy) const;

    /// Version and command line; the command adds inputs, CRS, seed and notes.
    [[nodiscard]] Provenance provenance() const;

  private:
    /// Writes one line; control characters are shown as \xNN.
    static void say(const std::string& line);
};

} // namespace vigil::cli
