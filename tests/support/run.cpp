#include "tests/support/run.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace fs = std::filesystem;

namespace vigil::test {

std::string quoted(const std::string& word)
{
    std::string out = "'";
    for (const char c : word) {
        out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return out + "'";
}

namespace {

Ran run_line(const std::string& line, const std::string& input)
{
    const TemporaryFolder folder;
    const std::string in = folder.file("in", input);
    // bash, so that PIPESTATUS and pipefail are there
    const std::string whole = "export VIGIL=" + quoted(VIGIL_BINARY) + "; " + line;
    const std::string command = "bash -c " + quoted(whole) + " <" + quoted(in) + " >" +
                                quoted(folder / "out") + " 2>" + quoted(folder / "err");
    const int status = std::system(command.c_str()); // NOLINT: tests run commands as a person does
    Ran ran;
    ran.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    ran.out = read_file(folder / "out");
    ran.err = read_file(folder / "err");
    return ran;
}

} // namespace

Ran vigil(const std::vector<std::string>& arguments, const std::string& input)
{
    std::string line = "exec \"$VIGIL\"";
    for (const std::string& argument : arguments) {
        line += " " + quoted(argument);
    }
    return run_line(line, input);
}

Ran shell(const std::string& line)
{
    return run_line(line, {});
}

bool one_line(const std::string& text)
{
    return !text.empty() && text.find('\n') == text.size() - 1;
}

TemporaryFolder::TemporaryFolder()
{
    std::string name = (fs::temp_directory_path() / "vigil-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
        throw std::runtime_error("no temporary folder");
    }
    path_ = name;
}

TemporaryFolder::~TemporaryFolder()
{
    std::error_code error;
    fs::remove_all(path_, error);
}

std::string TemporaryFolder::file(const std::string& name, const std::string& bytes) const
{
    std::ofstream(path_ / name, std::ios::binary) << bytes;
    return (path_ / name).string();
}

std::vector<std::string> TemporaryFolder::names() const
{
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(path_)) {
        names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::string read_file(const std::string& path)
{
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

std::string testdata(const std::string& name)
{
    return std::string(VIGIL_SOURCE_DIR) + "/testdata/" + name;
}

std::string shared_data(const std::string& name)
{
    const fs::path path = fs::path(VIGIL_SOURCE_DIR) / ".." / "shared" / "data" / name;
    return fs::exists(path) ? path.string() : std::string();
}

} // namespace vigil::test
