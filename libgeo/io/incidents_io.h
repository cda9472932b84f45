#pragma once

#include "libgeo/incidents.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace vigil::io {

/// What a command calls the options that fill ReadOptions: errors and warnings name them.
struct OptionNames {
    std::string x = "--x", y = "--y", category = "--category", id = "--id", layer = "--layer";
};

/// Where to find things in an incident file. Empty names are found by themselves.
struct ReadOptions {
    std::string x, y, wkt;
    std::string time, time_end;
    std::string weight;
    std::string category, stage, source;
    std::string uncertainty, id;
    std::vector<std::string> attributes; ///< further columns to keep
    std::string crs_in;                  ///< CRS of the coordinates (--input-crs)
    std::string crs;                     ///< CRS to work in (--crs); empty: chosen for the extent
    std::string layer;                   ///< layer of a GIS file
    std::string rejects;                 ///< where to keep rows that cannot be used; empty: nowhere
    int date_order = 0;                  ///< 0 decide from the whole column, 1 day first, 2 month first
    bool overwrite = false;              ///< for the rejects file
    bool allow_vsi = false;
    bool degrees = false;          ///< longitudes and latitudes (WGS 84) instead of a plane
    bool negative_weights = false; ///< keep rows whose weight is below 0; else they are rejected
    bool cases = false;            ///< the category tells cases: rows without one are rejected
    std::uint64_t max_memory_bytes = UINT64_MAX;
    OptionNames names;
};

/// What was read and how it was understood, for messages, `vigil info` and provenance.
struct ReadReport {
    std::string name;              ///< file name without folders, or "-"
    std::string format;            ///< "CSV", "GeoPackage", ...
    std::string row_word = "line"; ///< what first_row counts: "line" (CSV), "point" (GPX) or "feature"
    std::string sha256;
    std::uint64_t records = 0;
    std::uint64_t accepted = 0;
    struct Rejected {
        std::string reason;
        std::uint64_t count = 0;
        std::uint64_t first_row = 0;
    };
    std::vector<Rejected> rejected;
    struct Column {
        std::string name;
        std::string role; ///< "longitude", "latitude", "time", "weight", ... or empty
    };
    std::vector<Column> columns;
    Crs crs_in;                        ///< CRS of the coordinates in the file
    Box extent;                        ///< in crs_in: degrees, longitude first, or its own units
    std::optional<TimeSpan> time;      ///< earliest start and latest end
    std::string time_format;           ///< "Y-m-d H:M:S"
    std::vector<std::string> warnings; ///< what looks wrong (swapped columns, stray rows); one line each
};

struct ReadIncidents {
    Incidents incidents;
    ReadReport report;
};

/// Reads incidents and projects them to metres (see analysis_crs_for).
/// CSV, TSV, `;` with decimal comma, .gz of these, GeoPackage, Shapefile, GeoJSON, GeoJSONSeq, FlatGeobuf,
/// GPX; "-" is CSV or GeoJSONSeq on standard input, recognised by content.
///
/// Of GPX the points of tracks are read, else those of routes, else the waypoints, unless a layer is named.
/// The column track holds the names of the tracks or routes if each has one of its own, else their numbers
/// from 1; 1 for waypoints.
///
/// throws   Error when no record can be used, the columns are not found or ambiguous, or no CRS is known
ReadIncidents read_incidents(const std::string& path, const ReadOptions& options = {});

/// Names of the columns of a table, or of the layer that would be read: for choosing options by them.
///
/// throws   Error when it is no table or layer of points
std::vector<std::string> incident_columns(const std::string& path, const ReadOptions& options = {});

/// Reads and counts without projecting: what `vigil info` prints.
ReadReport inspect_incidents(const std::string& path, const ReadOptions& options = {});

} // namespace vigil::io
