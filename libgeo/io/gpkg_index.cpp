#include "libgeo/io/gpkg_index.h"

#include "libgeo/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <iterator>
#include <limits>
#include <span>
#include <utility>

namespace vigil::io {

namespace {

constexpr std::size_t entry_bytes = 24; // a 64-bit number and four floats, big-endian
constexpr std::size_t head_bytes = 4;   // depth (in the root) and number of entries

float rounded_down(double value)
{
    const auto near = static_cast<float>(value);
    return static_cast<double>(near) > value ? std::nextafterf(near, -std::numeric_limits<float>::infinity())
                                             : near;
}

/// Place of a cell along a Hilbert curve over 2^16 by 2^16 cells.
std::uint64_t hilbert(std::uint32_t x, std::uint32_t y)
{
    std::uint64_t place = 0;
    for (std::uint32_t side = 1U << 15U; side > 0; side /= 2) {
        const std::uint32_t right = (x & side) != 0 ? 1 : 0;
        const std::uint32_t upper = (y & side) != 0 ? 1 : 0;
        place += std::uint64_t{side} * side * ((3 * right) ^ upper);
        if (upper == 0) { // turn the quadrant
            if (right == 1) {
                x = 0xffffU - x;
                y = 0xffffU - y;
            }
            std::swap(x, y);
        }
    }
    return place;
}

void sort_along_hilbert(std::vector<IndexEntry>& entries)
{
    float low_x = std::numeric_limits<float>::infinity();
    float low_y = low_x;
    float high_x = -low_x;
    float high_y = -low_x;
    for (const IndexEntry& one : entries) {
        low_x = std::min(low_x, one.min_x);
        low_y = std::min(low_y, one.min_y);
        high_x = std::max(high_x, one.max_x);
        high_y = std::max(high_y, one.max_y);
    }
    const double side = std::max({static_cast<double>(high_x) - static_cast<double>(low_x),
                                  static_cast<double>(high_y) - static_cast<double>(low_y), 1e-30});
    const auto cell = [&](float a, float b, float low) {
        const double middle =
            (static_cast<double>(a) + static_cast<double>(b)) / 2 - static_cast<double>(low);
        return static_cast<std::uint32_t>(std::clamp(middle / side * 65535.0, 0.0, 65535.0));
    };
    std::vector<std::pair<std::uint64_t, std::size_t>> order(entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const IndexEntry& one = entries[i];
        order[i] = {hilbert(cell(one.min_x, one.max_x, low_x), cell(one.min_y, one.max_y, low_y)), i};
    }
    std::sort(order.begin(), order.end());
    std::vector<IndexEntry> sorted(entries.size());
    std::transform(order.begin(), order.end(), sorted.begin(),
                   [&](const auto& one) { return entries[one.second]; });
    entries = std::move(sorted);
}

template <typename Number>
void append_hex(std::string& out, Number value)
{
    constexpr const char* digits = "0123456789abcdef";
    for (int shift = static_cast<int>(sizeof(Number)) * 8 - 4; shift >= 0; shift -= 4) {
        out += digits[static_cast<unsigned>(value >> shift) & 0xfU];
    }
}

std::string node_hex(std::span<const IndexEntry> entries, std::size_t depth, std::size_t node_bytes)
{
    std::string hex;
    hex.reserve(node_bytes * 2);
    append_hex(hex, static_cast<std::uint16_t>(depth));
    append_hex(hex, static_cast<std::uint16_t>(entries.size()));
    for (const IndexEntry& one : entries) {
        append_hex(hex, static_cast<std::uint64_t>(one.fid));
        for (const float value : {one.min_x, one.max_x, one.min_y, one.max_y}) {
            append_hex(hex, std::bit_cast<std::uint32_t>(value));
        }
    }
    hex.resize(node_bytes * 2, '0');
    return hex;
}

/// Collects rows of "(...)" and runs them as INSERT statements of many rows.
class Inserts {
  public:
    Inserts(std::string head, std::function<void(const std::string&)> run)
        : head_(std::move(head)), run_(std::move(run))
    {
    }
    void add(const std::string& row)
    {
        text_ += (text_.empty() ? head_ : ",") + row;
        if (text_.size() > (std::size_t{200} << 10U)) {
            flush();
        }
    }
    void flush()
    {
        if (!text_.empty()) {
            run_(text_);
            text_.clear();
        }
    }

  private:
    std::string head_;
    std::function<void(const std::string&)> run_;
    std::string text_;
};

IndexEntry around(std::span<const IndexEntry> entries, std::int64_t node)
{
    IndexEntry box = entries.front();
    box.fid = node;
    for (const IndexEntry& one : entries) {
        box.min_x = std::min(box.min_x, one.min_x);
        box.min_y = std::min(box.min_y, one.min_y);
        box.max_x = std::max(box.max_x, one.max_x);
        box.max_y = std::max(box.max_y, one.max_y);
    }
    return box;
}

} // namespace

std::string doubled(const std::string& text, char quote)
{
    std::string out;
    for (const char c : text) {
        out += c;
        if (c == quote) {
            out += quote;
        }
    }
    return out;
}

IndexEntry index_entry(std::int64_t fid, const OGREnvelope& box)
{
    return {fid, rounded_down(box.MinX), -rounded_down(-box.MaxX), rounded_down(box.MinY),
            -rounded_down(-box.MaxY)};
}

PackedIndex::PackedIndex(const Dataset& dataset, std::string layer, std::string target)
    : dataset_(dataset), table_("rtree_" + doubled(layer, '"') + "_geom"), target_(std::move(target))
{
    const std::string name = doubled(layer, '\'');
    run("SELECT CreateSpatialIndex('" + name + "', 'geom')");
    trigger_ = ask("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = 'rtree_" + name +
                   "_geom_insert'");
    if (trigger_.empty()) {
        fail(ExitCode::output, "{}: the spatial index of layer {} cannot be made", target_, layer);
    }
    run("DROP TRIGGER \"" + table_ + "_insert\"");
}

void PackedIndex::run(const std::string& sql) const
{
    GDALDatasetReleaseResultSet(dataset_.get(),
                                GDALDatasetExecuteSQL(dataset_.get(), sql.c_str(), nullptr, nullptr));
    require_written(target_);
}

std::string PackedIndex::ask(const std::string& sql) const
{
    OGRLayerH rows = GDALDatasetExecuteSQL(dataset_.get(), sql.c_str(), nullptr, nullptr);
    std::string answer;
    if (rows != nullptr) {
        const Feature row(OGR_L_GetNextFeature(rows));
        answer = row == nullptr ? "" : OGR_F_GetFieldAsString(row.get(), 0);
    }
    GDALDatasetReleaseResultSet(dataset_.get(), rows);
    require_written(target_);
    return answer;
}

void PackedIndex::write(std::vector<IndexEntry> entries)
{
    const auto node_bytes = static_cast<std::size_t>(
        std::stoul("0" + ask("SELECT length(data) FROM \"" + table_ + "_node\" WHERE nodeno = 1")));
    const std::size_t capacity = node_bytes < head_bytes ? 0 : (node_bytes - head_bytes) / entry_bytes;
    if (capacity < 2) {
        fail(ExitCode::output, "{}: the spatial index has nodes of an unknown size", target_);
    }
    const auto runner = [this](const std::string& sql) {
        run(sql);
    };
    Inserts nodes("REPLACE INTO \"" + table_ + "_node\" (nodeno, data) VALUES ", runner);
    Inserts parents("INSERT INTO \"" + table_ + "_parent\" (nodeno, parentnode) VALUES ", runner);
    Inserts rows("INSERT INTO \"" + table_ + "_rowid\" (rowid, nodeno) VALUES ", runner);
    run("BEGIN");
    sort_along_hilbert(entries);
    std::int64_t next = 2; // 1 is the root
    for (std::size_t depth = 0;; ++depth) {
        const bool root = entries.size() <= capacity;
        std::vector<IndexEntry> above;
        std::vector<std::pair<std::int64_t, std::int64_t>> owners;
        for (std::size_t begin = 0; begin < entries.size() || (root && begin == 0); begin += capacity) {
            const auto members =
                std::span(entries).subspan(begin, std::min(capacity, entries.size() - begin));
            const std::int64_t node = root ? 1 : next++;
            nodes.add(fmt::format("({},x'{}')", node, node_hex(members, root ? depth : 0, node_bytes)));
            for (const IndexEntry& one : members) {
                owners.emplace_back(one.fid, node);
            }
            if (!root) {
                above.push_back(around(members, node));
            }
        }
        std::sort(owners.begin(), owners.end());
        for (const auto& [child, node] : owners) {
            (depth == 0 ? rows : parents).add(fmt::format("({},{})", child, node));
        }
        if (root) {
            break;
        }
        entries = std::move(above);
    }
    nodes.flush();
    rows.flush();
    parents.flush();
    run("COMMIT");
    run(trigger_);
}

} // namespace vigil::io
