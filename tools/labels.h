#pragma once

#include "libgeo/incidents.h"

#include <cstddef>
#include <string>
#include <vector>

namespace vigil::tools {

/// The group that each incident belongs to: a name, or none.
struct Labels {
    std::vector<std::string> names; ///< distinct, sorted
    std::vector<std::size_t> code;  ///< n indices into names; names.size() for none
};

/// Columns to be read as the first attributes so that labels_of finds `by`: none for category, stage and
/// source.
std::vector<std::string> label_columns(const std::string& by);

/// The groups of a --by word: category, stage, source or the name of a column.
///
/// throws   Error when the incidents do not have it
Labels labels_of(const std::string& by, const Incidents& incidents);

/// A column as text: numbers in full, missing ones empty.
std::vector<std::string> text_of(const Field& field);

} // namespace vigil::tools
