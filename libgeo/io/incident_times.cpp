#include "libgeo/csv.h"
#include "libgeo/error.h"
#include "libgeo/io/incident_builder.h"

#include <cmath>

namespace vigil::io {

namespace {

constexpr Seconds day_s = 86400;

/// A whole number in a cell, or -1.
int whole(std::string_view cell)
{
    const auto value = number_from(cell);
    return value && *value >= 0 && *value < 10000 && *value == std::floor(*value) ? static_cast<int>(*value)
                                                                                  : -1;
}

/// Cells of year, month, day, hour, minute as a span: as long as what is missing leaves open.
TimeSpan span_of_parts(const std::array<std::string_view, 5>& cells)
{
    const int year = whole(cells[0]);
    const int month = whole(cells[1]);
    if (year < 1 || month < 1) {
        return {};
    }
    const int day = whole(cells[2]);
    if (day < 1) {
        return month_span(year, static_cast<unsigned>(month)).value_or(TimeSpan{});
    }
    const auto date = seconds_of_date(year, static_cast<unsigned>(month), static_cast<unsigned>(day));
    const int hour = whole(cells[3]);
    const int minute = whole(cells[4]);
    if (!date) {
        return {};
    }
    if (hour < 0 || hour > 23) {
        return {*date, *date + day_s};
    }
    const Seconds start = *date + hour * 3600;
    if (minute < 0 || minute > 59) {
        return {start, start + 3600};
    }
    return {start + minute * 60, start + minute * 60};
}

/// From the start of one to the end of the other. A start alone is an instant of its own precision, as
/// police files mean it; an end alone says too little.
TimeSpan joined(TimeSpan start, TimeSpan end)
{
    if (!start.known() || !end.known()) {
        return start;
    }
    return start.start <= end.end ? TimeSpan{start.start, end.end} : TimeSpan{};
}

} // namespace

void IncidentBuilder::add_time(const Cells& cells)
{
    if (columns_.time != Columns::none) {
        start_.add(cells.time);
        if (columns_.time_end != Columns::none) {
            end_.add(cells.time_end);
        }
    } else if (columns_.has_parts()) {
        incidents_.time.push_back(span_of_parts(cells.parts));
    }
}

void IncidentBuilder::finish_time(const ReadOptions& options, ReadReport& report)
{
    std::vector<TimeSpan>& times = incidents_.time;
    if (columns_.time != Columns::none) {
        if (columns_.months) {
            start_.widen_to_months();
        }
        const auto order = static_cast<DateOrder>(options.date_order);
        for (TimeColumn* column : {&start_, &end_}) {
            column->finish(order);
            if (column->undecided()) {
                require(options.time.empty(),
                        "{}: dates such as 03/04/2024 can be read in two ways; add --date-order dmy or mdy",
                        report.name);
                report.warnings.emplace_back("dates such as 03/04/2024 can be read in two ways and are left "
                                             "out; add --date-order dmy or mdy");
            }
            if (column->unreadable() > 0) {
                report.warnings.push_back(fmt::format("{} times could not be read (first at {} {})",
                                                      column->unreadable(), report.row_word,
                                                      incidents_.row[column->first_unreadable()]));
            }
        }
        report.time_format = start_.form();
        times = std::move(start_.spans());
        std::size_t reversed = 0;
        for (std::size_t i = 0; i < end_.spans().size(); ++i) {
            const bool known = times[i].known();
            times[i] = joined(times[i], end_.spans()[i]);
            reversed += known && !times[i].known() ? 1U : 0U;
        }
        if (reversed > 0) {
            report.warnings.push_back(
                fmt::format("{} times end before they start and are left out", reversed));
        }
    } else if (columns_.has_parts()) {
        report.time_format = "columns of year, month, ...";
    }
}

/// Attribute columns become numbers when every cell that says something is one.
void IncidentBuilder::finish_attributes()
{
    for (std::size_t i = 0; i < attribute_text_.size(); ++i) {
        std::vector<std::string>& text = attribute_text_[i];
        std::vector<double> numbers;
        for (const std::string& cell : text) {
            const auto value = number_from(cell, form_.decimal_comma);
            if (!value && !says_missing(cell)) {
                break;
            }
            numbers.push_back(value.value_or(std::nan("")));
        }
        Field field;
        if (!text.empty() && numbers.size() == text.size()) {
            field.values = std::move(numbers);
        } else {
            field.values = std::move(text);
        }
        incidents_.attributes.fields.push_back(std::move(field));
    }
}

} // namespace vigil::io
