#include "libgeo/io/weights_ids.h"

#include "libgeo/csv.h"
#include "libgeo/error.h"
#include "libgeo/text.h"

#include <bit>
#include <functional>

namespace vigil::io {

WeightsIds::WeightsIds(std::span<const std::string> ids)
    : ids_(ids), slots_(std::bit_ceil(2 * ids.size() + 2))
{
    require(ids.size() < (std::size_t{1} << 31U), "{} features are too many", ids.size());
    for (std::uint32_t i = 0; i < ids.size(); ++i) {
        const std::string_view id = trimmed(ids[i]);
        require(!id.empty(), "feature {} has no id; choose a column that is filled", i + 1);
        Slot& slot = slots_[slot_of(id)];
        require(slot.place == 0, "features {} and {} have the same id; choose a column without repeats",
                slot.place, i + 1);
        slot = {static_cast<std::uint32_t>(std::hash<std::string_view>()(id) >> 32U), i + 1};
    }
}

std::size_t WeightsIds::slot_of(std::string_view id) const
{
    const std::size_t hash = std::hash<std::string_view>()(id);
    const auto tag = static_cast<std::uint32_t>(hash >> 32U);
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash & mask;
    while (slots_[at].place != 0 && (slots_[at].tag != tag || trimmed(ids_[slots_[at].place - 1]) != id)) {
        at = (at + 1) & mask;
    }
    return at;
}

std::string shown(std::string_view text)
{
    constexpr std::size_t most = 40;
    std::string quoted;
    append_json(quoted, text.substr(0, most));
    return text.size() <= most ? quoted : quoted + "...";
}

} // namespace vigil::io
