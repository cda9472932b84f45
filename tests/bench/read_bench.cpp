// Reading: scanner alone, and incidents from a file. Three sizes a factor of ten apart; 7 columns, about
// 85 bytes a row as in docs/benchmarks.md. The worst case for the scanner is a table of quoted fields.
#include "libgeo/csv.h"
#include "libgeo/io/incidents_io.h"
#include "libgeo/io/source.h"
#include "libgeo/random.h"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

namespace {

std::string table(std::int64_t rows, bool quoted)
{
    const vigil::Random random(20240304, 0);
    const char* const kinds[] = {"burglary", "theft of vehicle", "robbery", "assault"};
    const std::string q = quoted ? "\"" : "";
    std::string text = "id,occurred_at,category,longitude,latitude,district,note\n";
    for (std::int64_t i = 0; i < rows; ++i) {
        const auto draw = static_cast<std::uint64_t>(i) * 4;
        const std::uint64_t when = random.bits(draw);
        fmt::format_to(
            std::back_inserter(text),
            "{0}{1}{0},{0}2023-{2:02}-{3:02} {4:02}:{5:02}:00{0},{0}{6}{0},{0}{7:.6f}{0},{0}{8:.6f}{0},"
            "{0}{9}{0},{0}report number {1} of all{0}\n",
            q, i, 1 + when % 12, 1 + when / 12 % 28, when / 336 % 24, when / 8064 % 60, kinds[i % 4],
            -87.65 + 0.2 * random.uniform(draw + 1), 41.85 + 0.2 * random.uniform(draw + 2), 1 + when % 25);
    }
    return text;
}

void scan(benchmark::State& state, bool quoted)
{
    const std::string text = table(state.range(0), quoted);
    for (auto _ : state) {
        vigil::CsvScanner scanner(text, ',');
        std::size_t fields = 0;
        while (scanner.next()) {
            fields += scanner.fields().size();
        }
        benchmark::DoNotOptimize(fields);
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

void scan_plain(benchmark::State& state)
{
    scan(state, false);
}

void scan_quoted(benchmark::State& state)
{
    scan(state, true);
}

/// A file in the temporary folder that goes away again.
class TemporaryTable {
  public:
    explicit TemporaryTable(const std::string& text)
        : path_((std::filesystem::temp_directory_path() / "vigil-read-bench.csv").string())
    {
        std::ofstream(path_, std::ios::binary) << text;
    }
    TemporaryTable(const TemporaryTable&) = delete;
    TemporaryTable& operator=(const TemporaryTable&) = delete;
    ~TemporaryTable() { std::filesystem::remove(path_); }
    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    std::string path_;
};

void inspect(benchmark::State& state)
{
    const std::string text = table(state.range(0), false);
    const TemporaryTable file(text);
    for (auto _ : state) {
        benchmark::DoNotOptimize(vigil::io::inspect_incidents(file.path()).accepted);
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

void read_projected(benchmark::State& state)
{
    const std::string text = table(state.range(0), false);
    const TemporaryTable file(text);
    for (auto _ : state) {
        benchmark::DoNotOptimize(vigil::io::read_incidents(file.path()).incidents.size());
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

void sha256(benchmark::State& state)
{
    const std::string text = table(state.range(0), false);
    for (auto _ : state) {
        benchmark::DoNotOptimize(vigil::io::sha256_hex(text));
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

BENCHMARK(scan_plain)->Arg(10'000)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(scan_quoted)->Arg(10'000)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(inspect)->Arg(10'000)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(read_projected)->Arg(10'000)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(sha256)->Arg(10'000)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

} // namespace
