#pragma once

#include "kernels/route/hierarchy/hierarchy.h"

#include <cstdint>
#include <cstring>

namespace vigil::hierarchy {

/// Four edges' weights, as the compiler's vectors hold them: up, down, up, ...
using FourTwoWays = std::uint32_t __attribute__((vector_size(32)));
using TwoTwoWays = std::uint32_t __attribute__((vector_size(16)));
using OneTwoWay = std::uint32_t __attribute__((vector_size(8)));

// By reference: how wide vectors are passed depends on the processor.
template <typename Vector>
inline void load(Vector& v, const TwoWay* from)
{
    std::memcpy(&v, from, sizeof v);
}
template <typename Vector>
inline void store(const Vector& v, TwoWay* to)
{
    std::memcpy(static_cast<void*>(to), &v, sizeof v);
}
template <typename Vector>
inline void lower(Vector& v, const Vector& other)
{
    v = other < v ? other : v;
}
inline Weight lesser(Weight a, Weight b)
{
    return a < b ? a : b;
}

/// The edges [first, last) of one node u, and those of a higher neighbour v that end at the same nodes.
struct TriangleSides {
    std::uint32_t first = 0, last = 0; ///< edges (u, w)
    std::uint32_t third = 0;           ///< edge (v, w) of the first w; more follow, with gaps
    bool gapless = false;              ///< they follow one for one
};

/// What stands behind edge e = (u, v) in u's list, which ends at `end`. Node v has all those heads and
/// perhaps more; if its as-many-th head is the last of u's, there are none between.
inline TriangleSides sides_after(const Hierarchy& h, std::uint32_t e, std::uint32_t end)
{
    const std::uint32_t count = end - e - 1;
    if (count == 0) {
        return {};
    }
    const std::uint32_t third = h.third[e];
    return {e + 1, end, third, h.up_head[third + count - 1] == h.up_head[end - 1]};
}

} // namespace vigil::hierarchy
