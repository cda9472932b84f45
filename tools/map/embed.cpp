#include "tools/map/embed.h"

#include "libgeo/xml.h"

#include <array>
#include <cstdint>

namespace vigil::map {

namespace {

/// The cyclic redundancy check of PNG chunks (ISO 3309, polynomial edb88320).
std::uint32_t crc32(const std::string& bytes)
{
    std::uint32_t crc = 0xffffffffU;
    for (const char byte : bytes) {
        crc ^= static_cast<unsigned char>(byte);
        for (int bit = 0; bit < 8; ++bit) {
            crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xedb88320U : 0U);
        }
    }
    return ~crc;
}

std::string big_endian(std::uint32_t number)
{
    std::string bytes;
    for (const unsigned shift : {24U, 16U, 8U, 0U}) {
        bytes += static_cast<char>((number >> shift) & 0xffU);
    }
    return bytes;
}

/// An uncompressed international text chunk without language.
std::string text_chunk(const std::string& text)
{
    const std::string body = std::string("iTXtComment") + std::string(5, '\0') + text;
    return big_endian(static_cast<std::uint32_t>(body.size() - 4)) + body + big_endian(crc32(body));
}

} // namespace

std::string with_provenance(std::string picture, PictureFormat format, const std::string& text)
{
    if (format == PictureFormat::png) {
        constexpr std::size_t after_header = 8 + 25; // signature, then the chunk IHDR
        return picture.insert(after_header, text_chunk(text));
    }
    const std::size_t root = picture.find("<svg");
    const std::size_t end = root == std::string::npos ? root : picture.find('>', root);
    if (end == std::string::npos) {
        return picture;
    }
    return picture.insert(end + 1, "\n<metadata>" + xml_escaped(text) + "</metadata>");
}

} // namespace vigil::map
