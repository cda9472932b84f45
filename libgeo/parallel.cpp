#include "libgeo/parallel.h"

#include <tbb/parallel_for.h>

#include <algorithm>

namespace vigil {

void parallel_chunks(std::size_t n, std::size_t chunk,
                     const std::function<void(std::size_t, std::size_t)>& body)
{
    const std::size_t step = std::max<std::size_t>(chunk, 1);
    const std::size_t chunks = (n + step - 1) / step;
    tbb::parallel_for(std::size_t{0}, chunks,
                      [&](std::size_t k) { body(k * step, std::min(n, (k + 1) * step)); });
}

} // namespace vigil
