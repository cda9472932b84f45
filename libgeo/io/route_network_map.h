#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace vigil::io {

/// A plain local file mapped read-only. Unlike Source it neither inflates nor reads pipes, and its pages come
/// in when they are first looked at, by as many threads as look.
class MappedFile {
  public:
    /// throws   Error naming the path: missing, empty, not a plain file
    explicit MappedFile(const std::string& path);
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;
    ~MappedFile();

    [[nodiscard]] std::string_view bytes() const { return {static_cast<const char*>(where_), size_}; }

  private:
    void* where_ = nullptr;
    std::size_t size_ = 0;
};

} // namespace vigil::io
