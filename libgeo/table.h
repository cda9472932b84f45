#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <variant>
#include <vector>

namespace vigil {

/// Values of one field. A missing integer is `missing_integer`, a missing number NaN;
/// text has no missing value apart from the empty string.
using ColumnValues = std::variant<std::vector<std::int64_t>, std::vector<double>, std::vector<std::string>>;

inline constexpr std::int64_t missing_integer = std::numeric_limits<std::int64_t>::min();

/// One field of a layer. Names are at most 10 lower-case ASCII characters, the same in every format.
struct Field {
    std::string name;  ///< "gi_z"
    std::string alias; ///< what a person reads: "Gi* z-score"
    std::string unit;  ///< "m", "per km2", or empty
    ColumnValues values;
};

/// Columns of equal length.
struct Table {
    std::vector<Field> fields;

    [[nodiscard]] std::size_t rows() const
    {
        return fields.empty()
                   ? 0
                   : std::visit([](const auto& column) { return column.size(); }, fields.front().values);
    }
    [[nodiscard]] const Field* find(const std::string& name) const
    {
        for (const Field& field : fields) {
            if (field.name == name) {
                return &field;
            }
        }
        return nullptr;
    }
};

} // namespace vigil
