#pragma once

#include "libgeo/provenance.h"

#include <string>
#include <utility>
#include <vector>

namespace vigil::io {

/// Provenance as ordered keys and values for formats with metadata: VIGIL_VERSION, VIGIL_COMMAND,
/// VIGIL_INPUT_1 ("a.csv sha256:..."), VIGIL_CRS, VIGIL_SEED, one VIGIL_<NAME> per note, VIGIL_LIBRARIES,
/// and VIGIL_DATE when SOURCE_DATE_EPOCH is set. What is empty is left out.
std::vector<std::pair<std::string, std::string>> provenance_items(const Provenance& provenance);

/// The same as one JSON object: {"version": ..., "command": ..., "inputs": [{"name", "sha256"}], "crs": ...,
/// "seed": ..., "notes": {...}, "libraries": {"gdal": ...}}, indented, with a final newline.
std::string provenance_json(const Provenance& provenance);

/// SOURCE_DATE_EPOCH in the form 2024-05-01T00:00:00.000Z, or empty when it is not set or not a number.
std::string source_date();

} // namespace vigil::io
