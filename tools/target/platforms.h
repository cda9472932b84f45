#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace vigil::tools {

/// What one advertising platform accepts as circles.
struct Platform {
    std::string name;    ///< "meta"
    std::string title;   ///< "Meta ad-set targeting (JSON)"
    std::string checked; ///< when the limits were last looked up: "2026-11"
    std::string source;
    std::int64_t max_circles = 0;
    std::string counted; ///< what max_circles counts: "custom locations per ad set"
    double min_km = 0;
    double max_km = 0;
    double step_km = 0; ///< radii are whole multiples of it

    /// The next radius that can be written, so that nobody meant to be reached is lost.
    [[nodiscard]] double rounded_up(double radius_km) const;
};

/// The limits built in from platforms/platforms.json, or those of `file` when it is not empty. Platforms that
/// `file` does not name keep the built-in limits.
///
/// throws   Error naming the file and the entry that cannot be used
std::vector<Platform> platforms(const std::string& file = {});

/// The platform called `name`, one of meta, google and generic.
const Platform& platform_called(const std::vector<Platform>& all, const std::string& name);

/// What `vigil target --list-platforms` prints.
std::string platforms_text(const std::vector<Platform>& all);

} // namespace vigil::tools
