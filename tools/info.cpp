#include "libgeo/error.h"
#include "libgeo/io/incidents_io.h"
#include "libgeo/io/output.h"
#include "tools/commands.h"
#include "tools/report.h"
#include "tools/shared_options.h"

#include <memory>

namespace vigil::tools {

void add_info(CLI::App& root, std::deque<cli::Command>& commands)
{
    struct Options {
        std::string input;
        bool json = false;
        io::ReadOptions read;
    };
    auto o = std::make_shared<Options>();
    cli::Command& command =
        commands.emplace_back(root, "info", "Say what an incident file holds and how it is understood.");
    command.file("INPUT", o->input, "incidents: CSV, any point layer, or - for standard input")
        .flag("--json", o->json, "one JSON document for other programs")
        .flag("--overwrite", o->read.overwrite, "replace an existing --rejects file");
    add_read_options(command, o->read);
    command.run([o](const cli::Context& context) {
        o->read.max_memory_bytes = context.max_memory_bytes;
        const io::ReadReport report = io::inspect_incidents(o->input, o->read);
        io::write_bytes("-", o->json ? report_json(report) : report_text(report), false);
        require(report.records > 0, "{}: holds no records", report.name);
        require(report.accepted > 0, "{}: none of {} records can be used", report.name, report.records);
    });
}

} // namespace vigil::tools
