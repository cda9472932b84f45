#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace vigil::io {

/// Whole blocks of this many bytes are summed up; eight lanes of one 64-bit word each.
inline constexpr std::size_t checksum_block = 64;
/// Long texts are summed up in parts of this size, so that several threads can share the work.
inline constexpr std::size_t checksum_part = std::size_t{1} << 20U;

/// A 64-bit checksum at the speed of memory.
///
/// Word i of each block goes into lane i:  lane = rotate(lane xor word, 29) * odd.  At the end the lanes are
/// folded one after another in the same way. Every step is one-to-one both in what was there and in what
/// comes in, so two texts of the same length that differ in one lane only, as after a flipped byte, never
/// have the same sum; other differences pass with probability 2^-64. Not a defence against forgery.
///
/// bytes   a multiple of checksum_block, aligned or not
std::uint64_t checksum(std::string_view bytes);

/// The sum of a text of several parts: the checksum of the sums of its parts. A change within one part
/// changes exactly one of them.
std::uint64_t checksum_of_parts(std::span<const std::uint64_t> parts);

} // namespace vigil::io
