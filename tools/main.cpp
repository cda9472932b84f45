#include "libgeo/error.h"
#include "libgeo/io/output.h"
#include "libgeo/io/stop.h"
#include "libgeo/version.h"
#include "tools/cli/describe.h"
#include "tools/cli/terminal.h"
#include "tools/commands.h"

#include <tbb/global_control.h>

#include <cstdio>
#include <deque>
#include <new>
#include <optional>

namespace {

using vigil::cli::Command;

void add_commands(CLI::App& root, std::deque<Command>& commands)
{
    vigil::tools::add_info(root, commands);
    vigil::tools::add_density(root, commands);
    vigil::tools::add_hotspots(root, commands);
    vigil::tools::add_network(root, commands);
    vigil::tools::add_routes(root, commands);
    vigil::tools::add_match(root, commands);
    vigil::tools::add_target(root, commands);
    vigil::tools::add_map(root, commands);
    vigil::tools::add_styles(root, commands);
    vigil::tools::add_describe(root, commands);
}

int run(int argc, char** argv)
{
    CLI::App root("vigil");
    root.set_help_flag();
    std::deque<Command> commands;
    add_commands(root, commands);

    if (const auto text = vigil::cli::answer_without_parsing(argc, argv, commands)) {
        vigil::cli::print(*text);
        return 0;
    }
    root.require_subcommand(1);
    try {
        root.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        throw vigil::UsageError(std::string(error.what()) + "; see vigil --help");
    }
    for (const Command& command : commands) {
        if (command.chosen()) {
            std::optional<tbb::global_control> limit;
            if (command.threads()) {
                limit.emplace(tbb::global_control::max_allowed_parallelism,
                              static_cast<std::size_t>(*command.threads()));
            }
            command.action()(vigil::cli::context_for(command, argc, argv));
        }
    }
    return 0;
}

int ended(const std::string& message, vigil::ExitCode code)
{
    vigil::cli::print_error(message);
    return static_cast<int>(code);
}

} // namespace

int main(int argc, char** argv)
{
    vigil::io::watch_for_stop();
    try {
        return run(argc, argv);
    } catch (const vigil::io::ClosedPipe&) {
        return 141; // 128 + SIGPIPE: the reader has seen enough
    } catch (const vigil::Error& error) {
        return ended(error.what(), error.code());
    } catch (const std::bad_alloc&) {
        return ended("out of memory; work on a smaller extent or with larger cells", vigil::ExitCode::limit);
    } catch (const std::exception& error) {
        return ended(std::string("unexpected: ") + error.what(), vigil::ExitCode::input);
    }
}
