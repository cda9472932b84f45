#include "libgeo/error.h"
#include "libgeo/io/source.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <new>
#include <vector>

namespace vigil::io {

namespace {

struct FreeDigest {
    void operator()(EVP_MD_CTX* digest) const noexcept { EVP_MD_CTX_free(digest); }
};

/// SHA-256 in the making; OpenSSL uses the processor's instructions where it has them.
class Sha256 {
  public:
    Sha256() : digest_(EVP_MD_CTX_new())
    {
        if (!digest_ || EVP_DigestInit_ex(digest_.get(), EVP_sha256(), nullptr) != 1) {
            throw std::bad_alloc();
        }
    }
    void add(std::string_view bytes) { EVP_DigestUpdate(digest_.get(), bytes.data(), bytes.size()); }
    std::string hex()
    {
        std::array<unsigned char, EVP_MAX_MD_SIZE> value{};
        unsigned int size = 0;
        EVP_DigestFinal_ex(digest_.get(), value.data(), &size);
        std::string text;
        for (unsigned int i = 0; i < size; ++i) {
            text += fmt::format("{:02x}", value[i]);
        }
        return text;
    }

  private:
    std::unique_ptr<EVP_MD_CTX, FreeDigest> digest_;
};

} // namespace

std::string sha256_hex(std::string_view bytes)
{
    Sha256 hash;
    hash.add(bytes);
    return hash.hex();
}

std::string sha256_of_file(const std::string& path)
{
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        fail(ExitCode::input, "{}: cannot be opened: {}", path, std::strerror(errno));
    }
    Sha256 hash;
    std::vector<char> block(1U << 18U);
    ssize_t got = 0;
    while ((got = ::read(file, block.data(), block.size())) > 0) {
        hash.add({block.data(), static_cast<std::size_t>(got)});
    }
    const int error = errno;
    ::close(file);
    require(got == 0, "{}: cannot be read: {}", path, std::strerror(error));
    return hash.hex();
}

} // namespace vigil::io
