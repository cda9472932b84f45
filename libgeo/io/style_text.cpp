#include "libgeo/io/features_write.h"
#include "libgeo/style.h"

namespace vigil::io {

StyleText style_text(const Features& layer)
{
    if (layer.style.empty()) {
        return {};
    }
    const Style style = style_for(layer);
    return {to_qml(style), to_sld(style)};
}

} // namespace vigil::io
