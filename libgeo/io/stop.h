#pragma once

#include <string>

namespace vigil::io {

/// Makes the process stop cleanly on SIGINT, SIGTERM and SIGHUP: a watching thread removes the private
/// folders of all pending outputs and ends the process with 128 + the signal. Signals are blocked in every
/// thread started later, so call it first thing in main. SIGPIPE and SIGXFSZ are ignored: writes report them.
void watch_for_stop();

/// Makes a folder that only we can use, from a pattern that ends in XXXXXX, and remembers to remove it when
/// the process is stopped. Empty, with errno set, when it cannot be made.
std::string make_scratch(std::string pattern);
/// Removes a folder of make_scratch with all it holds.
void remove_scratch(const std::string& folder);

/// Removes all scratch folders and ends the process at once: for failures inside a library that leave no way
/// back.
[[noreturn]] void clean_up_and_end(int exit_code);

/// While one lives, a stop waits: a set of renames is never cut in half.
class HoldStop {
  public:
    HoldStop();
    HoldStop(const HoldStop&) = delete;
    HoldStop& operator=(const HoldStop&) = delete;
    ~HoldStop();
};

} // namespace vigil::io
