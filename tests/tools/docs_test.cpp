#include "tests/support/run.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <regex>
#include <sstream>

namespace {

namespace fs = std::filesystem;
using vigil::test::read_file;

const fs::path source = VIGIL_SOURCE_DIR;

std::vector<std::string> lines_of(const std::string& text)
{
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        lines.push_back(line);
    }
    return lines;
}

std::vector<fs::path> pages()
{
    std::vector<fs::path> found;
    for (const char* name : {"README.md", "CHANGELOG.md", "CONTRIBUTING.md"}) {
        if (fs::exists(source / name)) {
            found.push_back(source / name);
        }
    }
    for (const char* folder : {"docs", "testdata", "styles"}) {
        if (!fs::exists(source / folder)) {
            continue;
        }
        for (const auto& entry : fs::recursive_directory_iterator(source / folder)) {
            if (entry.path().extension() == ".md") {
                found.push_back(entry.path());
            }
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

std::vector<std::string> command_names()
{
    const auto ran = vigil::test::vigil({"describe", "--json"});
    REQUIRE(ran.exit_code == 0);
    std::vector<std::string> names;
    const auto document = nlohmann::json::parse(ran.out);
    for (const auto& command : document["commands"]) {
        names.push_back(command["name"]);
    }
    return names;
}

/// What stands between the two marker lines, or nothing when one is missing.
std::optional<std::string> options_block(const std::string& page)
{
    const std::string open = "<!-- options -->\n";
    const auto begin = page.find(open);
    const auto end = page.find("<!-- /options -->");
    if (begin == std::string::npos || end == std::string::npos) {
        return std::nullopt;
    }
    return page.substr(begin + open.size(), end - begin - open.size());
}

/// A fenced block of a page.
struct Block {
    std::string language;
    std::vector<std::string> lines;
};

std::vector<Block> blocks(const std::string& page)
{
    std::vector<Block> found;
    bool inside = false;
    for (const std::string& line : lines_of(page)) {
        if (line.starts_with("```")) {
            inside = !inside;
            if (inside) {
                found.push_back({line.substr(3), {}});
            }
        } else if (inside) {
            found.back().lines.push_back(line);
        }
    }
    return found;
}

/// A folder as the examples expect it: testdata/ in reach, nothing else.
class Desk {
  public:
    Desk()
    {
        fs::copy(source / "testdata", folder_ / "testdata", fs::copy_options::recursive);
        for (const char* name : {"mesa", "soho", "reference"}) {
            fs::create_directory_symlink(folder_ / (std::string("testdata/") + name), folder_ / name);
        }
    }
    [[nodiscard]] vigil::test::Ran run(const std::string& script) const
    {
        const std::string file = folder_.file("example.sh", script);
        return vigil::test::shell("cd '" + folder_.path() + "' && PATH=\"$(dirname \"$VIGIL\"):$PATH\" " +
                                  "bash -euo pipefail '" + file + "'");
    }

  private:
    vigil::test::TemporaryFolder folder_;
};

std::string joined(const std::vector<std::string>& lines)
{
    std::string text;
    for (const std::string& line : lines) {
        text += line + "\n";
    }
    return text;
}

bool runs_here(const std::string& script)
{
    static const std::regex elsewhere("script/|cmake|apt-get|git |sudo|ogr|qgis|gdal|python");
    return script.find("vigil ") != std::string::npos && !std::regex_search(script, elsewhere);
}

/// Whether `text` is `expected`, in which a line of "..." stands for any lines.
bool matches(const std::vector<std::string>& expected, const std::vector<std::string>& text)
{
    std::size_t at = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        if (expected[i] == "...") {
            if (i + 1 == expected.size()) {
                return true;
            }
            while (at < text.size() && text[at] != expected[i + 1]) {
                ++at;
            }
        } else if (at >= text.size() || text[at++] != expected[i]) {
            return false;
        }
    }
    return at == text.size();
}

} // namespace

TEST_CASE("every command has a page, and its options are those the binary declares", "[docs]")
{
    for (const std::string& name : command_names()) {
        const fs::path page = source / "docs" / "commands" / (name + ".md");
        CAPTURE(page.string());
        REQUIRE(fs::exists(page));
        const auto block = options_block(read_file(page.string()));
        REQUIRE(block);
        const auto ran = vigil::test::vigil({"describe", "--markdown", name});
        INFO("script/docs writes the block anew");
        CHECK(*block == ran.out);
    }
}

TEST_CASE("every page in docs/commands belongs to a command", "[docs]")
{
    const auto names = command_names();
    for (const auto& entry : fs::directory_iterator(source / "docs" / "commands")) {
        CAPTURE(entry.path().string());
        CHECK(std::find(names.begin(), names.end(), entry.path().stem().string()) != names.end());
    }
}

TEST_CASE("every relative link leads to a file", "[docs]")
{
    const std::regex link(R"(\]\(([^)#\s]+)(#[^)\s]*)?\))");
    for (const fs::path& page : pages()) {
        const std::string text = read_file(page.string());
        for (auto at = std::sregex_iterator(text.begin(), text.end(), link); at != std::sregex_iterator();
             ++at) {
            const std::string target = (*at)[1];
            if (target.find("://") == std::string::npos && !target.starts_with("mailto:")) {
                CAPTURE(page.string(), target);
                CHECK(fs::exists(page.parent_path() / target));
            }
        }
    }
}

TEST_CASE("the examples on the pages run", "[docs]")
{
    for (const fs::path& page : pages()) {
        const Desk desk;
        for (const Block& block : blocks(read_file(page.string()))) {
            const std::string script = joined(block.lines);
            if (block.language == "sh" && runs_here(script)) {
                const auto ran = desk.run(script);
                CAPTURE(page.string(), script, ran.err);
                CHECK(ran.exit_code == 0);
            }
        }
    }
}

TEST_CASE("the sessions on the pages print what they show", "[docs]")
{
    for (const fs::path& page : pages()) {
        const Desk desk;
        for (const Block& block : blocks(read_file(page.string()))) {
            if (block.language != "console") {
                continue;
            }
            for (std::size_t i = 0; i < block.lines.size();) {
                REQUIRE(block.lines[i].starts_with("$ "));
                std::string script = block.lines[i++].substr(2);
                while (script.ends_with('\\') && i < block.lines.size()) {
                    script += "\n" + block.lines[i++];
                }
                std::vector<std::string> expected;
                while (i < block.lines.size() && !block.lines[i].starts_with("$ ")) {
                    expected.push_back(block.lines[i++]);
                }
                if (!runs_here(script)) {
                    continue;
                }
                const auto ran = desk.run("exec 2>&1\n" + script + "\n");
                CAPTURE(page.string(), script, ran.out);
                CHECK(matches(expected, lines_of(ran.out)));
            }
        }
    }
}
