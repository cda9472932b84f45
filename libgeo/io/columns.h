#pragma once

#include "libgeo/io/incidents_io.h"
#include "libgeo/plane.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vigil::io {

/// How places stand in a table.
enum class PlaceForm : std::uint8_t {
    pair,       ///< two columns of numbers
    wkt,        ///< one column: POINT (x y), also SRID=...;POINT
    geojson,    ///< one column: {"type":"Point","coordinates":[x,y]}
    lat_lon,    ///< one column: "lat, lon", also in brackets
    geometries, ///< the geometry of a GIS layer
};

/// Which column plays which part; npos = none.
struct Columns {
    static constexpr std::size_t none = static_cast<std::size_t>(-1);
    PlaceForm form = PlaceForm::pair;
    bool degrees = false; ///< known to be WGS 84 longitude and latitude by their names or form
    std::size_t x = none, y = none;
    std::size_t place = none; ///< of the one-column forms
    std::size_t time = none, time_end = none;
    bool months = false;                                               ///< the time column is called "month"
    std::array<std::size_t, 5> parts = {none, none, none, none, none}; ///< year, month, day, hour, minute
    std::size_t weight = none, category = none, stage = none, source = none;
    std::size_t uncertainty = none, id = none;
    std::vector<std::size_t> attributes;
    bool negative_weights = false; ///< a weight below 0 is a weight, not a mistake
    bool cases = false;            ///< a row without a category is rejected
    std::vector<std::string> warnings;

    /// Whether columns of year, month, ... stand in for a time column.
    [[nodiscard]] bool has_parts() const { return time == none && parts[0] != none; }
    /// The part a column plays, in words, or empty.
    [[nodiscard]] std::string role_of(std::size_t column) const;
};

/// Some cells of a column that say something, for looking at its content.
using Sample = std::function<std::vector<std::string_view>(std::size_t column)>;

/// Finds the columns by their names, or takes those that `options` names.
///
/// source   what to call the input in messages
/// sample   tells columns of places from columns of addresses; empty for GIS layers, whose places are
///          geometries
/// throws   Error when no place is found, when two columns could be the same coordinate, or when an option
///          names a column that is not there
Columns find_columns(const std::string& source, std::span<const std::string> names,
                     const ReadOptions& options, const Sample& sample);

/// Lower case, without spaces, underscores and dashes.
std::string plain_name(std::string_view name);

/// The place in one cell of a one-column form; empty when there is none. Longitude first.
std::optional<XY> place_from(std::string_view cell, PlaceForm form);

/// The form of a one-column place, by its look.
std::optional<PlaceForm> place_form(std::string_view cell);

} // namespace vigil::io
