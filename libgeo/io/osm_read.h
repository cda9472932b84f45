#pragma once

#include "libgeo/progress.h"
#include "libgeo/ways.h"

#include <cstddef>
#include <span>
#include <string>

namespace vigil::io {

/// What was met while reading OpenStreetMap files.
struct OsmReport {
    std::size_t nodes = 0; ///< in the files
    std::size_t ways = 0;
    std::size_t used_ways = 0;    ///< somebody can travel on
    std::size_t cut_ways = 0;     ///< with nodes that the file does not hold: at the edge of an extract
    std::size_t restrictions = 0; ///< turn restrictions kept
    std::size_t restrictions_ignored = 0; ///< members missing, or of a kind that is not understood
    std::size_t stations_moved = 0; ///< drawn beside the tracks: given to the nearest vertex of a railway
    std::size_t stations_alone = 0; ///< no railway within 200 m
    std::string newest;             ///< timestamp of the extract where its header tells, else empty
};

struct OsmWays {
    Ways ways;
    OsmReport report;
};

/// Whether a name looks like OpenStreetMap data: .osm.pbf .pbf .osm .osm.gz .osm.bz2
bool is_osm_name(const std::string& path);

/// Reads roads, paths, rails and ferries of one or more OpenStreetMap extracts (PBF or XML, also compressed).
/// What several extracts share is taken once. Vertices are in the order of node numbers, ways in that of way
/// numbers. A way with nodes that no file holds stays in its parts of two known nodes or more. A street with
/// rails in it gives two ways of one source: the road, then the rails.
///
/// A PBF file that ends between two blocks looks whole. It is found out only when much is missing: no nodes,
/// or more than half of those that ways refer to.
///
/// throws   Error naming the file: not to be read, cut short, mislabelled, or without anything to travel on
/// cost     two passes over each file
OsmWays read_osm(std::span<const std::string> paths, const Progress& progress = {});

} // namespace vigil::io
