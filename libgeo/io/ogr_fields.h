#pragma once

#include "libgeo/table.h"

#include <ogr_api.h>

#include <vector>

namespace vigil::io {

/// Collects the fields of GDAL features: whole numbers (booleans too), real numbers, and everything else as
/// text, dates and times in ISO form. Binary fields are left out. NULL becomes the missing value of Table.
class FieldCollector {
  public:
    explicit FieldCollector(OGRFeatureDefnH definition);
    void add(OGRFeatureH feature);
    [[nodiscard]] Table take() { return std::move(table_); }

  private:
    std::vector<int> index_; ///< GDAL's number of each field of table_
    Table table_;
};

} // namespace vigil::io
