#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace vigil::io {

/// A new file written in blocks, every write checked.
class BlockFile {
  public:
    /// path     the file to make; must not exist
    /// target   the output it belongs to, named in messages
    BlockFile(const std::string& path, std::string target);
    BlockFile(const BlockFile&) = delete;
    BlockFile& operator=(const BlockFile&) = delete;
    ~BlockFile();

    /// Append to this, then call flush_when_full() now and then.
    [[nodiscard]] std::string& text() { return block_; }
    void flush_when_full()
    {
        if (block_.size() >= block_bytes) {
            flush();
        }
    }
    /// Writes the rest and checks that the file has every byte. throws  Error (output)
    void close();

  private:
    static constexpr std::size_t block_bytes = std::size_t{256} << 10U;
    void flush();

    std::string target_;
    std::string block_;
    std::uint64_t written_ = 0;
    int fd_ = -1;
};

/// Writes a whole small file: a companion of `target`, or `target` itself. throws  Error (output)
void write_text(const std::string& path, const std::string& target, std::string_view text);

} // namespace vigil::io
