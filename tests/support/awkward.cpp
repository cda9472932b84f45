#include "tests/support/awkward.h"

#include <cstdint>
#include <limits>
#include <string>
#include <variant>
#include <vector>

namespace vigil::test {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

using Integers = std::vector<std::int64_t>;
using Numbers = std::vector<double>;
using Texts = std::vector<std::string>;

} // namespace

Features awkward(GeometryKind kind, const Crs& crs)
{
    Features layer;
    layer.name = "odd";
    layer.title = "Odd values";
    layer.summary = "Every value that has broken a writer.";
    layer.crs = crs;
    const double s = crs.geographic ? 1e-5 : 1;
    const double x = crs.geographic ? -111.8 : 425000;
    const double y = crs.geographic ? 33.4 : 3697000;
    const auto at = [&](double dx, double dy) {
        return XY{x + dx * s, y + dy * s};
    };
    Geometries& g = layer.geometry;
    g.kind = kind;
    if (kind == GeometryKind::point) {
        g.add(std::vector{at(0, 0)});
        g.add(std::vector{at(10, 20)});
    } else if (kind == GeometryKind::line) {
        g.add(std::vector{at(0, 0), at(100, 0), at(100, 50)});
        g.add_ring(std::vector{at(0, 10), at(10, 10)});
        g.end_part();
        g.add_ring(std::vector{at(0, 20), at(10, 20)});
        g.end_part();
        g.end_feature();
    } else {
        g.add(std::vector{at(0, 0), at(0, 100), at(100, 100), at(100, 0), at(0, 0)});
        g.add_ring(std::vector{at(200, 0), at(300, 0), at(300, 100), at(200, 100), at(200, 0)});
        g.add_ring(std::vector{at(220, 20), at(220, 40), at(240, 40), at(240, 20), at(220, 20)});
        g.end_part();
        g.add_ring(std::vector{at(400, 0), at(500, 0), at(500, 100), at(400, 0)});
        g.end_part();
        g.end_feature();
    }
    g.end_feature(); // no part: no geometry
    layer.table.fields = {
        {"n", "Count", "", Integers{1, missing_integer, -7}},
        {"big", "A large integer", "", Integers{9007199254740993, 0, missing_integer}},
        {"value", "Value", "m", Numbers{0.1, nan, std::numeric_limits<double>::infinity()}},
        {"text", "Text", "", Texts{"=1+1", "say \"hi\",\nŁódź", ""}},
    };
    return layer;
}

/// FlatGeobuf cannot hold a feature without geometry.
Features awkward_for(const std::string& extension, GeometryKind kind, const Crs& crs)
{
    Features layer = awkward(kind, crs);
    if (extension == "fgb") {
        layer.geometry.feature_end.pop_back();
        for (Field& field : layer.table.fields) {
            std::visit([](auto& values) { values.pop_back(); }, field.values);
        }
    }
    return layer;
}

} // namespace vigil::test
