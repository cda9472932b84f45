#include "libgeo/io/osm_node_table.h"

#include <oneapi/tbb/parallel_sort.h>

namespace vigil::io {

namespace {
constexpr std::size_t per_span = 4; // nodes, were they spread evenly
}

OsmNodeTable::OsmNodeTable(std::vector<std::int64_t> ids) : ids_(std::move(ids))
{
    oneapi::tbb::parallel_sort(ids_.begin(), ids_.end());
    ids_.erase(std::unique(ids_.begin(), ids_.end()), ids_.end());
    ids_.shrink_to_fit();
    place_.assign(ids_.size(), nowhere);
    if (ids_.empty()) {
        return;
    }
    while (span_of(ids_.back()) > ids_.size() / per_span) {
        ++shift_;
    }
    first_.assign(static_cast<std::size_t>(span_of(ids_.back())) + 2, 0);
    for (const std::int64_t id : ids_) {
        ++first_[static_cast<std::size_t>(span_of(id)) + 1];
    }
    for (std::size_t i = 1; i < first_.size(); ++i) {
        first_[i] += first_[i - 1];
    }
}

std::size_t OsmNodeTable::slot_of(std::int64_t id) const
{
    if (ids_.empty() || id < ids_.front() || id > ids_.back()) {
        return ids_.size();
    }
    const auto span = static_cast<std::size_t>(span_of(id));
    const auto begin = ids_.begin() + static_cast<std::ptrdiff_t>(first_[span]);
    const auto end = ids_.begin() + static_cast<std::ptrdiff_t>(first_[span + 1]);
    const auto found = std::lower_bound(begin, end, id);
    return found != end && *found == id ? static_cast<std::size_t>(found - ids_.begin()) : ids_.size();
}

} // namespace vigil::io
