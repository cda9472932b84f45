#include "tools/cli/describe.h"

#include "libgeo/error.h"
#include "libgeo/io/output.h"
#include "tools/commands.h"

#include <memory>

namespace vigil::tools {

void add_describe(CLI::App& root, std::deque<cli::Command>& commands)
{
    struct Options {
        bool json = false;
        std::string markdown;
    };
    auto o = std::make_shared<Options>();
    cli::Command& command =
        commands.emplace_back(root, "describe", "Print what the commands and their options are.");
    command.flag("--json", o->json, "one JSON document for other programs");
    command.text("--markdown", o->markdown, "the options part of this command's docs page");
    command.run([o, &commands](const cli::Context&) {
        std::string text = cli::overview_text(commands);
        if (o->json) {
            text = cli::describe_json(commands);
        } else if (!o->markdown.empty()) {
            text.clear();
            for (const cli::Command& one : commands) {
                if (one.name() == o->markdown) {
                    text = cli::options_markdown(one);
                }
            }
            if (text.empty()) {
                throw UsageError(fmt::format("--markdown {}: there is no such command", o->markdown));
            }
        }
        io::write_bytes("-", text, false);
    });
}

} // namespace vigil::tools
