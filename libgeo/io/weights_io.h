#pragma once

#include "libgeo/weights.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace vigil::io {

/// How spatial weights stand in a text file. Ids have no spaces in GAL and GWT.
///
///     gal   who is whose neighbour, no weights
///               0 4 towns code      or only: 4
///               a 2                 id, number of neighbours
///               b c                 on the next line the neighbours; blank or left out without any
///     gwt   one link a line
///               0 4 towns code      or only: 4
///               a b 0.5             from, to, weight; features without links have no line
///     csv   the same with a header, the columns in any order, ids quoted where they must be
///               from,to,weight
///               a,b,0.5
///
/// The columns of a CSV may also be called origin, focal or source; destination, neighbor, neighbour
/// or target; weights or w. Without a column of weights every link counts 1.
enum class WeightsFormat { gal, gwt, csv };

/// What row numbers begin at where a file names features by their numbers.
enum class FirstNumber {
    by_file, ///< 0 when the file holds a 0 (PySAL writes so), else 1
    zero,
    one,
};

struct ReadWeightsOptions {
    std::optional<WeightsFormat> format = {}; ///< none: by the extension, else by the content
    FirstNumber first = FirstNumber::by_file; ///< used when there are no ids
    bool ignore_weights = false;              ///< every link counts 1; GeoDa's GWT files hold distances
    std::uint64_t max_bytes = UINT64_MAX;     ///< refuse to read or inflate more
    bool allow_vsi = false;
};

/// Reads weights whose features are named by ids.
///
/// path    a plain local file, perhaps gzipped, or "-"
/// ids     one for each feature, in its order; the file's ids must be among them
/// returns rows in the order of `ids`, neighbours ascending; links to oneself are kept; `weight`
///         is empty when all are 1
/// throws  Error naming file and line: an unknown id, a link or record that comes twice, a record
///         that is missing, a count that does not fit, a weight that is not a finite number, an
///         unknown layout; and when an id of the caller is empty or comes twice
/// cost    O(bytes + links log links) time, 40 bytes a link while it works; 1e6 links take
///         about 0.3 s
Weights read_weights(const std::string& path, std::span<const std::string> ids,
                     const ReadWeightsOptions& options = {});

/// The same where features are named by their row numbers among n (see FirstNumber).
Weights read_weights(const std::string& path, std::size_t n, const ReadWeightsOptions& options = {});

struct WriteWeightsOptions {
    std::optional<WeightsFormat> format = {}; ///< none: by the extension .gal, .gwt or .csv
    std::string layer = "unknown";            ///< what the header of GAL and GWT calls the layer
    std::string id = "id";                    ///< and its column of ids
    bool overwrite = false;
};

/// Writes weights as text, whole or not at all; weights with the digits that read back the same.
///
/// ids     one for each feature, or none: row numbers from 1
/// throws  Error (output) when the file exists and is not to be replaced, cannot be written, is
///         GAL and a weight is not 1, or an id cannot stand in it; and when the sizes differ or an
///         id comes twice
void write_weights(const std::string& path, const Weights& weights, std::span<const std::string> ids,
                   const WriteWeightsOptions& options = {});

} // namespace vigil::io
