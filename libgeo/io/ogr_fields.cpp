#include "libgeo/io/ogr_fields.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <variant>

namespace vigil::io {

namespace {

/// "+02:00" of GDAL's time zone flag: 100 is UTC, each step a quarter of an hour; 0 and 1 are unknown and
/// local.
std::string zone_text(int flag)
{
    if (flag <= 1) {
        return {};
    }
    const int minutes = (flag - 100) * 15;
    return minutes == 0 ? "Z"
                        : fmt::format("{}{:02}:{:02}", minutes < 0 ? '-' : '+', std::abs(minutes) / 60,
                                      std::abs(minutes) % 60);
}

std::string time_text(OGRFeatureH feature, int index, OGRFieldType type)
{
    int year = 0;
    int month = 0;
    int day = 0;
    int hour = 0;
    int minute = 0;
    int zone = 0;
    float second = 0;
    if (OGR_F_GetFieldAsDateTimeEx(feature, index, &year, &month, &day, &hour, &minute, &second, &zone) ==
        0) {
        return {};
    }
    const std::string date = fmt::format("{:04}-{:02}-{:02}", year, month, day);
    if (type == OFTDate) {
        return date;
    }
    const double whole = std::floor(static_cast<double>(second));
    const double rest = std::round((static_cast<double>(second) - whole) * 1000);
    const std::string clock = rest > 0 && rest < 1000
                                  ? fmt::format("{:02}:{:02}:{:02.0f}.{:03.0f}", hour, minute, whole, rest)
                                  : fmt::format("{:02}:{:02}:{:02.0f}", hour, minute, whole);
    return type == OFTTime ? clock : date + "T" + clock + zone_text(zone);
}

std::string text_of(OGRFeatureH feature, int index)
{
    const OGRFieldType type = OGR_Fld_GetType(OGR_F_GetFieldDefnRef(feature, index));
    if (type == OFTDate || type == OFTTime || type == OFTDateTime) {
        return time_text(feature, index, type);
    }
    return OGR_F_GetFieldAsString(feature, index);
}

ColumnValues column_for(OGRFieldType type)
{
    if (type == OFTInteger || type == OFTInteger64) {
        return std::vector<std::int64_t>{};
    }
    if (type == OFTReal) {
        return std::vector<double>{};
    }
    return std::vector<std::string>{};
}

} // namespace

FieldCollector::FieldCollector(OGRFeatureDefnH definition)
{
    for (int i = 0; i < OGR_FD_GetFieldCount(definition); ++i) {
        OGRFieldDefnH field = OGR_FD_GetFieldDefn(definition, i);
        if (OGR_Fld_GetType(field) != OFTBinary) {
            index_.push_back(i);
            const char* alias = OGR_Fld_GetAlternativeNameRef(field);
            table_.fields.push_back({OGR_Fld_GetNameRef(field), alias == nullptr ? "" : alias, "",
                                     column_for(OGR_Fld_GetType(field))});
        }
    }
}

void FieldCollector::add(OGRFeatureH feature)
{
    for (std::size_t i = 0; i < index_.size(); ++i) {
        const int index = index_[i];
        const bool given = OGR_F_IsFieldSetAndNotNull(feature, index) != 0;
        ColumnValues& values = table_.fields[i].values;
        if (auto* integers = std::get_if<std::vector<std::int64_t>>(&values)) {
            integers->push_back(given ? OGR_F_GetFieldAsInteger64(feature, index) : missing_integer);
        } else if (auto* numbers = std::get_if<std::vector<double>>(&values)) {
            numbers->push_back(given ? OGR_F_GetFieldAsDouble(feature, index)
                                     : std::numeric_limits<double>::quiet_NaN());
        } else {
            std::get<std::vector<std::string>>(values).push_back(given ? text_of(feature, index) : "");
        }
    }
}

} // namespace vigil::io
