#include "tools/routes/table.h"

#include "libgeo/error.h"
#include "libgeo/io/provenance.h"
#include "libgeo/text.h"
#include "tools/routes/find.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <span>

namespace vigil::tools {

namespace {

void require_written(std::ofstream& out, const std::string& shown)
{
    if (!out) {
        fail(ExitCode::output, "{}: could not be written", shown);
    }
}

void write_file(const std::string& file, const std::string& shown, std::string_view bytes)
{
    std::ofstream out(file, std::ios::binary);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.close();
    require_written(out, shown);
}

/// The lines of one origin.
void append_row(std::string& csv, const RouteEnds& ends, const SnappedPlaces& snapped, std::size_t i,
                std::span<const double> minutes)
{
    std::string from;
    append_csv(from, ends.from_id[i]);
    for (std::size_t j = 0; j < minutes.size(); ++j) {
        csv += from;
        csv += ',';
        append_csv(csv, ends.to_id[j]);
        csv += ',';
        if (!std::isnan(minutes[j])) {
            append_fixed(csv, minutes[j], 5);
        }
        const bool off = !snapped.places[i] || !snapped.places[ends.from.size() + j];
        csv += off ? ",off_network\n" : (std::isnan(minutes[j]) ? ",no_path\n" : ",ok\n");
    }
}

} // namespace

void write_cost_table(const RoutesOptions& o, const RouteEnds& ends, const SnappedPlaces& snapped,
                      const LegNetwork& network, const cli::Context& context)
{
    const std::span places(snapped.places);
    io::PendingOutput output(o.output, o.write.overwrite);
    std::ofstream out(output.file(), std::ios::binary);
    out << "from_id,to_id,cost_min,status\n";
    std::size_t without = 0;
    std::string csv;
    for_cost_rows(network, places.first(ends.from.size()), places.subspan(ends.from.size()),
                  [&](std::size_t i, std::span<const double> minutes) {
                      csv.clear();
                      append_row(csv, ends, snapped, i, minutes);
                      out.write(csv.data(), static_cast<std::streamsize>(csv.size()));
                      without += static_cast<std::size_t>(std::count_if(
                          minutes.begin(), minutes.end(), [](double m) { return std::isnan(m); }));
                      context.progress(static_cast<double>(i + 1) / static_cast<double>(ends.from.size()));
                  });
    out.close();
    require_written(out, o.output);
    const std::size_t costs = ends.from.size() * ends.to.size();
    if (without > 0) {
        context.warn("{} of {} costs are missing: no path along the network, or a place off it", without,
                     costs);
    }
    if (!o.write.drop_provenance && !output.to_stream()) {
        write_file(output.sidecar(".vigil.json"), o.output, io::provenance_json(o.write.provenance));
    }
    output.commit();
    context.tell("{} costs written", costs - without);
}

} // namespace vigil::tools
