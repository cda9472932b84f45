#include "libgeo/io/block_file.h"

#include "libgeo/error.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

namespace vigil::io {

namespace {

[[noreturn]] void cannot_write(const std::string& target, int error)
{
    fail(ExitCode::output, "{}: cannot be written: {}", target == "-" ? "standard output" : target,
         std::strerror(error));
}

} // namespace

BlockFile::BlockFile(const std::string& path, std::string target)
    : target_(std::move(target)), fd_(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666))
{
    if (fd_ < 0) {
        cannot_write(target_, errno);
    }
}

BlockFile::~BlockFile()
{
    if (fd_ >= 0) {
        ::close(fd_);
    }
}

void BlockFile::flush()
{
    std::string_view rest = block_;
    while (!rest.empty()) {
        const ssize_t count = ::write(fd_, rest.data(), rest.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            cannot_write(target_, errno);
        }
        rest.remove_prefix(static_cast<std::size_t>(count));
    }
    written_ += block_.size();
    block_.clear();
}

void BlockFile::close()
{
    flush();
    struct stat status {};
    const bool whole = ::fstat(fd_, &status) == 0 && static_cast<std::uint64_t>(status.st_size) == written_;
    if (::close(std::exchange(fd_, -1)) != 0) {
        cannot_write(target_, errno);
    }
    if (!whole) {
        fail(ExitCode::output, "{}: not fully written", target_);
    }
}

void write_text(const std::string& path, const std::string& target, std::string_view text)
{
    BlockFile file(path, target);
    file.text() = text;
    file.close();
}

} // namespace vigil::io
