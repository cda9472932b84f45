#include "libgeo/time_column.h"
#include "libgeo/time_text.h"

#include <catch2/catch.hpp>

using namespace vigil;

namespace {

constexpr Seconds day = 86400;
// `date -u -d 2024-03-04 +%s` and the like
constexpr Seconds march_4 = 1709510400;
constexpr Seconds april_3 = 1712102400;
constexpr Seconds march_25 = 1711324800;

TimeSpan span_of(std::string_view text)
{
    const auto found = time_from(text);
    return found ? found->span : TimeSpan{};
}

TimeColumn column_of(std::initializer_list<std::string_view> cells, DateOrder order = DateOrder::decide)
{
    TimeColumn column;
    for (const auto cell : cells) {
        column.add(cell);
    }
    column.finish(order);
    return column;
}

} // namespace

TEST_CASE("a date without a time of day is the interval of that day", "[time]")
{
    for (const char* text : {"2024-03-04", "2024/03/04", "20240304", "2024-3-4", "4-Mar-24", "4 March 2024",
                             "March 4, 2024", "Mar 4 2024", "4.3.2024", "04.03.24", "45355", "2024-03-04Z"}) {
        INFO(text);
        CHECK(span_of(text) == TimeSpan{march_4, march_4 + day});
    }
}

TEST_CASE("a date with a time of day is an instant", "[time]")
{
    const Seconds at = march_4 + 20 * 3600 + 19 * 60 + 16;
    for (const char* text :
         {"2024-03-04T20:19:16", "2024-03-04 20:19:16.123", "2024/03/04 20:19:16.123+00", "20240304T201916",
          "2024-03-04T20:19:16Z", "2024-03-04T22:19:16+02:00", "2024-03-04 15:49:16-0430",
          "4-Mar-2024 8:19:16 PM", "1709583556", "1709583556000", "45355.8467129630"}) {
        INFO(text);
        CHECK(span_of(text) == TimeSpan{at, at});
    }
    CHECK(span_of("2024-03-04 20:19") == TimeSpan{at - 16, at - 16});
    CHECK(span_of("2024-03-04 12:00 AM") == TimeSpan{march_4, march_4});
}

TEST_CASE("a month is an interval, never a made-up day", "[time]")
{
    const TimeSpan march{1709251200, 1711929600};
    CHECK(span_of("2024-03") == march);
    CHECK(span_of("Mar 2024") == march);
    CHECK(span_of("Mar-24") == march);
    CHECK(span_of("2023-12").end == 1704067200);
}

TEST_CASE("what is no date is refused", "[time]")
{
    for (const char* text : {"",
                             "today",
                             "2024-02-30",
                             "2023-02-29",
                             "2024-13-01",
                             "32/01/2024",
                             "13/13/2024",
                             "2024-03-04 25:00",
                             "2024-03-04 10:61",
                             "2024-03-04 10",
                             "12:30",
                             "4-Foo-24",
                             "1234",
                             "99999999",
                             "2024-03-04T10:00+",
                             "2024-03-04 13:00 PM",
                             "2024-03-04x",
                             "2024-",
                             "////",
                             "1e5000",
                             "99/99",
                             "Mar",
                             "Mar 2024 x"}) {
        INFO(text);
        CHECK_FALSE(time_from(text));
    }
}

TEST_CASE("one cell settles the order of day and month for the whole column", "[time]")
{
    CHECK(column_of({"03/04/2024", "25/03/2024"}).spans() ==
          std::vector<TimeSpan>{{april_3, april_3 + day}, {march_25, march_25 + day}});
    CHECK(column_of({"03/04/2024", "03/25/2024"}).spans() ==
          std::vector<TimeSpan>{{march_4, march_4 + day}, {march_25, march_25 + day}});
    CHECK(column_of({"03/04/2024", "03/25/2024"}).form() == "m/d/Y");
    CHECK(column_of({"03/04/2024 10:00"}, DateOrder::month_first).spans()[0].start == march_4 + 36000);
}

TEST_CASE("a column that nothing settles is left out, not guessed", "[time]")
{
    const TimeColumn column = column_of({"03/04/2024", "05/06/2024", "07/07/2024"});
    CHECK(column.undecided());
    CHECK(column.known() == 1); // 7 July is the same either way
    CHECK_FALSE(column.spans()[0].known());
}

TEST_CASE("unreadable cells are counted with the first of them, missing ones are not", "[time]")
{
    const TimeColumn column = column_of({"2024-03-04", "", "NA", "soon", "later"});
    CHECK(column.unreadable() == 2);
    CHECK(column.first_unreadable() == 3);
    CHECK(column.known() == 1);
    CHECK(column_of({"25/03/2024", "26/03/2024", "03/27/2024"}).unreadable() == 1);
}

TEST_CASE("a column of months holds the first day of each", "[time]")
{
    TimeColumn column;
    column.add("2024-03-01");
    column.add("");
    column.widen_to_months();
    column.finish(DateOrder::decide);
    CHECK(column.spans()[0] == TimeSpan{1709251200, 1711929600});
    CHECK_FALSE(column.spans()[1].known());
}
