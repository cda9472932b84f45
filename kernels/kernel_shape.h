#pragma once

namespace vigil {

/// How an incident's weight is spread over the plane. Each integrates to 1. With u = d / h:
///
///     uniform       1 / (pi h^2)                 u <= 1
///     triangular    3 / (pi h^2) (1 - u)         u < 1
///     epanechnikov  2 / (pi h^2) (1 - u^2)       u < 1
///     quartic       3 / (pi h^2) (1 - u^2)^2     u < 1
///     triweight     4 / (pi h^2) (1 - u^2)^3     u < 1
///     cosine        pi / (4 (pi - 2) h^2) cos(pi u / 2)   u < 1
///     gaussian      exp(-u^2 / 2) / (2 pi h^2)   everywhere; h is the standard deviation (sigma)
///
/// source   Silverman (1986), Density Estimation for Statistics and Data Analysis, 4.2
enum class KernelShape { quartic, epanechnikov, triweight, uniform, triangular, cosine, gaussian };

/// "quartic", ...
const char* name_of(KernelShape shape);

/// m of the kernels (1 - u^2)^m: 0 uniform, 1 Epanechnikov, 2 quartic, 3 triweight; -1 for the others.
int polynomial_power(KernelShape shape);

/// Density at the kernel's centre, per square metre.
double kernel_peak(KernelShape shape, double bandwidth_m);

/// Density at a distance, per square metre, straight from the formula.
double kernel_value(KernelShape shape, double bandwidth_m, double distance_m);

/// Standard deviation along one axis: the number by which bandwidths of different kernels compare.
///
///     uniform h/2   triangular h sqrt(3/20)   epanechnikov h/sqrt(6)   quartic h/sqrt(8)
///     triweight h/sqrt(10)   cosine h sqrt(pi^2/(4 (pi-2)) (1/a - 6/a^3 + 6/a^4)), a = pi/2   gaussian h
double sigma_of(KernelShape shape, double bandwidth_m);

/// The bandwidth at which a kernel has the standard deviation sigma_m; the inverse of sigma_of.
double bandwidth_for_sigma(KernelShape shape, double sigma_m);

/// Where a Gaussian may be cut, in units of sigma, so that what is lost at any place is at most `tail` times
/// the highest density anywhere, whatever the incidents.
///
///     smallest R >= 2 with 26 R exp(-R^2 / 2) <= tail
///
/// Proof: lay squares of side 1.5 sigma. The centre of a square that holds weight W has density of at least
/// W K(0) exp(-1.5^2 / 4), so no square holds more than M exp(0.5625) / K(0), M the highest density. Summing
/// K over the squares that reach beyond R, each at its nearest corner or at R, gives
/// M exp(0.5625) / 1.5^2 (4 pi sqrt(2) 1.5 R + 2 pi (1 + 2.13 / R)) exp(-R^2 / 2) < 26 R exp(-R^2 / 2) M.
///
/// tail     in (0, 1); 1e-9 gives 7.2
double gaussian_cut(double tail);

} // namespace vigil
