#include "libgeo/io/route_network_map.h"

#include "libgeo/error.h"
#include "libgeo/io/source.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace vigil::io {

namespace {

[[noreturn]] void cannot_read(const std::string& path)
{
    fail(ExitCode::input, "{}: cannot be read: {}", path, std::strerror(errno));
}

/// A file opened for reading that closes itself.
class OpenFile {
  public:
    explicit OpenFile(const std::string& path) : number_(::open(path.c_str(), O_RDONLY | O_CLOEXEC))
    {
        if (number_ < 0) {
            cannot_read(path);
        }
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    ~OpenFile() { ::close(number_); }
    [[nodiscard]] int number() const { return number_; }

  private:
    int number_;
};

} // namespace

MappedFile::MappedFile(const std::string& path)
{
    require(path != "-", "an engine file cannot be read from standard input; give the name of a file");
    require_local_file(path);
    struct stat status = {};
    if (::stat(path.c_str(), &status) != 0) { // before opening: that would wait for a pipe's other end
        cannot_read(path);
    }
    require(S_ISREG(status.st_mode), "{}: is not a plain file; an engine file must lie on disk", path);
    const OpenFile file(path);
    if (::fstat(file.number(), &status) != 0) {
        cannot_read(path);
    }
    require(status.st_size > 0, "{}: is empty; make it again with vigil network", path);
    size_ = static_cast<std::size_t>(status.st_size);
    void* where = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.number(), 0);
    if (where == MAP_FAILED) {
        cannot_read(path);
    }
    where_ = where;
    ::madvise(where_, size_, MADV_WILLNEED); // a disk may begin at once
}

MappedFile::~MappedFile()
{
    ::munmap(where_, size_);
}

} // namespace vigil::io
