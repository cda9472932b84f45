#pragma once

#include <string>

namespace vigil::io {

/// How OpenStreetMap data is packed, by its name.
enum class OsmFormat { pbf, xml, xml_gz, xml_bz2 };

struct OsmFile {
    std::string path;
    OsmFormat format = OsmFormat::pbf;
};

/// Looks at a file before it is read: a plain local file, named as OpenStreetMap data, holding what the name
/// says, and, for PBF, with every block whole.
///
/// throws   Error naming the file and what is wrong
/// cost     a few bytes per block
OsmFile check_osm_file(const std::string& path);

} // namespace vigil::io
