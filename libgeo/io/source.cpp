#include "libgeo/io/source.h"

#include "libgeo/error.h"
#include "libgeo/io/gdal.h"

#include <cpl_vsi.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace vigil::io {

namespace {

constexpr std::string_view gzip_magic = "\x1f\x8b";

/// A file opened for reading that closes itself; standard input stays open.
class OpenFile {
  public:
    explicit OpenFile(const std::string& path)
        : number_(path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC))
    {
        if (number_ < 0) {
            fail(ExitCode::input, "{}: cannot be opened: {}", path, std::strerror(errno));
        }
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    ~OpenFile()
    {
        if (number_ != STDIN_FILENO) {
            ::close(number_);
        }
    }
    [[nodiscard]] int number() const { return number_; }

  private:
    int number_;
};

std::size_t read_some(int file, char* to, std::size_t n, const std::string& path)
{
    for (;;) {
        const ssize_t got = ::read(file, to, n);
        if (got >= 0) {
            return static_cast<std::size_t>(got);
        }
        if (errno != EINTR) {
            fail(ExitCode::input, "{}: cannot be read: {}", path, std::strerror(errno));
        }
    }
}

[[noreturn]] void too_large(const std::string& path, std::uint64_t max_bytes)
{
    fail(ExitCode::limit, "{}: holds more than the {:.3g} GB allowed; raise --max-memory or split it", path,
         static_cast<double>(max_bytes) / 1e9);
}

/// "PG:...", "WFS:..." and the like: a scheme of two letters or more before the first slash.
bool looks_like_connection(const std::string& path)
{
    const std::size_t colon = path.find(':');
    return colon != std::string::npos && colon >= 2 && path.find('/') > colon &&
           std::all_of(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(colon), [](unsigned char c) {
               return std::isalnum(c) != 0 || c == '_' || c == '+' || c == '-';
           });
}

} // namespace

std::string base_name(std::string_view path)
{
    return path == "-" ? "-" : std::filesystem::path(path).filename().string();
}

void require_local_file(const std::string& path, bool allow_vsi)
{
    if (path.empty()) {
        throw UsageError("an input has no name");
    }
    if (path.starts_with("/vsi")) {
        require(allow_vsi, "{}: is a GDAL virtual path; add --allow-vsi to accept it", path);
        return;
    }
    require(path.find("://") == std::string::npos,
            "{}: is an address; download the file first and name the local copy", path);
    require(path.front() != '{' && path.front() != '[' && path.front() != '<',
            "the input is an inline document; give the name of a file");
    require(!looks_like_connection(path),
            "{}: looks like a database connection; give the name of a file (./{} if it is one)", path, path);
    struct stat status = {};
    if (::stat(path.c_str(), &status) != 0) {
        fail(ExitCode::input, "{}: {}", path,
             errno == ENOENT ? "no such file; check the name" : std::strerror(errno));
    }
    require(!S_ISDIR(status.st_mode), "{}: is a folder; name a file in it", path);
    require(S_ISREG(status.st_mode) || S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode),
            "{}: is not a plain file", path);
}

Source::Source(const std::string& path, std::uint64_t max_bytes, bool allow_vsi) : name_(base_name(path))
{
    static std::weak_ptr<std::string> standard_input;
    if (path == "-" && (held_ = standard_input.lock())) {
        bytes_ = *held_;
        return;
    }
    if (path != "-") {
        require_local_file(path, allow_vsi);
    }
    if (path.starts_with("/vsi")) {
        read_virtual(path, max_bytes);
        return;
    }
    const OpenFile file(path);
    struct stat status = {};
    if (::fstat(file.number(), &status) == 0 && S_ISREG(status.st_mode) && path != "-") {
        map(file.number(), static_cast<std::uint64_t>(status.st_size));
    } else {
        read_all(file.number(), path, max_bytes);
    }
    if (bytes_.starts_with(gzip_magic)) {
        inflate(path, max_bytes);
    }
    if (path == "-") {
        standard_input = held_;
    }
}

Source::~Source()
{
    if (map_ != nullptr) {
        ::munmap(map_, map_size_);
    }
}

void Source::map(int file, std::uint64_t size)
{
    if (size == 0) {
        return;
    }
    void* where = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
    if (where == MAP_FAILED) {
        fail(ExitCode::input, "{}: cannot be read: {}", name_, std::strerror(errno));
    }
    map_ = where;
    map_size_ = size;
    ::madvise(where, size, MADV_SEQUENTIAL);
    bytes_ = {static_cast<const char*>(where), size};
}

/// Through GDAL's file systems, which the user has opted in to.
void Source::read_virtual(const std::string& path, std::uint64_t max_bytes)
{
    use_gdal();
    const std::unique_ptr<VSILFILE, CloseWith<VSIFCloseL>> file(VSIFOpenL(path.c_str(), "rb"));
    require(file != nullptr, "{}: cannot be opened", path);
    held_ = std::make_shared<std::string>();
    std::string& held = *held_;
    std::size_t used = 0;
    for (std::size_t got = 1; got > 0; used += got) {
        held.resize(std::max<std::size_t>(used * 2, 1U << 16U));
        got = VSIFReadL(held.data() + used, 1, held.size() - used, file.get());
        if (used + got > max_bytes) {
            too_large(path, max_bytes);
        }
    }
    held.resize(used);
    bytes_ = held;
}

void Source::read_all(int file, const std::string& path, std::uint64_t max_bytes)
{
    held_ = std::make_shared<std::string>();
    std::string& held = *held_;
    std::size_t used = 0;
    for (;;) {
        if (used == held.size()) {
            held.resize(std::max<std::size_t>(used * 2, 1U << 16U));
        }
        const std::size_t got = read_some(file, held.data() + used, held.size() - used, path);
        used += got;
        if (used > max_bytes) {
            too_large(path == "-" ? "standard input" : path, max_bytes);
        }
        if (got == 0) {
            break;
        }
    }
    held.resize(used);
    bytes_ = held;
}

void Source::inflate(const std::string& path, std::uint64_t max_bytes)
{
    struct Inflater : z_stream {
        Inflater() : z_stream{} { inflateInit2(this, 15 + 16); } // 16: with a gzip header
        Inflater(const Inflater&) = delete;
        Inflater& operator=(const Inflater&) = delete;
        ~Inflater() { inflateEnd(this); }
    };
    Inflater stream;
    std::string out;
    std::size_t used = 0;
    std::size_t eaten = 0;
    bool whole = false; // at the end of a member
    while (!whole || bytes_.substr(eaten).starts_with(gzip_magic)) {
        if (whole) {
            inflateReset(&stream); // files joined end to end
        }
        if (used == out.size()) {
            out.resize(std::max<std::size_t>(out.size() * 2, 1U << 18U));
        }
        const std::size_t in = std::min<std::size_t>(bytes_.size() - eaten, 1U << 30U);
        const std::size_t room = std::min<std::size_t>(out.size() - used, 1U << 30U);
        // zlib does not write to its input; its C interface lacks the const
        stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes_.data() + eaten));
        stream.avail_in = static_cast<uInt>(in);
        stream.next_out = reinterpret_cast<Bytef*>(out.data() + used);
        stream.avail_out = static_cast<uInt>(room);
        const int result = ::inflate(&stream, Z_NO_FLUSH);
        eaten += in - stream.avail_in;
        used += room - stream.avail_out;
        whole = result == Z_STREAM_END;
        if (used > max_bytes) {
            too_large(path, max_bytes);
        }
        require(whole || result == Z_OK, "{}: damaged or cut gzip data; fetch the file again", path);
    }
    out.resize(used);
    held_ = std::make_shared<std::string>(std::move(out));
    bytes_ = *held_;
}

} // namespace vigil::io
