#include "libgeo/io/incident_builder.h"

#include "libgeo/csv.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace vigil::io {

std::string_view reason_text(Reason reason)
{
    switch (reason) {
    case Reason::no_place:
        return "no coordinates";
    case Reason::not_a_number:
        return "a coordinate is not a number";
    case Reason::not_finite:
        return "a coordinate is NaN or infinite";
    case Reason::out_of_range:
        return "outside longitude -180..180 or latitude -90..90";
    case Reason::at_zero:
        return "at 0,0";
    case Reason::no_weight:
        return "no weight";
    case Reason::bad_weight:
        return "the weight is not a number of 0 or more";
    case Reason::field_count:
        return "more or fewer fields than the header";
    case Reason::stray_quote:
        return "text after a closing quote";
    case Reason::long_field:
        return "a field of more than 1 MB";
    case Reason::nul_byte:
        return "a NUL byte";
    case Reason::not_a_point:
        return "the geometry is not a point";
    case Reason::outside_crs:
        return "outside the area of the working CRS";
    case Reason::no_case:
        return "no case";
    }
    return "";
}

std::optional<Reason> place_of(std::string_view x, std::string_view y, bool decimal_comma, XY& place)
{
    const auto a = number_from(x, decimal_comma);
    const auto b = number_from(y, decimal_comma);
    if (!a || !b) {
        return says_missing(x) || says_missing(y) ? Reason::no_place : Reason::not_a_number;
    }
    place = {*a, *b};
    return std::nullopt;
}

void fill_cells(const Columns& columns, std::span<const std::string_view> fields, Cells& cells)
{
    const auto cell = [&](std::size_t column) {
        return column == Columns::none ? std::string_view{} : fields[column];
    };
    fill_cells_by(columns, cell, cells);
}

IncidentBuilder::IncidentBuilder(const Columns& columns, CellForm form, Crs crs_in, bool keep_text)
    : columns_(columns), form_(form), keep_text_(keep_text), attribute_text_(columns.attributes.size())
{
    incidents_.crs = std::move(crs_in);
}

void IncidentBuilder::reject(std::uint64_t row, Reason reason)
{
    rejections_.push_back({row, reason});
    ++counts_[static_cast<std::size_t>(reason)];
}

std::optional<Reason> IncidentBuilder::check(XY place, const Cells& cells, double& weight) const
{
    if (!std::isfinite(place.x) || !std::isfinite(place.y)) {
        return Reason::not_finite;
    }
    if (incidents_.crs.geographic) {
        if (std::abs(place.x) > 180 || std::abs(place.y) > 90) {
            return Reason::out_of_range;
        }
        if (place.x == 0 && place.y == 0) {
            return Reason::at_zero;
        }
    }
    if (columns_.weight != Columns::none) {
        const auto value = number_from(cells.weight, form_.decimal_comma);
        if (!value && says_missing(cells.weight)) {
            return Reason::no_weight;
        }
        if (!value || !std::isfinite(*value) || (*value < 0 && !columns_.negative_weights)) {
            return Reason::bad_weight;
        }
        weight = *value;
    }
    if (columns_.cases && columns_.category != Columns::none && says_missing(cells.category)) {
        return Reason::no_case;
    }
    return std::nullopt;
}

/// What is no radius counts as not known; one that is written but no radius is told.
void IncidentBuilder::add_uncertainty(std::string_view cell, std::uint64_t row)
{
    const auto value = number_from(cell, form_.decimal_comma);
    const bool usable = value && std::isfinite(*value) && *value >= 0;
    incidents_.uncertainty_m.push_back(usable ? static_cast<float>(*value)
                                              : std::numeric_limits<float>::quiet_NaN());
    if (!usable && !says_missing(cell)) {
        first_bad_uncertainty_ = bad_uncertainties_ == 0 ? row : first_bad_uncertainty_;
        ++bad_uncertainties_;
    }
}

void IncidentBuilder::add(std::uint64_t row, XY place, const Cells& cells)
{
    double weight = 1;
    if (const auto reason = check(place, cells, weight)) {
        reject(row, *reason);
        return;
    }
    incidents_.xy.push_back(place);
    incidents_.row.push_back(row);
    if (columns_.weight != Columns::none) {
        incidents_.weight.push_back(weight);
    }
    add_time(cells);
    if (!keep_text_) {
        return;
    }
    if (columns_.category != Columns::none) {
        add_category(incidents_.category, category_codes_, cells.category);
    }
    if (columns_.stage != Columns::none) {
        add_category(incidents_.stage, stage_codes_, cells.stage);
    }
    if (columns_.source != Columns::none) {
        add_category(incidents_.source, source_codes_, cells.source);
    }
    if (columns_.uncertainty != Columns::none) {
        add_uncertainty(cells.uncertainty, row);
    }
    if (columns_.id != Columns::none) {
        incidents_.id.push_back(text_of(cells.id));
    }
    for (std::size_t i = 0; i < cells.attributes.size(); ++i) {
        attribute_text_[i].push_back(text_of(cells.attributes[i]));
    }
}

std::string IncidentBuilder::text_of(std::string_view cell) const
{
    const std::string_view text = without_formula_guard(cell);
    return form_.utf8 ? std::string(text) : utf8_from_windows_1252(text);
}

void IncidentBuilder::add_category(Categories& column, Codes& codes, std::string_view cell) const
{
    if (const auto known = codes.find(cell); known != codes.end()) {
        column.code.push_back(known->second);
        return;
    }
    const auto code = static_cast<std::uint32_t>(column.names.size());
    column.names.push_back(text_of(cell));
    codes.emplace(cell, code);
    column.code.push_back(code);
}

void IncidentBuilder::reject_if(const std::function<std::optional<Reason>(std::size_t)>& bad)
{
    std::vector<std::size_t> kept;
    for (std::size_t i = 0; i < incidents_.size(); ++i) {
        if (const auto reason = bad(i)) {
            reject(incidents_.row[i], *reason);
        } else {
            kept.push_back(i);
        }
    }
    if (kept.size() == incidents_.size()) {
        return;
    }
    const auto keep = [&](auto& column) {
        if (column.empty()) {
            return;
        }
        for (std::size_t to = 0; to < kept.size(); ++to) {
            if (kept[to] != to) {
                column[to] = std::move(column[kept[to]]);
            }
        }
        column.resize(kept.size());
    };
    Incidents& all = incidents_;
    keep(all.xy);
    keep(all.row);
    keep(all.weight);
    keep(all.time);
    keep(all.category.code);
    keep(all.stage.code);
    keep(all.source.code);
    keep(all.uncertainty_m);
    keep(all.id);
    for (Field& field : all.attributes.fields) {
        std::visit(keep, field.values);
    }
    std::sort(rejections_.begin(), rejections_.end(),
              [](const Rejection& a, const Rejection& b) { return a.row < b.row; });
}

void IncidentBuilder::finish(const ReadOptions& options, ReadReport& report)
{
    finish_time(options, report);
    finish_attributes();
    if (bad_uncertainties_ > 0) {
        report.warnings.push_back(fmt::format(
            "{} uncertainties are not numbers of 0 or more and count as not known (first at {} {})",
            bad_uncertainties_, report.row_word, first_bad_uncertainty_));
    }
}

void IncidentBuilder::tally(ReadReport& report) const
{
    report.accepted = incidents_.size();
    report.records = incidents_.size() + rejections_.size();
    std::map<Reason, ReadReport::Rejected> by_reason;
    for (const Rejection& one : rejections_) {
        ReadReport::Rejected& entry = by_reason[one.reason];
        entry.first_row = entry.count == 0 ? one.row : std::min(entry.first_row, one.row);
        ++entry.count;
    }
    report.rejected.clear();
    for (auto& [reason, entry] : by_reason) {
        entry.reason = reason_text(reason);
        report.rejected.push_back(entry);
    }
}

} // namespace vigil::io
