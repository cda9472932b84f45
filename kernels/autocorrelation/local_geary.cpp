#include "kernels/autocorrelation/local_geary.h"

#include "kernels/autocorrelation/link_sums.h"
#include "kernels/autocorrelation/value_moments.h"
#include "kernels/compensated_sum.h"
#include "kernels/null_moments.h"
#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace vigil {

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

struct Moments {
    double mean = 0;
    double variance = 0;
};

/// Standardised values, v numbers for each feature, and the sums from which the moments of squared distances
/// to the others follow.
class Standardised {
  public:
    Standardised(std::span<const std::vector<double>> variables, std::size_t n);

    [[nodiscard]] std::size_t variables() const { return v_; }
    [[nodiscard]] double present() const { return n_; }
    /// One number per feature, NaN where it is absent.
    [[nodiscard]] std::span<const double> presence() const { return presence_; }
    [[nodiscard]] std::span<const double> of(std::size_t i) const
    {
        return std::span(z_).subspan(i * v_, v_);
    }
    [[nodiscard]] double distance2(std::size_t i, std::size_t j) const
    {
        double sum = 0;
        for (std::size_t k = 0; k < v_; ++k) {
            const double d = z_[i * v_ + k] - z_[j * v_ + k];
            sum += d * d;
        }
        return sum;
    }
    /// Of distance2(i, j) over the others.
    [[nodiscard]] Moments others(std::size_t i) const;

  private:
    [[nodiscard]] Moments others_by_hand(std::size_t i) const;
    void add_up();

    std::size_t v_ = 0;
    double n_ = 0;
    std::vector<double> presence_;
    std::vector<double> z_;
    double sum2_ = 0;            ///< sum |z|^2
    double sum4_ = 0;            ///< sum |z|^4
    std::vector<double> sum3_;   ///< sum |z|^2 z
    std::vector<double> square_; ///< sum z z', v x v
    std::map<std::size_t, Moments> heavy_;
};

Standardised::Standardised(std::span<const std::vector<double>> variables, std::size_t n) : presence_(n)
{
    for (const std::vector<double>& x : variables) {
        for (std::size_t i = 0; i < n; ++i) {
            presence_[i] += std::isnan(x[i]) ? missing : 0;
        }
    }
    std::vector<CentredValues> used;
    std::vector<double> x(n);
    for (const std::vector<double>& variable : variables) {
        std::transform(variable.begin(), variable.end(), presence_.begin(), x.begin(), std::plus<>());
        CentredValues centred = centred_values(x);
        n_ = static_cast<double>(centred.present);
        if (!centred.constant) {
            used.push_back(std::move(centred));
        }
    }
    v_ = used.size();
    z_.resize(n * v_);
    for (std::size_t k = 0; k < v_; ++k) {
        const double sd = std::sqrt(used[k].sum2 / (n_ - 1));
        for (std::size_t i = 0; i < n; ++i) {
            z_[i * v_ + k] = used[k].z[i] / sd;
        }
    }
    add_up();
}

void Standardised::add_up()
{
    CompensatedSum sum2;
    CompensatedSum sum4;
    std::vector<CompensatedSum> sum3(v_);
    std::vector<CompensatedSum> square(v_ * v_);
    for (std::size_t i = 0; i < presence_.size(); ++i) {
        if (std::isnan(presence_[i])) {
            continue;
        }
        const auto z = of(i);
        double length2 = 0;
        for (std::size_t k = 0; k < v_; ++k) {
            length2 += z[k] * z[k];
            for (std::size_t l = 0; l < v_; ++l) {
                square[k * v_ + l].add(z[k] * z[l]);
            }
        }
        sum2.add(length2);
        sum4.add(length2 * length2);
        for (std::size_t k = 0; k < v_; ++k) {
            sum3[k].add(length2 * z[k]);
        }
    }
    sum2_ = sum2.value();
    sum4_ = sum4.value();
    const auto value_of = [](const CompensatedSum& sum) {
        return sum.value();
    };
    std::transform(sum3.begin(), sum3.end(), std::back_inserter(sum3_), value_of);
    std::transform(square.begin(), square.end(), std::back_inserter(square_), value_of);
    // taking a feature out of the sums loses digits only where it made up most of them: at most eight are
    for (std::size_t i = 0; i < presence_.size(); ++i) {
        double length2 = 0;
        for (const double z : of(i)) {
            length2 += z * z;
        }
        if (length2 * length2 > sum4_ / 8) {
            heavy_.emplace(i, others_by_hand(i));
        }
    }
}

Moments Standardised::others_by_hand(std::size_t i) const
{
    CompensatedSum sum;
    CompensatedSum squares;
    double least = std::numeric_limits<double>::infinity();
    double greatest = 0;
    const double count = n_ - 1;
    const auto each = [&](auto use) {
        for (std::size_t j = 0; j < presence_.size(); ++j) {
            if (j != i && !std::isnan(presence_[j])) {
                use(distance2(i, j));
            }
        }
    };
    each([&](double y) {
        sum.add(y);
        least = std::min(least, y);
        greatest = std::max(greatest, y);
    });
    const double mean = sum.value() / count;
    each([&](double y) { squares.add((y - mean) * (y - mean)); });
    return {mean, least < greatest ? squares.value() / count : 0};
}

Moments Standardised::others(std::size_t i) const
{
    if (const auto at = heavy_.find(i); at != heavy_.end()) {
        return at->second;
    }
    // |z_i - z_j|^2 = |z_i|^2 + u_j with u_j = |z_j|^2 - 2 z_i z_j; z itself sums to 0
    const auto z = of(i);
    double own2 = 0;
    double third = 0;  // z_i' sum |z_j|^2 z_j
    double square = 0; // z_i' (sum z_j z_j') z_i
    for (std::size_t k = 0; k < v_; ++k) {
        own2 += z[k] * z[k];
        third += z[k] * sum3_[k];
        for (std::size_t l = 0; l < v_; ++l) {
            square += z[k] * square_[k * v_ + l] * z[l];
        }
    }
    const double count = n_ - 1;
    const double mean_u = (sum2_ + own2) / count;
    const double own4 = own2 * own2;
    const double mean_u2 = ((sum4_ - own4) - 4 * (third - own4) + 4 * (square - own4)) / count;
    const double variance = mean_u2 - mean_u * mean_u;
    return {own2 + mean_u, variance > 1e-13 * mean_u2 ? variance : 0};
}

/// A neighbourhood's sums.
struct Around {
    double distance2 = 0; ///< sum w |z_i - z_j|^2
    double lag = 0;       ///< sum w z_j of the first variable
    double w = 0;
    double ww = 0;
    std::int32_t count = 0;
};

Around around(const Standardised& values, const Weights& weights, std::size_t i)
{
    Around sums;
    for_links(values.presence(), weights, i, [&](std::size_t j, double w) {
        sums.distance2 += w * values.distance2(i, j);
        sums.lag += values.variables() > 0 ? w * values.of(j).front() : 0;
        sums.w += w;
        sums.ww += w * w;
        ++sums.count;
    });
    return sums;
}

GearyType type_of(double difference, double own, double lag, bool single)
{
    if (difference == 0) {
        return GearyType::none;
    }
    if (difference > 0) {
        return GearyType::negative;
    }
    if (single && own > 0 && lag > 0) {
        return GearyType::high_high;
    }
    return single && own < 0 && lag < 0 ? GearyType::low_low : GearyType::other_positive;
}

void put(LocalGeary& result, std::size_t i, const Standardised& values, const Around& a, bool single)
{
    result.neighbours[i] = a.count;
    if (a.count == 0) {
        return;
    }
    result.z[i] = 0;
    if (values.variables() > 0) {
        const auto v = static_cast<double>(values.variables());
        const double others = values.present() - 1;
        const Moments y = values.others(i);
        const double shape = others * a.ww - a.w * a.w;
        result.value[i] = a.distance2 / v;
        result.expected[i] = a.w * y.mean / v;
        result.variance[i] = shape > 1e-12 * others * a.ww ? y.variance * shape / (others - 1) / (v * v) : 0;
        const double difference = result.value[i] - result.expected[i];
        if (result.variance[i] > 0) {
            result.z[i] = difference / std::sqrt(result.variance[i]);
            result.type[i] = type_of(difference, values.of(i).front(), a.lag, single);
        }
    }
    result.p[i] = two_sided_p(result.z[i]);
}

} // namespace

LocalGeary local_geary(std::span<const double> values, const Weights& weights)
{
    const std::vector<double> one(values.begin(), values.end());
    return local_geary(std::span(&one, 1), weights);
}

LocalGeary local_geary(std::span<const std::vector<double>> variables, const Weights& weights)
{
    require(!variables.empty(), "no variables");
    const std::size_t n = weights.size();
    for (const std::vector<double>& x : variables) {
        require(x.size() == n, "{} values and {} rows of weights", x.size(), n);
    }
    const Standardised values(variables, n);
    const std::vector<double> none(n, missing);
    LocalGeary result{none, none, none, none, none, std::vector<GearyType>(n), std::vector<std::int32_t>(n)};
    parallel_chunks(n, 4096, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            if (!std::isnan(values.presence()[i])) {
                put(result, i, values, around(values, weights, i), variables.size() == 1);
            }
        }
    });
    return result;
}

} // namespace vigil
