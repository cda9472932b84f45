#pragma once

#include "libgeo/ways.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace vigil::test {

/// A town drawn as text that yields Ways: upper-case letters are vertices, one character is `step_m` wide and
/// high, near 0, 0. Every line between two letters is a way of two vertices; its source is its number in the
/// drawing, row by row, from 1.
///
///     -  |    road         .  path        >  <  v  ^   in a road: one-way for vehicles
///     ~       ferry        =  railway     #  in a road: it crosses a border
///
///     A--B~~C
///     |  v
///     D--E==F
struct DrawnWays {
    Ways ways;
    std::map<char, std::uint32_t> vertex;

    DrawnWays(const std::string& drawing, double step_m);

    /// The first way between two letters, in either direction.
    [[nodiscard]] std::size_t way(char a, char b) const;

    /// No turn along letters, as "ABC"; with more letters over the ways between; "ABA" is turning round.
    void ban(std::string_view letters, bool only = false, Vehicles banned = vehicle::motor);
    void only(std::string_view letters, Vehicles banned = vehicle::motor) { ban(letters, true, banned); }
    void barrier(char at, Vehicles passable, const std::string& tag = "barrier=gate");
    void border(char at);
    void station(char at);
};

/// A place `east_m`, `north_m` from 0, 0 (near enough: 1 degree is 111.2 km).
FixedLonLat metres_from_zero(double east_m, double north_m);

} // namespace vigil::test
