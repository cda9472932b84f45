#include "libgeo/io/output.h"

#include "libgeo/error.h"
#include "libgeo/io/stop.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <vector>

namespace fs = std::filesystem;

namespace vigil::io {

namespace {

/// A file descriptor that closes itself.
class Descriptor {
  public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor()
    {
        if (fd_ > STDERR_FILENO) {
            ::close(fd_);
        }
    }
    [[nodiscard]] int number() const { return fd_; }

  private:
    int fd_;
};

[[noreturn]] void cannot_write(const std::string& path, int error)
{
    fail(ExitCode::output, "{}: cannot be written: {}", path == "-" ? "standard output" : path,
         std::strerror(error));
}

void write_all(int fd, std::string_view bytes, const std::string& target)
{
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0 && errno == EPIPE) {
            throw ClosedPipe();
        }
        if (written < 0) {
            cannot_write(target, errno);
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

int open_stream(const std::string& target)
{
    return target == "-" ? STDOUT_FILENO : ::open(target.c_str(), O_WRONLY | O_CLOEXEC);
}

void copy_to_stream(const std::string& file, const std::string& target)
{
    const Descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    const Descriptor out(open_stream(target));
    if (in.number() < 0 || out.number() < 0) {
        cannot_write(target, errno);
    }
    std::vector<char> block(1U << 16U);
    for (;;) {
        const ssize_t got = ::read(in.number(), block.data(), block.size());
        if (got < 0) {
            cannot_write(target, errno);
        }
        if (got == 0) {
            break;
        }
        write_all(out.number(), {block.data(), static_cast<std::size_t>(got)}, target);
    }
}

void flush_to_disk(const fs::path& path, const std::string& target)
{
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.number() < 0 || (::fsync(file.number()) != 0 && errno != EINVAL)) {
        cannot_write(target, errno);
    }
}

fs::path folder_of(const std::string& target)
{
    const fs::path parent = fs::path(target).parent_path();
    return parent.empty() ? fs::path(".") : parent;
}

bool is_stream(const std::string& target)
{
    std::error_code error;
    const fs::file_status status = fs::status(target, error);
    return target == "-" || fs::is_character_file(status) || fs::is_fifo(status);
}

/// A new folder that nobody else can write to.
std::string private_folder(const fs::path& parent, const std::string& target)
{
    std::string folder = make_scratch((parent / ".vigil-XXXXXX").string());
    if (folder.empty()) {
        cannot_write(target, errno);
    }
    return folder;
}

/// A GeoPackage that another program is writing has a journal beside it; the new file must not meet that.
void require_unused(const std::string& target)
{
    for (const char* journal : {"-wal", "-journal"}) {
        std::error_code error;
        const std::string name = target + journal;
        if (fs::file_size(name, error) > 0 && !error) {
            fail(ExitCode::output, "{}: another program is using it ({} exists); close it there first",
                 target, fs::path(name).filename().string());
        }
    }
}

/// Pictures and statistics that a GIS made of the file that has just been replaced.
void remove_derived(const std::string& target)
{
    for (const char* suffix : {".aux.xml", ".ovr", ".msk"}) {
        std::error_code error;
        fs::remove(target + suffix, error);
    }
    for (const char* extension : {".qix", ".sbn", ".sbx"}) { // spatial indexes of a Shapefile
        std::error_code error;
        if (fs::path(target).extension() == ".shp") {
            fs::remove(fs::path(target).replace_extension(extension), error);
        }
    }
}

/// What a new file may be read and written by: everyone, less the umask.
mode_t usual_mode()
{
    static const mode_t mask = [] {
        const mode_t old = ::umask(0);
        ::umask(old);
        return old;
    }();
    return 0666 & ~mask;
}

std::string temporary_directory()
{
    const char* chosen = std::getenv("TMPDIR");
    return chosen != nullptr && *chosen != '\0' ? chosen : "/tmp";
}

} // namespace

PendingOutput::PendingOutput(const std::string& target, bool overwrite)
    : target_(target), overwrite_(overwrite), stream_(is_stream(target))
{
    if (target.empty()) {
        throw UsageError("the output has no name");
    }
    if (stream_) {
        folder_ = private_folder(temporary_directory(), target);
        return;
    }
    std::error_code error;
    if (fs::is_directory(target, error)) {
        fail(ExitCode::output, "{}: is a folder; name a file in it", target);
    }
    if (fs::exists(fs::symlink_status(target, error)) && !overwrite) {
        fail(ExitCode::output, "{}: already exists; add --overwrite to replace it", target);
    }
    require_unused(target);
    folder_ = private_folder(folder_of(target), target);
}

PendingOutput::~PendingOutput()
{
    remove_scratch(folder_);
}

std::string PendingOutput::file() const
{
    const std::string name = stream_ ? "stream" : fs::path(target_).filename().string();
    return (fs::path(folder_) / name).string();
}

std::string PendingOutput::sidecar(std::string_view extension) const
{
    return fs::path(file()).replace_extension(extension).string();
}

bool PendingOutput::to_stream() const
{
    return stream_;
}

void PendingOutput::require_free(const std::string& part) const
{
    std::error_code error;
    const fs::file_status status = fs::symlink_status(part, error);
    if (fs::is_directory(status)) {
        fail(ExitCode::output, "{}: is a folder, and a part of {} has that name", part, target_);
    }
    if (fs::exists(status) && !overwrite_) {
        fail(ExitCode::output, "{}: already exists; add --overwrite to replace it", part);
    }
}

void PendingOutput::commit()
{
    if (stream_) {
        copy_to_stream(file(), target_);
        return;
    }
    std::vector<fs::path> parts;
    for (const auto& entry : fs::directory_iterator(folder_)) {
        ::chmod(entry.path().c_str(), usual_mode()); // SQLite has its own idea of it
        flush_to_disk(entry.path(), target_);
        require_free(folder_of(target_) / entry.path().filename());
        parts.push_back(entry.path());
    }
    const std::string main_name = fs::path(file()).filename().string();
    std::sort(parts.begin(), parts.end());
    std::stable_partition(parts.begin(), parts.end(),
                          [&](const fs::path& p) { return p.filename() != main_name; });
    const HoldStop hold;
    for (const fs::path& part : parts) {
        if (::rename(part.c_str(), (folder_of(target_) / part.filename()).c_str()) != 0) {
            cannot_write(target_, errno);
        }
    }
    if (overwrite_) {
        remove_derived(target_);
    }
    const Descriptor folder(::open(folder_of(target_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder.number() >= 0) {
        ::fsync(folder.number());
    }
}

void write_bytes(const std::string& target, std::string_view bytes, bool overwrite)
{
    if (is_stream(target)) {
        const Descriptor out(open_stream(target));
        if (out.number() < 0) {
            cannot_write(target, errno);
        }
        write_all(out.number(), bytes, target);
        return;
    }
    PendingOutput output(target, overwrite);
    {
        const Descriptor file(::open(output.file().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
        if (file.number() < 0) {
            cannot_write(target, errno);
        }
        write_all(file.number(), bytes, target);
    }
    output.commit();
}

} // namespace vigil::io
