#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// Path-size logit probabilities of given ways.
///
///     P_i = exp(-theta C_i) PS_i^beta / sum_j exp(-theta C_j) PS_j^beta
///     PS_i = sum over parts a of i of (l_a / L_i) / N_a
///
/// N_a is the number of ways with a part of positive length on the stretch of a; a way that comes over a
/// stretch twice is counted once. A way without length has PS_i = 1.
///
/// cost_minutes       of each way, finite
/// length_m           of each way, L_i: the sum of its parts
/// elements           the stretches of each way: equal numbers are the same stretch
/// element_length_m   lengths l_a in the same order
/// theta              per minute, >= 0
/// path_size_beta     >= 0
/// returns   one probability per way; they sum to 1
/// throws    Error if the sizes differ or theta or beta are negative or not finite
/// cost      O(m log m) time, O(m) memory, m parts in all
/// source    Ben-Akiva & Bierlaire (1999), Discrete choice methods, in Handbook of Transportation Science
std::vector<double> path_size_logit(std::span<const double> cost_minutes, std::span<const double> length_m,
                                    std::span<const std::vector<std::uint32_t>> elements,
                                    std::span<const std::vector<double>> element_length_m, double theta,
                                    double path_size_beta);

} // namespace vigil
