#include "libgeo/time_column.h"

#include "libgeo/csv.h"

#include <algorithm>
#include <chrono>
#include <optional>

namespace vigil {

void TimeColumn::add(std::string_view cell)
{
    const std::size_t index = spans_.size();
    const auto text = time_from(cell);
    if (!text) {
        spans_.emplace_back();
        if (!says_missing(cell)) {
            first_unreadable_ = unreadable_ == 0 ? index : first_unreadable_;
            ++unreadable_;
        }
        return;
    }
    spans_.push_back(text->span);
    ++known_;
    ++seen_[static_cast<std::size_t>(text->form)];
    if (text->ambiguous) {
        ambiguous_.push_back(index);
    } else if (text->day_first_only) {
        day_first_.push_back(index);
    } else if (text->month_first_only) {
        month_first_.push_back(index);
    }
}

void TimeColumn::finish(DateOrder order)
{
    month_order_ = order == DateOrder::month_first ||
                   (order == DateOrder::decide && month_first_.size() > day_first_.size());
    const bool settled = order != DateOrder::decide || day_first_.size() != month_first_.size();
    undecided_ = !settled && !ambiguous_.empty();
    for (const std::size_t i : ambiguous_) {
        if (undecided_) {
            spans_[i] = {};
            --known_;
        } else if (month_order_) {
            spans_[i] = with_day_and_month_exchanged(spans_[i]);
        }
    }
    if (settled) { // cells that exist only in the other order contradict the column
        for (const std::size_t i : month_order_ ? day_first_ : month_first_) {
            spans_[i] = {};
            first_unreadable_ = unreadable_ == 0 ? i : std::min(first_unreadable_, i);
            ++unreadable_;
            --known_;
        }
    }
    if (months_) {
        widen();
    }
    for (auto* cells : {&ambiguous_, &day_first_, &month_first_}) {
        std::vector<std::size_t>().swap(*cells);
    }
}

void TimeColumn::widen()
{
    using std::chrono::days;
    const auto first_of_month = [](const TimeSpan& span) -> std::optional<TimeSpan> {
        const std::chrono::sys_seconds at{std::chrono::seconds(span.start)};
        const std::chrono::year_month_day date{std::chrono::floor<days>(at)};
        const auto month = month_span(static_cast<int>(date.year()), static_cast<unsigned>(date.month()));
        return month && month->start == span.start ? month : std::nullopt;
    };
    const auto fits = [&](const TimeSpan& span) {
        return !span.known() || first_of_month(span);
    };
    if (!std::all_of(spans_.begin(), spans_.end(), fits)) {
        return;
    }
    for (TimeSpan& span : spans_) {
        span = span.known() ? *first_of_month(span) : span;
    }
}

std::string_view TimeColumn::form() const
{
    const auto most = std::max_element(seen_.begin(), seen_.end());
    return *most == 0 ? std::string_view{}
                      : form_name(static_cast<TimeForm>(most - seen_.begin()), !month_order_);
}

} // namespace vigil
