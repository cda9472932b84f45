#include "libgeo/io/route_network_checksum.h"

#include <array>
#include <bit>
#include <cstring>

namespace vigil::io {

namespace {

constexpr std::size_t lanes = checksum_block / sizeof(std::uint64_t);
constexpr std::uint64_t odd = 0x9e3779b97f4a7c15U; // 2^64 / golden ratio: its bits look like noise

constexpr std::uint64_t taken_in(std::uint64_t sum, std::uint64_t word)
{
    return std::rotl(sum ^ word, 29) * odd;
}

} // namespace

std::uint64_t checksum(std::string_view bytes)
{
    std::array<std::uint64_t, lanes> sum{};
    for (std::size_t i = 0; i < lanes; ++i) {
        sum[i] = odd * (2 * i + 1);
    }
    for (std::size_t at = 0; at + checksum_block <= bytes.size(); at += checksum_block) {
        std::array<std::uint64_t, lanes> word; // NOLINT(cppcoreguidelines-pro-type-member-init): filled next
        std::memcpy(word.data(), bytes.data() + at, checksum_block);
        for (std::size_t i = 0; i < lanes; ++i) {
            sum[i] = taken_in(sum[i], word[i]);
        }
    }
    std::uint64_t all = taken_in(odd, bytes.size());
    for (const std::uint64_t lane : sum) {
        all = taken_in(all, lane);
    }
    return all ^ (all >> 32U);
}

std::uint64_t checksum_of_parts(std::span<const std::uint64_t> parts)
{
    std::uint64_t all = taken_in(odd, parts.size());
    for (const std::uint64_t part : parts) {
        all = taken_in(all, part);
    }
    return all ^ (all >> 32U);
}

} // namespace vigil::io
