#pragma once

#include "libgeo/features.h"

#include <ogr_api.h>

#include <optional>
#include <string>

namespace vigil::io {

/// Collects GDAL geometries of one kind; Z and M are dropped.
class GeometryCollector {
  public:
    /// where   "roads.gpkg", for messages
    explicit GeometryCollector(std::string where) : where_(std::move(where)) {}

    /// Adds the geometry of feature `number` (1-based); null or empty adds a feature without parts.
    ///
    /// throws   Error for curves and collections, a kind that differs from the ones before, and coordinates
    ///          that are not finite; the message names the feature
    void add(OGRGeometryH geometry, std::size_t number);

    /// The kind seen, unless there was no geometry at all.
    [[nodiscard]] std::optional<GeometryKind> kind() const { return kind_; }
    [[nodiscard]] Geometries take();

  private:
    void add_part(OGRGeometryH part, std::size_t number);
    void add_ring(OGRGeometryH ring, std::size_t number, bool closed);

    std::string where_;
    std::optional<GeometryKind> kind_;
    Geometries out_;
};

} // namespace vigil::io
