#include "libgeo/io/incidents_io.h"

#include "libgeo/error.h"

namespace vigil::io {

ReadIncidents read_incidents(const std::string& path, const ReadOptions& /*options*/)
{
    fail(ExitCode::input, "{}: no reader for this format", path);
}

} // namespace vigil::io
