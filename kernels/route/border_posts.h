#pragma once

#include "libgeo/ways.h"

#include <cstddef>
#include <vector>

namespace vigil {

/// A border post to be put on a way, between two of its vertices.
struct BorderPost {
    std::size_t before = 0; ///< Ways::along position it comes before; never the first of a way
    FixedLonLat at;
};

/// Half-way between two vertices along the great ellipse.
FixedLonLat middle_of(FixedLonLat a, FixedLonLat b);

/// Puts posts on ways: each a new vertex of its own, marked as a border. What is there already stays as it
/// is.
///
/// posts    by `before`; of equal ones the first comes first along the way
/// throws   Error when there would be 2^32 vertices
/// cost     O(vertices along the ways)
void add_border_posts(Ways& ways, const std::vector<BorderPost>& posts);

} // namespace vigil
