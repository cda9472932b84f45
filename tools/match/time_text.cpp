#include "tools/match/time_text.h"

#include <fmt/format.h>

#include <chrono>

namespace vigil::tools {

namespace {

std::string instant_text(Seconds time)
{
    const std::chrono::sys_seconds when{std::chrono::seconds(time)};
    const auto midnight = std::chrono::floor<std::chrono::days>(when);
    const std::chrono::year_month_day date{midnight};
    const std::chrono::hh_mm_ss clock{when - midnight};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

} // namespace

std::string time_text(const TimeSpan& time)
{
    if (!time.known()) {
        return {};
    }
    return time.instant() ? instant_text(time.start)
                          : instant_text(time.start) + "/" + instant_text(time.end);
}

} // namespace vigil::tools
