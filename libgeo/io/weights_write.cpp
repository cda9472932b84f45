#include "libgeo/csv.h"
#include "libgeo/error.h"
#include "libgeo/io/block_file.h"
#include "libgeo/io/output.h"
#include "libgeo/io/weights_ids.h"
#include "libgeo/io/weights_io.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

namespace vigil::io {

namespace {

WeightsFormat format_of(const std::string& path, const WriteWeightsOptions& options)
{
    if (options.format) {
        return *options.format;
    }
    if (path.ends_with(".gal")) {
        return WeightsFormat::gal;
    }
    if (path.ends_with(".gwt")) {
        return WeightsFormat::gwt;
    }
    if (!path.ends_with(".csv")) {
        fail(ExitCode::output, "{}: is not the name of a file of weights; end it in .gal, .gwt or .csv",
             path);
    }
    return WeightsFormat::csv;
}

/// Whether text stands as one word between spaces.
bool is_word(std::string_view text)
{
    return !text.empty() && std::none_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) <= ' ' || c == '\x7f';
    });
}

/// The ids as they are to stand in the file.
std::vector<std::string> written_ids(const std::string& path, std::size_t n, std::span<const std::string> ids,
                                     WeightsFormat format)
{
    std::vector<std::string> written;
    written.reserve(n);
    if (ids.empty()) {
        for (std::size_t i = 1; i <= n; ++i) {
            written.push_back(fmt::format("{}", i));
        }
        return written;
    }
    require(ids.size() == n, "{} ids for {} rows of weights", ids.size(), n);
    const WeightsIds unique(ids); // throws when they are not
    for (const std::string& id : ids) {
        const std::string_view bare = trimmed(id);
        if (format == WeightsFormat::csv) {
            append_csv_field(written.emplace_back(), with_formula_guard(bare));
        } else if (is_word(bare)) {
            written.emplace_back(bare);
        } else {
            fail(ExitCode::output, "{}: the id {} holds spaces, which this format cannot have; write .csv",
                 path, shown(bare));
        }
    }
    return written;
}

void write_gal(BlockFile& file, const Weights& weights, const std::vector<std::string>& ids)
{
    for (std::size_t i = 0; i < weights.size(); ++i) {
        fmt::format_to(std::back_inserter(file.text()), "{} {}\n", ids[i], weights.neighbours(i).size());
        std::string_view space;
        for (const std::uint32_t j : weights.neighbours(i)) {
            file.text().append(space).append(ids[j]);
            space = " ";
        }
        file.text() += '\n';
        file.flush_when_full();
    }
}

void write_links(BlockFile& file, const Weights& weights, const std::vector<std::string>& ids, char between)
{
    for (std::size_t i = 0; i < weights.size(); ++i) {
        for (std::size_t l = weights.begin_of(i); l < weights.end[i]; ++l) {
            fmt::format_to(std::back_inserter(file.text()), "{}{}{}{}{}\n", ids[i], between,
                           ids[weights.neighbour[l]], between, weights.weight_of(l));
            file.flush_when_full();
        }
    }
}

} // namespace

void write_weights(const std::string& path, const Weights& weights, std::span<const std::string> ids,
                   const WriteWeightsOptions& options)
{
    const WeightsFormat format = format_of(path, options);
    const std::vector<std::string> names = written_ids(path, weights.size(), ids, format);
    const bool weighted =
        std::any_of(weights.weight.begin(), weights.weight.end(), [](double w) { return w != 1; });
    if (format == WeightsFormat::gal && weighted) {
        fail(ExitCode::output, "{}: GAL holds neighbours without weights; write .gwt or .csv", path);
    }
    PendingOutput output(path, options.overwrite);
    BlockFile file(output.file(), path);
    if (format == WeightsFormat::csv) {
        file.text() += "from,to,weight\n";
        write_links(file, weights, names, ',');
    } else {
        if (!is_word(options.layer) || !is_word(options.id)) {
            fail(ExitCode::output, "{}: the header's names {} and {} must be words without spaces", path,
                 shown(options.layer), shown(options.id));
        }
        file.text() += fmt::format("0 {} {} {}\n", weights.size(), options.layer, options.id);
        format == WeightsFormat::gal ? write_gal(file, weights, names)
                                     : write_links(file, weights, names, ' ');
    }
    file.close();
    output.commit();
}

} // namespace vigil::io
