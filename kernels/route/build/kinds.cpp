#include "kernels/route/build/kinds.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <string_view>
#include <tuple>
#include <utility>

namespace vigil::route_build {

namespace {

/// Fields one after the other; lengths first, so that no two kinds look alike.
std::string key_of(const WayKind& kind)
{
    std::string key;
    const auto put = [&key](const auto& value) {
        char bytes[sizeof(value)];
        std::memcpy(bytes, &value, sizeof(value));
        key.append(bytes, sizeof(value));
    };
    put(kind.mode);
    put(kind.forward);
    put(kind.backward);
    put(kind.border);
    put(kind.speed_forward_kmh);
    put(kind.speed_backward_kmh);
    put(kind.road_class.size());
    key += kind.road_class;
    for (const std::string& tag : kind.tags) {
        put(tag.size());
        key += tag;
    }
    return key;
}

auto content(const WayKind& kind)
{
    return std::tie(kind.mode, kind.forward, kind.backward, kind.border, kind.road_class,
                    kind.speed_forward_kmh, kind.speed_backward_kmh, kind.tags);
}

WayKind reverse_of(WayKind kind)
{
    std::swap(kind.forward, kind.backward);
    std::swap(kind.speed_forward_kmh, kind.speed_backward_kmh);
    return kind;
}

/// Texts in alphabetical order, each once; the empty one is first.
class TextPool {
  public:
    void add(std::string_view text) { texts_.push_back(text); }
    void settle()
    {
        texts_.emplace_back();
        std::sort(texts_.begin(), texts_.end());
        texts_.erase(std::unique(texts_.begin(), texts_.end()), texts_.end());
    }
    [[nodiscard]] std::uint32_t number_of(std::string_view text) const
    {
        return static_cast<std::uint32_t>(std::lower_bound(texts_.begin(), texts_.end(), text) -
                                          texts_.begin());
    }
    void put_into(RouteNetwork& network) const
    {
        std::vector<std::uint32_t> begin{0};
        std::vector<char> chars;
        for (const std::string_view text : texts_) {
            chars.insert(chars.end(), text.begin(), text.end());
            begin.push_back(static_cast<std::uint32_t>(chars.size()));
        }
        network.text_begin = std::move(begin);
        network.text_chars = std::move(chars);
    }

  private:
    std::vector<std::string_view> texts_;
};

EdgeKind edge_kind(const WayKind& kind, const TextPool& texts, std::vector<std::uint32_t>& tags)
{
    EdgeKind made;
    made.mode = kind.mode;
    made.forward = kind.forward;
    made.backward = kind.backward;
    made.border = kind.border;
    made.speed_forward_kmh = kind.speed_forward_kmh;
    made.speed_backward_kmh = kind.speed_backward_kmh;
    made.road_class = texts.number_of(kind.road_class);
    made.tags_begin = static_cast<std::uint32_t>(tags.size());
    for (const std::string& tag : kind.tags) {
        tags.push_back(texts.number_of(tag));
    }
    made.tags_end = static_cast<std::uint32_t>(tags.size());
    return made;
}

} // namespace

std::uint32_t KindTable::add(const WayKind& kind)
{
    const auto [found, is_new] = number_.emplace(key_of(kind), static_cast<std::uint32_t>(kinds_.size()));
    if (is_new) {
        kinds_.push_back(kind);
        reversed_.push_back(found->second);
    }
    return found->second;
}

std::uint32_t KindTable::number_of(WayKind kind)
{
    std::sort(kind.tags.begin(), kind.tags.end());
    kind.tags.erase(std::unique(kind.tags.begin(), kind.tags.end()), kind.tags.end());
    const std::size_t known = kinds_.size();
    const std::uint32_t number = add(kind);
    if (number == known) {
        const std::uint32_t back = add(reverse_of(kind));
        reversed_[number] = back;
        reversed_[back] = number;
    }
    return number;
}

std::vector<std::uint32_t> KindTable::order() const
{
    std::vector<std::uint32_t> sorted(size());
    std::iota(sorted.begin(), sorted.end(), 0U);
    std::sort(sorted.begin(), sorted.end(),
              [this](std::uint32_t a, std::uint32_t b) { return content(kinds_[a]) < content(kinds_[b]); });
    std::vector<std::uint32_t> place(size());
    for (std::uint32_t i = 0; i < sorted.size(); ++i) {
        place[sorted[i]] = i;
    }
    return place;
}

void settle_kinds_and_texts(const KindTable& table, const std::vector<std::string>& names,
                            std::vector<RouteEdge>& edges, std::vector<EdgePiece>& pieces,
                            RouteNetwork& network)
{
    const std::vector<std::uint32_t> order = table.order();
    std::vector<std::uint32_t> by_order(table.size(), no_index); // kinds in use, by their place in the order
    for (const RouteEdge& edge : edges) {
        by_order[order[edge.kind]] = edge.kind;
    }
    std::vector<std::uint8_t> name_used(names.size(), 0);
    for (const EdgePiece& piece : pieces) {
        name_used[piece.name] = 1;
    }

    TextPool texts;
    for (const std::uint32_t kind : by_order) {
        if (kind != no_index) {
            texts.add(table[kind].road_class);
            for (const std::string& tag : table[kind].tags) {
                texts.add(tag);
            }
        }
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (name_used[i] != 0) {
            texts.add(names[i]);
        }
    }
    texts.settle();

    std::vector<EdgeKind> kinds;
    std::vector<std::uint32_t> tags;
    std::vector<std::uint32_t> kind_number(table.size(), no_index);
    for (const std::uint32_t kind : by_order) {
        if (kind != no_index) {
            kind_number[kind] = static_cast<std::uint32_t>(kinds.size());
            kinds.push_back(edge_kind(table[kind], texts, tags));
        }
    }
    std::vector<std::uint32_t> name_number(names.size(), 0);
    for (std::size_t i = 0; i < names.size(); ++i) {
        name_number[i] = name_used[i] != 0 ? texts.number_of(names[i]) : 0;
    }
    for (RouteEdge& edge : edges) {
        edge.kind = kind_number[edge.kind];
    }
    for (EdgePiece& piece : pieces) {
        piece.name = name_number[piece.name];
    }
    network.kind = std::move(kinds);
    network.tag = std::move(tags);
    texts.put_into(network);
}

} // namespace vigil::route_build
