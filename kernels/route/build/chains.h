#pragma once

#include "kernels/route/build/lines.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vigil::route_build {

/// A part of a line between two places where something may happen.
struct Run {
    std::uint32_t line = 0;
    std::uint32_t first = 0; ///< Lines::along [first, last], both with it
    std::uint32_t last = 0;
};

/// A run passed in one direction: 2 * run, plus 1 against its drawing. It also stands for the end of the run
/// where the passing begins.
using Step = std::uint32_t;
inline constexpr std::uint32_t run_of(Step step)
{
    return step >> 1U;
}
inline constexpr bool is_reversed(Step step)
{
    return (step & 1U) != 0;
}
inline constexpr Step opposite(Step step)
{
    return step ^ 1U;
}

/// Runs one after the other between two nodes.
struct Chain {
    std::uint32_t begin = 0; ///< Chains::steps [begin, end)
    std::uint32_t end = 0;
};

struct Chains {
    std::vector<Run> runs;
    std::vector<Step> steps;
    std::vector<Chain> chains;

    [[nodiscard]] std::span<const Step> steps_of(const Chain& chain) const
    {
        return {steps.data() + chain.begin, chain.end - chain.begin};
    }
};

/// The point where a step begins, and the one after it.
std::uint32_t begin_of(const Lines& lines, const Chains& chains, Step step);
std::uint32_t after_begin_of(const Lines& lines, const Chains& chains, Step step);
/// The kind of a step as it is travelled.
std::uint32_t kind_of(const Lines& lines, const Chains& chains, Step step);

/// Adds the points along some steps.
void append_points(const Lines& lines, const Chains& chains, std::span<const Step> steps,
                   std::vector<std::uint32_t>& points);

/// Makes nodes of the points where lines meet, end, or change kind, and chains of what is left between nodes.
/// Kinds change too where known minutes begin or end, or go over to another source. A ring that meets nothing
/// gets a node at its first point by (lon, lat).
Chains find_chains(Lines& lines);

} // namespace vigil::route_build
