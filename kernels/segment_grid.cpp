#include "kernels/segment_grid.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace vigil {

namespace {

struct Filed {
    std::uint64_t cell = 0;
    std::size_t segment = 0;
};

/// The part of segment a-b whose y lies in [low, high], as a range of x; false when there is none.
bool clip_to_rows(XY a, XY b, double low, double high, double& min_x, double& max_x)
{
    if (a.y > b.y) {
        std::swap(a, b);
    }
    if (b.y < low || a.y > high) {
        return false;
    }
    const double rise = b.y - a.y;
    const auto x_at = [&](double y) {
        return a.x + (b.x - a.x) * std::clamp((y - a.y) / rise, 0.0, 1.0);
    };
    const double first = rise > 0 ? x_at(low) : a.x;
    const double second = rise > 0 ? x_at(high) : b.x;
    min_x = std::min(first, second);
    max_x = std::max(first, second);
    return true;
}

class SegmentGrid {
  public:
    SegmentGrid(const LineSet& lines, double reach_m) : lines_(lines), reach_m_(reach_m)
    {
        box_ = bounding_box(lines.xy).grown(2 * reach_m);
        double total_m = 0;
        std::size_t segments = 0;
        for_each_segment([&](std::size_t s) {
            total_m += distance_m(lines.xy[s], lines.xy[s + 1]);
            ++segments;
        });
        const double mean_m = segments == 0 ? 1 : total_m / static_cast<double>(segments);
        const double widest = std::max(box_.width(), box_.height());
        cell_m_ = std::max({mean_m, 4 * reach_m, widest / 1e6});
        columns_ = static_cast<std::uint64_t>(box_.width() / cell_m_) + 1;
        for_each_segment([&](std::size_t s) { file(s); });
        std::sort(filed_.begin(), filed_.end(), [](const Filed& a, const Filed& b) {
            return a.cell != b.cell ? a.cell < b.cell : a.segment < b.segment;
        });
    }

    void for_pairs(const std::function<void(std::size_t, std::size_t)>& visit) const
    {
        for (std::size_t begin = 0; begin < filed_.size();) {
            std::size_t end = begin;
            while (end < filed_.size() && filed_[end].cell == filed_[begin].cell) {
                ++end;
            }
            for (std::size_t i = begin; i < end; ++i) {
                for (std::size_t j = i + 1; j < end; ++j) {
                    if (boxes_meet(filed_[i].segment, filed_[j].segment)) {
                        visit(filed_[i].segment, filed_[j].segment);
                    }
                }
            }
            begin = end;
        }
    }

  private:
    template <typename Body>
    void for_each_segment(const Body& body) const
    {
        for (std::size_t line = 0; line < lines_.size(); ++line) {
            for (std::size_t s = lines_.begin_of(line); s + 1 < lines_.end[line]; ++s) {
                body(s);
            }
        }
    }

    [[nodiscard]] std::uint64_t step(double from, double to) const
    {
        return static_cast<std::uint64_t>(std::max(0.0, (to - from) / cell_m_));
    }

    /// Enters a segment, with `reach_m` around it, into every cell it passes.
    void file(std::size_t s)
    {
        const XY a = lines_.xy[s];
        const XY b = lines_.xy[s + 1];
        const std::uint64_t first = step(box_.min_y, std::min(a.y, b.y) - reach_m_);
        const std::uint64_t last = step(box_.min_y, std::max(a.y, b.y) + reach_m_);
        for (std::uint64_t row = first; row <= last; ++row) {
            const double low = box_.min_y + static_cast<double>(row) * cell_m_;
            double min_x = 0;
            double max_x = 0;
            if (!clip_to_rows(a, b, low - 2 * reach_m_, low + cell_m_ + 2 * reach_m_, min_x, max_x)) {
                continue;
            }
            const std::uint64_t right = step(box_.min_x, max_x + 2 * reach_m_);
            for (std::uint64_t column = step(box_.min_x, min_x - 2 * reach_m_); column <= right; ++column) {
                filed_.push_back({row * columns_ + column, s});
            }
        }
    }

    [[nodiscard]] bool boxes_meet(std::size_t s, std::size_t t) const
    {
        const auto apart = [this](double a, double b, double c, double d) {
            return std::max(a, b) + reach_m_ < std::min(c, d) || std::max(c, d) + reach_m_ < std::min(a, b);
        };
        const XY a = lines_.xy[s];
        const XY b = lines_.xy[s + 1];
        const XY c = lines_.xy[t];
        const XY d = lines_.xy[t + 1];
        return !apart(a.x, b.x, c.x, d.x) && !apart(a.y, b.y, c.y, d.y);
    }

    const LineSet& lines_;
    double reach_m_;
    Box box_;
    double cell_m_ = 1;
    std::uint64_t columns_ = 1;
    std::vector<Filed> filed_;
};

} // namespace

void for_near_segments(const LineSet& lines, double reach_m,
                       const std::function<void(std::size_t, std::size_t)>& visit)
{
    if (lines.size() > 0) {
        SegmentGrid(lines, reach_m).for_pairs(visit);
    }
}

} // namespace vigil
