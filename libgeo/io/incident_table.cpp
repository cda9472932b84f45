#include "libgeo/csv.h"
#include "libgeo/error.h"
#include "libgeo/io/crs.h"
#include "libgeo/io/incident_source.h"

#include <algorithm>
#include <cstring>

namespace vigil::io {

namespace {

/// A text table being read: dialect and header are known from the start.
class TableReader {
  public:
    TableReader(std::string_view text, const std::string& shown, const ReadOptions& options)
        : text_(text), shown_(shown), options_(options), dialect_(detect_dialect(text)), utf8_(is_utf8(text)),
          has_nul_(text.find('\0') != std::string_view::npos)
    {
        CsvScanner scanner(body(), dialect_.delimiter);
        require(scanner.next(), "{}: is empty", shown);
        require(scanner.fault() == CsvFault::none && scanner.fields().size() <= CsvScanner::most_fields,
                "{}: the header cannot be read: it has a stray quote, a field of more than 1 MB or more than "
                "{} columns",
                shown, CsvScanner::most_fields);
        for (const std::string_view field : scanner.fields()) {
            names_.push_back(utf8_ ? std::string(trimmed(field)) : utf8_from_windows_1252(trimmed(field)));
        }
        require(scanner.next(), "{}: holds column names and no rows", shown);
    }

    void read(bool keep_text, RawIncidents& raw)
    {
        raw.columns = find_columns(shown_, names_, options_, [this](std::size_t i) { return sample(i); });
        const Crs crs = crs_of_input(shown_, options_, srid_of(raw.columns), raw.columns.degrees);
        raw.builder = std::make_unique<IncidentBuilder>(raw.columns, CellForm{dialect_.decimal_comma, utf8_},
                                                        crs, keep_text);
        reserve(*raw.builder);
        read_rows(raw.columns, *raw.builder);
        for (std::size_t i = 0; i < names_.size(); ++i) {
            raw.report.columns.push_back({names_[i], raw.columns.role_of(i)});
        }
    }

  private:
    [[nodiscard]] std::string_view body() const { return text_.substr(dialect_.header_at); }

    /// Cells of the first rows that say something.
    [[nodiscard]] std::vector<std::string_view> sample(std::size_t column) const
    {
        constexpr int rows = 200;
        std::vector<std::string_view> cells;
        CsvScanner scanner(body(), dialect_.delimiter);
        scanner.next();
        for (int i = 0; i < rows && scanner.next(); ++i) {
            // only cells that stand in the text itself outlive the scanner
            const auto& fields = scanner.fields();
            if (column < fields.size() && !says_missing(fields[column])) {
                kept_.emplace_back(fields[column]);
                cells.push_back(kept_.back());
            }
        }
        return cells;
    }

    /// The CRS that "SRID=4326;POINT (...)" names in the first cell of places.
    [[nodiscard]] Crs srid_of(const Columns& columns) const
    {
        if (columns.form != PlaceForm::wkt) {
            return {};
        }
        const auto cells = sample(columns.place);
        const std::string_view first = cells.empty() ? std::string_view{} : cells.front();
        return first.starts_with("SRID=") ? crs_from_user(std::string(first.substr(5, first.find(';') - 5)))
                                          : Crs{};
    }

    /// Room for about as many rows as the first ones promise, within the memory limit.
    void reserve(IncidentBuilder& builder) const
    {
        constexpr std::size_t looked_at = std::size_t{1} << 16U;
        const std::string_view head = body().substr(0, looked_at);
        const auto lines = static_cast<std::size_t>(std::count(head.begin(), head.end(), '\n')) + 1;
        const double rows = static_cast<double>(body().size()) / static_cast<double>(head.size()) *
                            static_cast<double>(lines);
        constexpr double bytes_per_row = 64;
        if (rows * bytes_per_row > static_cast<double>(options_.max_memory_bytes)) {
            fail(ExitCode::limit,
                 "{}: about {:.0f} rows need {:.3g} GB of memory; raise --max-memory or split the file",
                 shown_, rows, rows * bytes_per_row / 1e9);
        }
        builder.incidents().xy.reserve(static_cast<std::size_t>(rows * 1.01));
        builder.incidents().row.reserve(static_cast<std::size_t>(rows * 1.01));
    }

    /// Whether the record can be taken apart by the header; a record over several lines that does not fit is
    /// read again line by line, since a stray quote may have joined them.
    std::optional<Reason> shape(CsvScanner& scanner) const
    {
        if (scanner.fault() != CsvFault::none) {
            return scanner.fault() == CsvFault::misquoted ? Reason::stray_quote : Reason::long_field;
        }
        if (has_nul_ && scanner.raw().find('\0') != std::string_view::npos) {
            return Reason::nul_byte;
        }
        const auto& fields = scanner.fields();
        const bool only_empty_more =
            fields.size() > names_.size() &&
            std::all_of(fields.begin() + static_cast<std::ptrdiff_t>(names_.size()), fields.end(),
                        [](std::string_view field) { return field.empty(); });
        if (fields.size() != names_.size() && !only_empty_more) {
            if (scanner.spans_lines()) {
                scanner.cut_at_line_end();
            }
            return Reason::field_count;
        }
        return std::nullopt;
    }

    std::optional<Reason> place(const Columns& columns, const std::vector<std::string_view>& fields,
                                XY& place) const
    {
        if (columns.form == PlaceForm::pair) {
            return place_of(fields[columns.x], fields[columns.y], dialect_.decimal_comma, place);
        }
        const auto found = place_from(fields[columns.place], columns.form);
        if (!found) {
            return says_missing(fields[columns.place]) ? Reason::no_place : Reason::not_a_number;
        }
        place = *found;
        return std::nullopt;
    }

    void read_rows(const Columns& columns, IncidentBuilder& builder) const
    {
        CsvScanner scanner(body(), dialect_.delimiter);
        scanner.next();
        Cells cells;
        while (scanner.next()) {
            const std::uint64_t line = scanner.line();
            if (const auto reason = shape(scanner)) {
                builder.reject(line, *reason);
                continue;
            }
            XY where;
            if (const auto reason = place(columns, scanner.fields(), where)) {
                builder.reject(line, *reason);
                continue;
            }
            fill_cells(columns, scanner.fields(), cells);
            builder.add(line, where, cells);
        }
    }

    std::string_view text_;
    const std::string& shown_;
    const ReadOptions& options_;
    CsvDialect dialect_;
    bool utf8_;
    bool has_nul_;
    std::vector<std::string> names_;
    mutable std::deque<std::string> kept_; ///< sampled cells
};

} // namespace

void read_table(std::string_view text, const std::string& shown, const ReadOptions& options, bool keep_text,
                RawIncidents& raw)
{
    try {
        TableReader(text, shown, options).read(keep_text, raw);
    } catch (const Error& error) { // the scanner knows the line, not the file
        const std::string what = error.what();
        throw Error(what.starts_with("line ") ? fmt::format("{}: {}", shown, what) : what, error.code());
    }
}

std::vector<std::string> table_columns(std::string_view text, const std::string& shown)
{
    const CsvDialect dialect = detect_dialect(text);
    CsvScanner scanner(text.substr(dialect.header_at), dialect.delimiter);
    require(scanner.next(), "{}: is empty", shown);
    std::vector<std::string> names;
    for (const std::string_view field : scanner.fields()) {
        names.push_back(is_utf8(field) ? std::string(trimmed(field))
                                       : utf8_from_windows_1252(trimmed(field)));
    }
    return names;
}

std::string rejected_rows(std::string_view text, const std::vector<Rejection>& rejections)
{
    const CsvDialect dialect = detect_dialect(text);
    const bool utf8 = is_utf8(text);
    std::string out;
    const auto append = [&](const std::vector<std::string_view>& fields, std::size_t least,
                            std::string_view line, std::string_view reason) {
        for (std::size_t i = 0; i < std::max(fields.size(), least); ++i) {
            const std::string_view field = i < fields.size() ? fields[i] : std::string_view{};
            const std::string cell = utf8 ? std::string(field) : utf8_from_windows_1252(field);
            append_csv_field(out, with_formula_guard(cell));
            out += ',';
        }
        out += line;
        out += ',';
        append_csv_field(out, reason);
        out += '\n';
    };
    CsvScanner scanner(text.substr(dialect.header_at), dialect.delimiter);
    scanner.next();
    const std::size_t columns = scanner.fields().size();
    append(scanner.fields(), columns, "line", "reason");
    auto next = rejections.begin();
    while (next != rejections.end() && scanner.next()) {
        if (scanner.fields().size() != columns && scanner.spans_lines() && scanner.line() == next->row) {
            scanner.cut_at_line_end();
        }
        if (scanner.line() == next->row) {
            append(scanner.fields(), columns, fmt::format("{}", next->row), reason_text(next->reason));
            ++next;
        }
    }
    return out;
}

} // namespace vigil::io
