#pragma once

#include <string>
#include <vector>

namespace vigil::tools {

/// A line through points, with one of them marked as chosen.
struct Curve {
    std::vector<double> x, y; ///< of equal length, x ascending; points whose y is not finite are passed over
    bool log_x = false;
    double low_y = 0, high_y = 1; ///< range shown; points beyond it lie on the border
    double chosen_x = 0, chosen_y = 0;
    std::vector<std::size_t> dots; ///< points drawn with a dot
    std::string title;             ///< plain text
    std::string x_label;           ///< plain text
};

/// The curve as an SVG document.
std::string curve_picture(const Curve& curve);

/// Writes a table and, unless it goes to a stream, a picture beside it (.svg): both or neither.
///
/// throws   Error (output)
void write_curve_files(const std::string& path, const std::string& csv, const std::string& svg,
                       bool overwrite);

} // namespace vigil::tools
