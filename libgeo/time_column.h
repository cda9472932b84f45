#pragma once

#include "libgeo/time_text.h"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace vigil {

enum class DateOrder { decide, day_first, month_first };

/// Dates and times of one column, cell by cell; whether 03/04/2024 is in March or April is decided from all
/// of them: one cell such as 25/03/2024 settles it.
class TimeColumn {
  public:
    /// Takes the next cell; an empty or unreadable one is a missing time.
    void add(std::string_view cell);

    /// Makes dates that are all the first of a month the intervals of those months, as a column that is
    /// called "month" means them. Call before finish().
    void widen_to_months() { months_ = true; }

    /// Decides the order of day and month and exchanges them where needed; call once, at the end.
    /// With nothing to decide by, ambiguous dates become missing and undecided() is true.
    void finish(DateOrder order);

    [[nodiscard]] const std::vector<TimeSpan>& spans() const { return spans_; }
    [[nodiscard]] std::vector<TimeSpan>& spans() { return spans_; }
    [[nodiscard]] std::size_t known() const { return known_; }
    [[nodiscard]] std::size_t unreadable() const { return unreadable_; }
    /// 0-based cell that was the first unreadable one.
    [[nodiscard]] std::size_t first_unreadable() const { return first_unreadable_; }
    [[nodiscard]] bool undecided() const { return undecided_; }
    /// The commonest form: "Y-m-d H:M"; empty when no cell was readable.
    [[nodiscard]] std::string_view form() const;

  private:
    void widen();
    static constexpr std::size_t forms = static_cast<std::size_t>(TimeForm::excel_serial) + 1;

    std::vector<TimeSpan> spans_;
    std::vector<std::size_t> ambiguous_; ///< cells, stored day first
    std::vector<std::size_t> day_first_, month_first_;
    std::array<std::size_t, forms> seen_{};
    std::size_t known_ = 0;
    std::size_t unreadable_ = 0;
    std::size_t first_unreadable_ = 0;
    bool months_ = false;
    bool month_order_ = false;
    bool undecided_ = false;
};

} // namespace vigil
