#include "kernels/route/alternatives/footprint.h"

namespace vigil::alternatives {

std::vector<Part> parts_of(const Way& way, const Query& query, const RouteGraph& graph)
{
    std::vector<Part> parts;
    const auto add_part = [&parts](const auto& end) {
        if (end.weight > 0 || end.length_m > 0) {
            parts.push_back({end.element, end.weight, end.length_m});
        }
    };
    if (way.direct) {
        parts.push_back({query.direct.element, query.direct.weight, query.direct.length_m});
        return parts;
    }
    parts.reserve(way.arcs.size() + 2);
    add_part(query.from[way.from_seed]);
    for (const std::uint32_t arc : way.arcs) {
        parts.push_back({graph.element[arc], graph.weight[arc], graph.length_m[arc]});
    }
    add_part(query.to[way.to_seed]);
    return parts;
}

bool repeats_a_stretch(const Way& way, std::span<const Part> parts, const Query& query)
{
    if (way.direct || parts.size() < 2) {
        return false;
    }
    const std::uint32_t first = parts.front().element;
    const bool ends_apart = first == parts.back().element && first == query.from[way.from_seed].element &&
                            first == query.to[way.to_seed].element &&
                            (query.direct.weight >= unreachable || query.direct.element != first);
    std::vector<std::uint32_t> elements;
    for (const Part& part : parts.first(parts.size() - (ends_apart ? 1 : 0))) {
        elements.push_back(part.element);
    }
    std::sort(elements.begin(), elements.end());
    return std::adjacent_find(elements.begin(), elements.end()) != elements.end();
}

Footprint::Footprint(std::span<const Part> parts)
{
    for (const Part& part : parts) {
        covered_.push_back({part.element, part.cost});
    }
    std::sort(covered_.begin(), covered_.end(),
              [](const Covered& a, const Covered& b) { return a.element < b.element; });
    std::size_t kept = 0;
    for (const Covered& covered : covered_) {
        if (kept > 0 && covered_[kept - 1].element == covered.element) {
            covered_[kept - 1].cost = add(covered_[kept - 1].cost, covered.cost);
        } else {
            covered_[kept++] = covered;
        }
    }
    covered_.resize(kept);
}

Weight Footprint::on(std::uint32_t element) const
{
    const auto at = std::lower_bound(covered_.begin(), covered_.end(), element,
                                     [](const Covered& a, std::uint32_t e) { return a.element < e; });
    return at != covered_.end() && at->element == element ? at->cost : 0;
}

std::uint64_t Footprint::shared(const Footprint& other) const
{
    std::uint64_t sum = 0;
    auto a = covered_.begin();
    auto b = other.covered_.begin();
    while (a != covered_.end() && b != other.covered_.end()) {
        if (a->element == b->element) {
            sum += std::min(a->cost, b->cost);
            ++a;
            ++b;
        } else {
            ++(a->element < b->element ? a : b);
        }
    }
    return sum;
}

} // namespace vigil::alternatives
