#pragma once

#include <string>

namespace vigil::io {

/// Makes the process stop cleanly on SIGINT, SIGTERM and SIGHUP: a watching thread removes the private
/// folders of all pending outputs and ends the process with 128 + the signal. Signals are blocked in every
/// thread started later, so call it first thing in main. SIGPIPE and SIGXFSZ are ignored: writes report them.
void watch_for_stop();

/// Folders to remove when the process is stopped. PendingOutput calls these.
void register_scratch(const std::string& folder);
void forget_scratch(const std::string& folder);

/// While one lives, a stop waits: a set of renames is never cut in half.
class HoldStop {
  public:
    HoldStop();
    HoldStop(const HoldStop&) = delete;
    HoldStop& operator=(const HoldStop&) = delete;
    ~HoldStop();
};

} // namespace vigil::io
