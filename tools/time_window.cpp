#include "tools/time_window.h"

#include "libgeo/error.h"
#include "libgeo/time_text.h"

#include <algorithm>

namespace vigil::tools {

namespace {

Seconds moment_of(const std::string& option, const std::string& text)
{
    const auto time = time_from(text);
    if (!time || time->ambiguous) {
        throw UsageError(fmt::format("{} {}: give a date such as 2024-03-31", option, text));
    }
    return time->span.start;
}

} // namespace

std::optional<TimeWindow> time_window(const std::string& since, const std::string& until)
{
    if (since.empty() && until.empty()) {
        return std::nullopt;
    }
    TimeWindow window;
    if (!since.empty()) {
        window.from = moment_of("--since", since);
    }
    if (!until.empty()) {
        window.until = moment_of("--until", until);
    }
    if (window.from >= window.until) {
        throw UsageError("--since is not before --until");
    }
    return window;
}

void require_times(const Incidents& incidents, const cli::Context& context)
{
    require(!incidents.time.empty(), "no column of dates or times was found; name it with --time");
    const auto unknown = static_cast<std::size_t>(std::count_if(
        incidents.time.begin(), incidents.time.end(), [](const TimeSpan& span) { return !span.known(); }));
    require(unknown < incidents.size(), "no incident has a date that could be read");
    if (unknown > 0) {
        context.warn("{} of {} incidents have no known time and are left out", unknown, incidents.size());
    }
}

} // namespace vigil::tools
