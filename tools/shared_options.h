#pragma once

#include "libgeo/io/features_io.h"
#include "libgeo/io/incidents_io.h"
#include "libgeo/io/output.h"
#include "tools/cli/command.h"

namespace vigil::tools {

/// --x --y --wkt --time ... --crs --input-crs --layer --rejects: how incidents are read, the same everywhere.
void add_read_options(cli::Command& command, io::ReadOptions& options);

/// --overwrite --format --no-provenance: how outputs are written, the same everywhere.
void add_write_options(cli::Command& command, io::WriteOptions& options);

/// Whether a command has --rejects, which messages may then advise.
enum class Rejects { option, none };

/// Reads incidents with the memory limit of `context`, warns about what was skipped or looks wrong (counts
/// and first row only) and tells with -v how the columns were understood.
io::ReadIncidents read_incidents(const std::string& path, io::ReadOptions options,
                                 const cli::Context& context, Rejects rejects = Rejects::option);

/// Says in warnings and with -v what a report holds; used by read_incidents and `vigil info`.
void tell_report(const io::ReadReport& report, const cli::Context& context,
                 Rejects rejects = Rejects::option);

/// Provenance of an output made from what `report` describes.
Provenance provenance_of(const cli::Context& context, const io::ReadReport& report, const Crs& crs);

} // namespace vigil::tools
