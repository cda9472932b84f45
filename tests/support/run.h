#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace vigil::test {

/// What a command did.
struct Ran {
    int exit_code = 0; ///< 128 + signal when killed
    std::string out;
    std::string err;
};

/// Runs the vigil binary with `arguments`, `input` on its standard input.
Ran vigil(const std::vector<std::string>& arguments, const std::string& input = {});

/// `word` as one word of a shell line.
std::string quoted(const std::string& word);

/// Runs a shell line; $VIGIL is the binary.
Ran shell(const std::string& line);

/// Whether `text` is one line and its end: what every error has to be.
bool one_line(const std::string& text);

/// A folder that is removed at the end of the test.
class TemporaryFolder {
  public:
    TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder();
    /// The path of `name` inside.
    [[nodiscard]] std::string operator/(const std::string& name) const { return (path_ / name).string(); }
    [[nodiscard]] std::string path() const { return path_.string(); }
    /// Writes a file inside and gives its path.
    [[nodiscard]] std::string file(const std::string& name, const std::string& bytes) const;
    /// Names of what it holds, sorted.
    [[nodiscard]] std::vector<std::string> names() const;

  private:
    std::filesystem::path path_;
};

std::string read_file(const std::string& path);

/// A file of testdata/.
std::string testdata(const std::string& name);

/// A file of the development data that stands beside a checkout, or empty when it is not there:
/// then warn "skipped" and return.
std::string shared_data(const std::string& name);

} // namespace vigil::test
