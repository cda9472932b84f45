#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace vigil {

/// Eight numbers side by side. The compiler maps each operation to whatever registers the target has; each
/// lane is rounded on its own, so the bits are the same on every machine.
using Lanes [[gnu::vector_size(64)]] = double;
using LaneBits [[gnu::vector_size(64)]] = std::int64_t;
inline constexpr std::size_t lanes = 8;

/// As wide as the registers of lesser machines, for inner loops: the compiler takes Lanes apart through
/// memory.
using HalfLanes [[gnu::vector_size(32)]] = double;
using QuarterLanes [[gnu::vector_size(16)]] = double;

// Vectors go in and out by reference: by value they would need one calling convention per target.

template <typename Vector>
[[gnu::always_inline]] inline void load(Vector& to, const double* from)
{
    std::memcpy(&to, from, sizeof to);
}

template <typename Vector>
[[gnu::always_inline]] inline void store(double* to, const Vector& from)
{
    std::memcpy(to, &from, sizeof from);
}

/// x := exp(x) for x <= 0, to 2 units in the last place; 0 below -700.
[[gnu::always_inline]] inline void exp_in_place(Lanes& x)
{
    constexpr double to_whole = 6755399441055744.0; // 1.5 * 2^52: adding it rounds to a whole number
    constexpr double ln2_high = 0x1.62e42fee00000p-1;
    constexpr double ln2_low = 0x1.a39ef35793c76p-33;
    const Lanes shifted = x * 1.4426950408889634 + to_whole;
    const Lanes whole = shifted - to_whole;
    const Lanes r = (x - whole * ln2_high) - whole * ln2_low;
    Lanes sum = r * (1.0 / 6227020800) + 1.0 / 479001600;
    sum = sum * r + 1.0 / 39916800;
    sum = sum * r + 1.0 / 3628800;
    sum = sum * r + 1.0 / 362880;
    sum = sum * r + 1.0 / 40320;
    sum = sum * r + 1.0 / 5040;
    sum = sum * r + 1.0 / 720;
    sum = sum * r + 1.0 / 120;
    sum = sum * r + 1.0 / 24;
    sum = sum * r + 1.0 / 6;
    sum = sum * r + 0.5;
    sum = sum * r + 1.0;
    sum = sum * r + 1.0;
    // in unsigned numbers, since far below -700 they wrap; what comes of that is not taken
    using LaneWords [[gnu::vector_size(64)]] = std::uint64_t;
    constexpr std::uint64_t to_whole_bits = 0x4338000000000000;
    const LaneWords power = (reinterpret_cast<LaneWords>(shifted) - to_whole_bits + 1023) << 52;
    const Lanes scaled = sum * reinterpret_cast<Lanes>(power);
    const LaneBits counts = x >= -700.0;
    x = reinterpret_cast<Lanes>(reinterpret_cast<LaneBits>(scaled) & counts);
}

/// The eight lanes added in a fixed order.
[[gnu::always_inline]] inline double sum_of(const Lanes& x)
{
    return ((x[0] + x[4]) + (x[2] + x[6])) + ((x[1] + x[5]) + (x[3] + x[7]));
}

#if defined(__x86_64__)

template <typename Job>
[[gnu::target("avx512f")]] void run_avx512(const Job& job)
{
    job.template run<Lanes>();
}

template <typename Job>
[[gnu::target("avx2")]] void run_avx2(const Job& job)
{
    job.template run<HalfLanes>();
}

#endif

template <typename Job>
void run_plain(const Job& job)
{
    job.template run<QuarterLanes>();
}

/// job.run<vector>() compiled for the widest registers this machine has, `vector` being one of them. run must
/// be
/// [[gnu::always_inline]] and give the same bits for any vector.
template <typename Job>
void run_widest(const Job& job)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f")) {
        return run_avx512(job);
    }
    if (__builtin_cpu_supports("avx2")) {
        return run_avx2(job);
    }
#endif
    run_plain(job);
}

/// task.operator()<n>() for a number of blocks of lanes, 1 to 8, so that they can stay in registers.
template <typename Task>
void with_blocks(std::size_t n, const Task& task)
{
    switch (n) {
    case 1:
        return task.template operator()<1>();
    case 2:
        return task.template operator()<2>();
    case 3:
        return task.template operator()<3>();
    case 4:
        return task.template operator()<4>();
    case 5:
        return task.template operator()<5>();
    case 6:
        return task.template operator()<6>();
    case 7:
        return task.template operator()<7>();
    default:
        return task.template operator()<8>();
    }
}

} // namespace vigil
