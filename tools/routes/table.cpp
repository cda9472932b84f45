#include "tools/routes/table.h"

#include "libgeo/io/block_file.h"
#include "libgeo/io/provenance.h"
#include "libgeo/text.h"
#include "tools/routes/find.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace vigil::tools {

namespace {

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
    io::BlockFile file(output.file(), o.output);
    file.text() += "from_id,to_id,cost_min,status\n";
    std::size_t without = 0;
    for_cost_rows(network, places.first(ends.from.size()), places.subspan(ends.from.size()),
                  [&](std::size_t i, std::span<const double> minutes) {
                      append_row(file.text(), ends, snapped, i, minutes);
                      file.flush_when_full();
                      without += static_cast<std::size_t>(std::count_if(
                          minutes.begin(), minutes.end(), [](double m) { return std::isnan(m); }));
                      context.progress(static_cast<double>(i + 1) / static_cast<double>(ends.from.size()));
                  });
    file.close();
    const std::size_t costs = ends.from.size() * ends.to.size();
    if (without > 0) {
        context.warn("{} of {} costs are missing: no path along the network, or a place off it", without,
                     costs);
    }
    if (!o.write.drop_provenance && !output.to_stream()) {
        io::write_text(output.sidecar(".vigil.json"), o.output, io::provenance_json(o.write.provenance));
    }
    output.commit();
    context.tell("{} costs written", costs - without);
}

} // namespace vigil::tools
