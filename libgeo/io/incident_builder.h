#pragma once

#include "libgeo/io/columns.h"
#include "libgeo/io/incidents_io.h"
#include "libgeo/time_column.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace vigil::io {

/// Why a record cannot be used.
enum class Reason : std::uint8_t {
    no_place,
    not_a_number,
    not_finite,
    out_of_range,
    at_zero,
    no_weight,
    bad_weight,
    field_count,
    stray_quote,
    long_field,
    nul_byte,
    not_a_point,
    outside_crs,
    no_case,
};
inline constexpr std::size_t reasons = static_cast<std::size_t>(Reason::no_case) + 1;

/// In words, for messages and the rejects file.
std::string_view reason_text(Reason reason);

struct Rejection {
    std::uint64_t row = 0;
    Reason reason = Reason::no_place;
};

/// The cells of one record that play a part; empty views for columns that are not there.
struct Cells {
    std::string_view weight, time, time_end;
    std::string_view category, stage, source, uncertainty, id;
    std::array<std::string_view, 5> parts;
    std::vector<std::string_view> attributes;
};

/// Picks the cells of a record, whatever holds it: cell(column) is the text of a column, empty for none.
template <typename CellOf>
void fill_cells_by(const Columns& columns, CellOf cell, Cells& cells)
{
    cells.weight = cell(columns.weight);
    cells.time = cell(columns.time);
    cells.time_end = cell(columns.time_end);
    cells.category = cell(columns.category);
    cells.stage = cell(columns.stage);
    cells.source = cell(columns.source);
    cells.uncertainty = cell(columns.uncertainty);
    cells.id = cell(columns.id);
    for (std::size_t p = 0; p < cells.parts.size(); ++p) {
        cells.parts[p] = cell(columns.parts[p]);
    }
    cells.attributes.clear();
    for (const std::size_t column : columns.attributes) {
        cells.attributes.push_back(cell(column));
    }
}

/// Those of a record of a table; views into `fields`.
void fill_cells(const Columns& columns, std::span<const std::string_view> fields, Cells& cells);

/// How the cells are written.
struct CellForm {
    bool decimal_comma = false;
    bool utf8 = true; ///< else Windows-1252
};

/// Two cells as a place.
/// returns  a reason when they are none; the range is looked at by IncidentBuilder::add
std::optional<Reason> place_of(std::string_view x, std::string_view y, bool decimal_comma, XY& place);

/// Makes incidents of records, one by one, whatever they came from. Coordinates stay in the CRS of the file.
class IncidentBuilder {
  public:
    /// keep_text  false: category, id and the like are not kept (for looking only)
    IncidentBuilder(const Columns& columns, CellForm form, Crs crs_in, bool keep_text);

    void add(std::uint64_t row, XY place, const Cells& cells);
    void reject(std::uint64_t row, Reason reason);

    /// Rejects accepted records after the fact: those for which `bad(index)` gives a reason.
    void reject_if(const std::function<std::optional<Reason>(std::size_t)>& bad);

    /// Decides the dates; call once after the last record. With an ambiguous column that the user named it
    /// throws an Error that asks for --date-order.
    void finish(const ReadOptions& options, ReadReport& report);

    /// Counts what was rejected into the report.
    void tally(ReadReport& report) const;

    [[nodiscard]] Incidents& incidents() { return incidents_; }
    [[nodiscard]] const Incidents& incidents() const { return incidents_; }
    [[nodiscard]] const std::vector<Rejection>& rejections() const { return rejections_; }
    [[nodiscard]] std::uint64_t rejected(Reason reason) const
    {
        return counts_[static_cast<std::size_t>(reason)];
    }

  private:
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    using Codes = std::unordered_map<std::string, std::uint32_t, TextHash, std::equal_to<>>;

    std::optional<Reason> check(XY place, const Cells& cells, double& weight) const;
    void add_uncertainty(std::string_view cell, std::uint64_t row);
    void add_category(Categories& column, Codes& codes, std::string_view cell) const;
    void add_time(const Cells& cells);
    void finish_attributes();
    void finish_time(const ReadOptions& options, ReadReport& report);
    [[nodiscard]] std::string text_of(std::string_view cell) const;

    const Columns& columns_;
    CellForm form_;
    bool keep_text_;
    Incidents incidents_;
    TimeColumn start_, end_;
    Codes category_codes_, stage_codes_, source_codes_;
    std::vector<std::vector<std::string>> attribute_text_;
    std::vector<Rejection> rejections_;
    std::array<std::uint64_t, reasons> counts_{};
    std::uint64_t bad_uncertainties_ = 0, first_bad_uncertainty_ = 0; ///< and its row
};

} // namespace vigil::io
