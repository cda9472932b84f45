#include "libgeo/io/features_write.h"

namespace vigil::io {

StyleText style_text(const Features& /*layer*/)
{
    return {};
}

} // namespace vigil::io
