#pragma once

#include <cstddef>
#include <functional>

namespace vigil {

/// Calls body(begin, end) over [0, n) in chunks of `chunk`, on the threads the process allows.
/// Chunk borders depend only on n and chunk, so results placed by index do not depend on the threads.
void parallel_chunks(std::size_t n, std::size_t chunk,
                     const std::function<void(std::size_t begin, std::size_t end)>& body);

} // namespace vigil
