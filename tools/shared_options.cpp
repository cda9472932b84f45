#include "tools/shared_options.h"

#include "libgeo/error.h"

namespace vigil::tools {

void add_read_options(cli::Command& command, io::ReadOptions& options)
{
    command.text("--x", options.x, "column of longitudes or eastings; found by name unless given")
        .text("--y", options.y, "column of latitudes or northings; found by name unless given")
        .text("--wkt", options.wkt, "column of WKT points, instead of --x and --y")
        .text("--time", options.time, "column of dates or times (start, when --time-end is given)")
        .text("--time-end", options.time_end, "column of the latest possible time")
        .text("--weight", options.weight, "column of weights or counts; every incident counts 1 without")
        .text("--category", options.category, "column of categories")
        .text("--stage", options.stage, "column of stages (recruitment, transit, exploitation)")
        .text("--source", options.source, "column that says who reported")
        .text("--uncertainty", options.uncertainty, "column of location uncertainty, metres")
        .text("--id", options.id, "column of identifiers")
        .choice<int>("--date-order", options.date_order, {{"auto", 0}, {"dmy", 1}, {"mdy", 2}},
                     "how 03/04/2024 is read; decided from the whole column unless given")
        .text("--input-crs", options.crs_in, "CRS of the coordinates in the file, such as EPSG:27700")
        .text("--crs", options.crs, "projected CRS to work in; chosen for the extent unless given")
        .text("--layer", options.layer, "layer of a GIS file")
        .text("--rejects", options.rejects,
              "CSV file that keeps the rows that cannot be used, with the reason")
        .flag("--allow-vsi", options.allow_vsi, "accept GDAL's virtual file paths (/vsizip/, /vsicurl/)");
}

void add_write_options(cli::Command& command, io::WriteOptions& options)
{
    command.flag("--overwrite", options.overwrite, "replace existing outputs")
        .text("--format", options.format, "output format when the file name does not tell it")
        .flag("--no-provenance", options.drop_provenance, "leave out how the output was made");
}

io::ReadIncidents read_incidents(const std::string& path, io::ReadOptions options,
                                 const cli::Context& context, Rejects rejects)
{
    options.max_memory_bytes = context.max_memory_bytes;
    io::ReadIncidents read = io::read_incidents(path, options);
    tell_report(read.report, context, rejects);
    return read;
}

void tell_report(const io::ReadReport& report, const cli::Context& context, Rejects rejects)
{
    for (const auto& rejected : report.rejected) {
        context.warn("{}: {} of {} rows skipped: {} (first at {} {}){}", report.name, rejected.count,
                     report.records, rejected.reason, report.row_word, rejected.first_row,
                     rejects == Rejects::option ? "; --rejects FILE keeps them" : "");
    }
    for (const std::string& warning : report.warnings) {
        context.warn("{}: {}", report.name, warning);
    }
    std::string roles;
    for (const auto& column : report.columns) {
        if (!column.role.empty()) {
            roles += fmt::format(" {}={}", column.role, column.name);
        }
    }
    context.tell("{}: read {} {} records, {} accepted; CRS {};{}", report.name, report.records, report.format,
                 report.accepted, report.crs_in.label(), roles);
}

Provenance provenance_of(const cli::Context& context, const io::ReadReport& report, const Crs& crs)
{
    Provenance provenance = context.provenance();
    provenance.inputs.push_back({report.name, report.sha256});
    provenance.crs = crs.label();
    provenance.notes.emplace_back("records", fmt::format("{}", report.records));
    provenance.notes.emplace_back("accepted", fmt::format("{}", report.accepted));
    return provenance;
}

} // namespace vigil::tools
