#include "tools/match/time_text.h"

#include "libgeo/time_text.h"

namespace vigil::tools {

std::string time_text(const TimeSpan& time)
{
    if (!time.known()) {
        return {};
    }
    return time.instant() ? iso_text(time.start) : iso_text(time.start) + "/" + iso_text(time.end);
}

} // namespace vigil::tools
