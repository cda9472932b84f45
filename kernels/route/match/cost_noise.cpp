#include "kernels/route/match/cost_noise.h"

#include "kernels/lanes.h"
#include "libgeo/random.h"

#include <algorithm>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace vigil {

namespace {

using Words = std::array<std::uint32_t, CostNoise::lanes>;

/// First two words of Philox4x32-10, the numbers of Random, for sixteen draws of one item.
struct Bits {
    alignas(64) Words first, second;
};

constexpr int rounds = 10;
constexpr std::uint32_t multiplier_0 = 0xd2511f53, multiplier_1 = 0xcd9e8d57;
constexpr std::uint32_t step_0 = 0x9e3779b9, step_1 = 0xbb67ae85; ///< of the key between rounds

void philox(std::uint64_t seed, std::uint32_t item, const CostNoise::Draws& draws, Bits& bits)
{
    const Random random(seed, item);
    for (std::size_t l = 0; l < CostNoise::lanes; ++l) {
        const std::uint64_t both = random.bits(std::uint64_t{draws.high[l]} << 32U | draws.low[l]);
        bits.first[l] = static_cast<std::uint32_t>(both >> 32U);
        bits.second[l] = static_cast<std::uint32_t>(both);
    }
}

#if defined(__x86_64__)

[[gnu::target("avx2")]] inline __m256i load_4(const std::uint32_t* from)
{
    return _mm256_cvtepu32_epi64(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
}

/// Eight draws from number `begin` on, four to a register: what stands in the upper halves of its numbers
/// is in nobody's way.
///
/// source   Salmon et al. (2011), Parallel random numbers: as easy as 1, 2, 3, SC'11
[[gnu::target("avx2")]] void philox_8(std::uint64_t seed, std::uint32_t item, const CostNoise::Draws& draws,
                                      std::size_t begin, Bits& bits)
{
    const __m256i m0 = _mm256_set1_epi64x(multiplier_0);
    const __m256i m1 = _mm256_set1_epi64x(multiplier_1);
    __m256i w0[2] = {load_4(&draws.low[begin]), load_4(&draws.low[begin + 4])};
    __m256i w1[2] = {load_4(&draws.high[begin]), load_4(&draws.high[begin + 4])};
    __m256i w2[2] = {_mm256_set1_epi64x(item), _mm256_set1_epi64x(item)};
    __m256i w3[2] = {};
    auto key_0 = static_cast<std::uint32_t>(seed);
    auto key_1 = static_cast<std::uint32_t>(seed >> 32U);
    for (int round = 0; round < rounds; ++round, key_0 += step_0, key_1 += step_1) {
        const __m256i k0 = _mm256_set1_epi64x(key_0);
        const __m256i k1 = _mm256_set1_epi64x(key_1);
        for (std::size_t i = 0; i < 2; ++i) {
            const __m256i a = _mm256_mul_epu32(w0[i], m0);
            const __m256i b = _mm256_mul_epu32(w2[i], m1);
            w0[i] = _mm256_srli_epi64(b, 32) ^ w1[i] ^ k0;
            w1[i] = b;
            w2[i] = _mm256_srli_epi64(a, 32) ^ w3[i] ^ k1;
            w3[i] = a;
        }
    }
    const __m256i lower = _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6);
    for (std::size_t i = 0; i < 2; ++i) {
        const std::size_t at = begin + 4 * i;
        _mm_storeu_si128(reinterpret_cast<__m128i*>(&bits.first[at]),
                         _mm256_castsi256_si128(_mm256_permutevar8x32_epi32(w0[i], lower)));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(&bits.second[at]),
                         _mm256_castsi256_si128(_mm256_permutevar8x32_epi32(w1[i], lower)));
    }
}

#endif

void random_bits(std::uint64_t seed, std::uint32_t item, const CostNoise::Draws& draws, Bits& bits)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) {
        philox_8(seed, item, draws, 0, bits);
        philox_8(seed, item, draws, 8, bits);
        return;
    }
#endif
    philox(seed, item, draws, bits);
}

struct DrawCosts {
    [[gnu::always_inline]] static double run(const Bits* bits, float mean, float spread, Weight* cost)
    {
        constexpr auto most = static_cast<float>(unreachable / 2 + unreachable / 4); // rounding stays below
        for (std::size_t l = 0; l < CostNoise::lanes; ++l) {
            const float uniform =
                static_cast<float>(static_cast<std::int32_t>(bits->second[l] >> 1U)) * 0x1p-31F;
            const float drawn = inverse_gaussian(mean, spread, normal_magnitude(bits->first[l]), uniform);
            cost[l] =
                static_cast<Weight>(static_cast<std::int32_t>(std::min(std::max(drawn + 0.5F, 1.0F), most)));
        }
        return 0;
    }
};

} // namespace

void CostNoise::costs(EdgeSide side, Weight mean, const Draws& draws, Costs& costs) const
{
    if (mean == 0) {
        costs.of.fill(1);
        return;
    }
    Bits bits;
    random_bits(seed_, side, draws, bits);
    const Bits* const from = &bits;
    wide::run_widest<DrawCosts>(from, static_cast<float>(mean), spread_, costs.of.data());
}

Weight CostNoise::cost(EdgeSide side, Weight mean, std::uint64_t draw) const
{
    Draws draws;
    draws.set(0, draw);
    Costs all;
    costs(side, mean, draws, all);
    return all.of.front();
}

} // namespace vigil
