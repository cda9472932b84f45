#include "tests/tools/hotspots_runs.h"

#include <catch2/catch.hpp>

#include <bit>
#include <limits>
#include <numeric>

using namespace vigil::test;

namespace {

const std::string mesa = testdata("mesa/mesa_crimes.csv");
const Words mesa_cells = {"--cell", "100", "--crs", "EPSG:26912"};

double share_at_most(const std::vector<double>& p, double limit)
{
    const auto low = std::count_if(p.begin(), p.end(), [=](double v) { return v <= limit; });
    return static_cast<double>(low) / static_cast<double>(p.size());
}

double furthest(const std::vector<double>& a, const std::vector<double>& b)
{
    REQUIRE(a.size() == b.size());
    REQUIRE(!a.empty());
    double most = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        REQUIRE(std::isnan(a[i]) == std::isnan(b[i]));
        most = std::isnan(a[i]) ? most : std::max(most, std::fabs(a[i] - b[i]));
    }
    return most;
}

/// Adjusted p by the definition, one feature after the other: the least of p_j m f / rank_j over p_j >= p_i.
std::vector<double> adjusted_plainly(const std::vector<double>& p, bool yekutieli)
{
    const auto m = static_cast<double>(p.size());
    double factor = 1;
    for (int j = 2; yekutieli && j <= static_cast<int>(p.size()); ++j) {
        factor += 1.0 / j;
    }
    std::vector<double> q;
    for (const double pi : p) {
        double least = 1;
        for (const double pj : p) {
            if (pj >= pi) {
                const auto rank = std::count_if(p.begin(), p.end(), [=](double v) { return v <= pj; });
                least = std::min(least, pj * m * factor / static_cast<double>(rank));
            }
        }
        q.push_back(least);
    }
    return q;
}

double bin_of(double q, double z)
{
    const double level = q <= 0.01 ? 3 : q <= 0.05 ? 2 : q <= 0.1 ? 1 : 0;
    return z < 0 ? -level : level;
}

} // namespace

TEST_CASE("pure noise on a sparse grid is called significant no more often than was asked for", "[hotspots]")
{
    // 202 of 3,600 cells hold an incident, 5.6 %; a rule that counts ties in one tail calls 69 % of them at
    // .05
    const TemporaryFolder folder;
    for (const std::uint32_t seed : {1U, 20U, 300U}) {
        CAPTURE(seed);
        const std::string file = folder.file("noise.csv", sparse_noise(60, 202, seed).text());
        const Made noise = made(folder, file, joined(noise_frame(60), {"--seed", fmt::format("{}", seed)}));
        REQUIRE(noise.ran.exit_code == 0);
        REQUIRE(noise["n"].size() == 3600);
        CHECK(share_at_most(noise["p_sim"], 0.05) <= 0.05);
        CHECK(share_at_most(noise["p_exact"], 0.05) <= 0.05);
        CHECK(share_at_most(noise["p_sim"], 0.002) <= 0.002);
        const auto exact = made(folder, file, joined(noise_frame(60), {"--p", "exact"}));
        const auto bin = exact["gi_bin"];
        CHECK(std::count(bin.begin(), bin.end(), 0.0) >= 3590); // the false discovery rate is held
    }
}

TEST_CASE("a planted patch stands out as far as the draws can tell", "[hotspots]")
{
    // 4 x 4 cells with 5 incidents each, columns and rows 20 to 23 from the south-west
    const TemporaryFolder folder;
    Rows rows = sparse_noise(60, 202, 7);
    for (int k = 0; k < 16 * 5; ++k) {
        rows.add(502050 + 100 * (k % 4), 5002050 + 100 * (k / 4 % 4));
    }
    const std::string file = folder.file("patch.csv", rows.text());
    const Made patch = made(folder, file, noise_frame(60));
    REQUIRE(patch.ran.exit_code == 0);
    const auto p_sim = patch["p_sim"];
    const auto p_exact = patch["p_exact"];
    const auto z = patch["gi_z"];
    for (const std::size_t col : {21U, 22U}) {
        for (const std::size_t row : {21U, 22U}) { // cells are numbered from the north-west
            const std::size_t cell = (59 - row) * 60 + col;
            CHECK(z[cell] > 10);
            CHECK(p_sim[cell] == 0.002); // 2 (0 + 1) / (999 + 1)
            CHECK(p_exact[cell] < 1e-9);
        }
    }
    const Made exact = made(folder, file, joined(noise_frame(60), {"--p", "exact"}));
    const auto bin = exact["gi_bin"];
    for (std::size_t i = 0; i < bin.size(); ++i) {
        const auto row = static_cast<int>(59 - i / 60);
        const auto col = static_cast<int>(i % 60);
        const bool near = row >= 18 && row <= 25 && col >= 18 && col <= 25;
        CHECK((near || bin[i] == 0));
    }
    CHECK(std::count(bin.begin(), bin.end(), 3.0) >= 16);
}

TEST_CASE("permutations agree with the exact distribution as draws should", "[hotspots]")
{
    // (K - R p) / sqrt(R p (1 - p)) is standard normal, K = p_sim (R + 1) - 1
    const TemporaryFolder folder;
    constexpr double draws = 9999;
    for (const std::string tail : {"greater", "less"}) {
        const Made t = made(folder, mesa, joined(mesa_cells, {"--tail", tail, "--permutations", "9999"}));
        REQUIRE(t.ran.exit_code == 0);
        const auto sim = t["p_sim"];
        const auto exact = t["p_exact"];
        double squares = 0;
        double most = 0;
        int tested = 0;
        for (std::size_t i = 0; i < sim.size(); ++i) {
            if (exact[i] > 0.001 && exact[i] < 0.999) {
                const double hits = std::round(sim[i] * (draws + 1)) - 1;
                const double z = (hits - draws * exact[i]) / std::sqrt(draws * exact[i] * (1 - exact[i]));
                squares += z * z;
                most = std::max(most, std::fabs(z));
                ++tested;
            }
        }
        CAPTURE(tail, tested, most);
        REQUIRE(tested > 150);
        const double rms = std::sqrt(squares / tested);
        CHECK(rms > 0.5);
        CHECK(rms < 1.5);
        CHECK(most < 4.5);
    }
}

TEST_CASE("the tails and mid-p add up", "[hotspots]")
{
    const TemporaryFolder folder;
    const auto with = [&](const Words& words) {
        Made t = made(folder, mesa, joined(mesa_cells, words));
        REQUIRE(t.ran.exit_code == 0);
        return t;
    };
    const Made both = with({});
    const Made greater = with({"--tail", "greater"});
    const Made less = with({"--tail", "less"});
    const Made both_mid = with({"--mid-p"});
    const Made greater_mid = with({"--tail", "greater", "--mid-p"});
    const Made less_mid = with({"--tail", "less", "--mid-p"});
    for (const std::string field : {"p_sim", "p_exact"}) {
        CAPTURE(field);
        const auto two = both[field];
        const auto up = greater[field];
        const auto down = less[field];
        const auto two_mid = both_mid[field];
        const auto up_mid = greater_mid[field];
        const auto down_mid = less_mid[field];
        const double least = field == "p_sim" ? 1.0 / 1000 : 0; // no mid-p is less than one draw's worth
        for (std::size_t i = 0; i < two.size(); ++i) {
            CHECK(std::fabs(two[i] - std::min(1.0, 2 * std::min(up[i], down[i]))) < 1e-12);
            CHECK(up[i] + down[i] >= 1 - 1e-12); // ties count in both
            CHECK(up_mid[i] <= up[i] + 1e-12);
            CHECK(two_mid[i] <= two[i] + 1e-12);
            CHECK((up_mid[i] <= least || down_mid[i] <= least ||
                   std::fabs(up_mid[i] + down_mid[i] - 1) < 1e-9));
        }
    }
    const auto z = both["gi_z"];
    const auto p = greater["gi_p"];
    for (std::size_t i = 0; i < z.size(); ++i) { // one-sided normal p
        CHECK(std::fabs(p[i] - std::erfc(z[i] / std::sqrt(2.0)) / 2) < 1e-12);
    }
    for (const double bin : greater["gi_bin_raw"]) { // only what is high is asked for
        CHECK(bin >= 0);
    }
    for (const double bin : less["gi_bin_raw"]) {
        CHECK(bin <= 0);
    }
}

TEST_CASE("gi_p and the bins follow --p, the other columns stay", "[hotspots]")
{
    const TemporaryFolder folder;
    const auto with = [&](const Words& words) {
        Made t = made(folder, mesa, joined(mesa_cells, words));
        REQUIRE(t.ran.exit_code == 0);
        return t;
    };
    const Made normal = with({"--p", "normal"});
    const Made exact = with({"--p", "exact"});
    const Made draws = with({"--p", "permutation"});
    CHECK(with({}).columns == normal.columns);
    CHECK(!normal.has("p_norm"));
    CHECK(exact["gi_p"] == normal["p_exact"]);
    CHECK(exact["p_norm"] == normal["gi_p"]);
    CHECK(exact["p_sim"] == normal["p_sim"]);
    CHECK(draws["gi_p"] == normal["p_sim"]);
    CHECK(draws["p_norm"] == normal["gi_p"]);
    CHECK(draws["p_exact"] == normal["p_exact"]);
    for (const Made* t : {&exact, &draws}) {
        CHECK((*t)["gi_z"] == normal["gi_z"]);
        CHECK((*t)["n_nbrs"] == normal["n_nbrs"]);
    }
    const Made none = with({"--permutations", "0"});
    CHECK(!none.has("p_sim"));
    CHECK(none["p_exact"] == normal["p_exact"]);
    CHECK(none["gi_bin"] == normal["gi_bin"]);
    CHECK(said(hotspots(joined({mesa, "-", "-v"}, mesa_cells)), "p by the normal distribution"));
}

TEST_CASE("bins are those of p adjusted by the definition", "[hotspots]")
{
    const TemporaryFolder folder;
    for (const std::string p_kind : {"normal", "exact", "permutation"}) {
        const auto with = [&](const std::string& rule) {
            return made(folder, mesa, joined(mesa_cells, {"--p", p_kind, "--fdr", rule}));
        };
        const Made bh = with("bh");
        const Made by = with("by");
        const Made none = with("none");
        const auto p = bh["gi_p"];
        CHECK(furthest(bh["gi_q"], adjusted_plainly(p, false)) < 1e-12);
        CHECK(furthest(by["gi_q"], adjusted_plainly(p, true)) < 1e-12);
        CHECK(!none.has("gi_q"));
        CHECK(none["gi_bin"] == none["gi_bin_raw"]);
        CHECK(none["gi_bin"] == bh["gi_bin_raw"]);
        const auto z = bh["gi_z"];
        for (const auto& [table, field, bins] :
             std::vector<std::tuple<const Made*, std::string, std::string>>{
                 {&bh, "gi_q", "gi_bin"}, {&by, "gi_q", "gi_bin"}, {&bh, "gi_p", "gi_bin_raw"}}) {
            const auto level = (*table)[field];
            const auto bin = (*table)[bins];
            for (std::size_t i = 0; i < bin.size(); ++i) {
                CHECK(std::fabs(bin[i]) == std::fabs(bin_of(level[i], z[i])));
                CHECK((p_kind != "normal" || bin[i] == bin_of(level[i], z[i])));
            }
        }
    }
}

TEST_CASE("the Monte Carlo interval is about p_sim, and mostly about the exact p", "[hotspots]")
{
    const TemporaryFolder folder;
    const Made t = made(folder, mesa, joined(mesa_cells, {"--p-interval"}));
    REQUIRE(t.ran.exit_code == 0);
    const auto low = t["p_low"];
    const auto high = t["p_high"];
    const auto sim = t["p_sim"];
    const auto exact = t["p_exact"];
    std::size_t holds = 0;
    for (std::size_t i = 0; i < sim.size(); ++i) {
        CHECK(low[i] <= sim[i]);
        CHECK(sim[i] <= high[i]);
        holds += low[i] <= exact[i] && exact[i] <= high[i] ? 1U : 0U;
    }
    CHECK(holds > sim.size() * 9 / 10); // 95 % in the long run; features share their draws
    CHECK(!made(folder, mesa, mesa_cells).has("p_low"));
    const Made other = made(folder, mesa, joined(mesa_cells, {"--seed", "2"}));
    CHECK(other["p_sim"] != sim);
    CHECK(other["p_exact"] == exact);
}

TEST_CASE("exact p is what all subsets of a tiny case give, under either null", "[hotspots]")
{
    // 8 places on a line 100 m apart, band 150 m: two neighbours, one at the ends
    const TemporaryFolder folder;
    const std::vector<int> x = {3, 0, 1, 7, 5, 0, 2, 1};
    Rows rows("x,y,weight");
    for (std::size_t i = 0; i < x.size(); ++i) {
        rows.add(500000 + 100 * i, 5000000, x[i]);
    }
    const std::string file = folder.file("line.csv", rows.text());
    const Words frame = joined(on_plane, {"--grid", "points", "--weights", "band", "--band", "150", "-q"});
    for (const bool total : {false, true}) {
        const Made t =
            made(folder, file, joined(frame, {"--p", "exact", "--null", total ? "total" : "conditional"}));
        REQUIRE(t.ran.exit_code == 0);
        const auto p = t["gi_p"];
        for (std::size_t i = 0; i < x.size(); ++i) {
            unsigned drawn = 0; // the observed subset, as bits
            for (std::size_t j = i > 0 ? i - 1 : 0; j <= std::min(i + 1, x.size() - 1); ++j) {
                drawn |= total || j != i ? 1U << j : 0U;
            }
            const auto sum_of = [&](unsigned set) {
                int sum = 0;
                for (std::size_t j = 0; j < x.size(); ++j) {
                    sum += (set >> j & 1U) != 0 ? x[j] : 0;
                }
                return sum;
            };
            double all = 0;
            double above = 0;
            double below = 0;
            for (unsigned set = 0; set < 256; ++set) {
                const bool possible =
                    std::popcount(set) == std::popcount(drawn) && (total || (set >> i & 1U) == 0);
                all += possible ? 1 : 0;
                above += possible && sum_of(set) >= sum_of(drawn) ? 1 : 0;
                below += possible && sum_of(set) <= sum_of(drawn) ? 1 : 0;
            }
            CAPTURE(total, i);
            CHECK(std::fabs(p[i] - std::min(1.0, 2 * std::min(above, below) / all)) < 1e-12);
        }
    }
}
