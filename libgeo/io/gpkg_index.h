#pragma once

#include "libgeo/io/gdal.h"

#include <ogr_api.h>

#include <cstdint>
#include <string>
#include <vector>

namespace vigil::io {

/// Text for use between quotes of SQL: each `quote` in it doubled.
std::string doubled(const std::string& text, char quote);

/// What a spatial index keeps of a feature.
struct IndexEntry {
    std::int64_t fid = 0;
    float min_x = 0, max_x = 0, min_y = 0, max_y = 0; ///< rounded outwards
};

/// The entry of a box given in double precision.
IndexEntry index_entry(std::int64_t fid, const OGREnvelope& box);

/// The spatial index of one GeoPackage layer, written at once instead of feature by feature: GDAL 3.6 inserts
/// into SQLite's R-tree one by one, which takes three times as long as everything else. Here full nodes are
/// packed along a Hilbert curve (Kamel & Faloutsos 1994) and written into the tables that SQLite documents
/// (sqlite.org/rtree.html, section 6).
class PackedIndex {
  public:
    /// Makes the empty index of a layer and keeps its insert trigger away while features are added.
    /// The layer must be made with SPATIAL_INDEX=NO.
    PackedIndex(const Dataset& dataset, std::string layer, std::string target);

    /// Writes the index and puts the trigger back. throws  Error (output)
    void write(std::vector<IndexEntry> entries);

  private:
    void run(const std::string& sql) const;
    [[nodiscard]] std::string ask(const std::string& sql) const;

    const Dataset& dataset_;
    std::string table_; ///< "rtree_hotspots_geom", quotes doubled
    std::string target_;
    std::string trigger_;
};

} // namespace vigil::io
