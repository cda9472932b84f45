#include "tools/target/outputs.h"

#include "libgeo/error.h"
#include "libgeo/io/features_io.h"
#include "libgeo/io/source.h"

#include <algorithm>
#include <cctype>
#include <filesystem>

namespace fs = std::filesystem;

namespace vigil::tools {

namespace {

std::string extension_of(const std::string& path)
{
    std::string extension = path == "-" ? "" : fs::path(path).extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return extension;
}

/// "targets.json", 2 -> "targets-2.json"
std::string numbered(const std::string& path, std::size_t number)
{
    const fs::path whole(path);
    const std::string name =
        fmt::format("{}-{}{}", whole.stem().string(), number, whole.extension().string());
    return (whole.parent_path() / name).string();
}

} // namespace

TargetFile target_file(const std::string& path, const std::string& platform, const std::string& format)
{
    const bool chosen = platform != "auto";
    const std::string otherwise = chosen ? platform : "generic";
    if (!format.empty()) {
        return {path, TargetForm::layer, format, otherwise};
    }
    const std::string extension = extension_of(path);
    if (extension == ".json") {
        if (chosen && platform != "meta") {
            throw UsageError(fmt::format("{}: .json is Meta's targeting; for --platform {} name a {} file",
                                         io::base_name(path), platform,
                                         platform == "google" ? ".csv" : ".geojson"));
        }
        return {path, TargetForm::meta, {}, "meta"};
    }
    if (extension == ".csv" && platform != "generic") {
        if (platform == "meta") {
            throw UsageError(
                fmt::format("{}: .csv is Google Ads Editor's; for --platform meta name a .json file",
                            io::base_name(path)));
        }
        return {path, TargetForm::google, {}, "google"};
    }
    if (extension.empty() && platform == "meta") {
        return {path, TargetForm::meta, {}, "meta"};
    }
    if (extension.empty() && platform == "google") {
        return {path, TargetForm::google, {}, "google"};
    }
    return {path, TargetForm::layer, {}, otherwise};
}

TargetOutputs::TargetOutputs(const std::vector<TargetFile>& files, const TargetWriting& writing)
    : files_(files), writing_(writing)
{
    for (const TargetFile& file : files_) {
        for (const Pending& other : pending_) {
            if (fs::path(other.path).lexically_normal() == fs::path(file.path).lexically_normal()) {
                throw UsageError(fmt::format("{}: is named twice as an output", file.path));
            }
        }
        pending_.push_back(
            {file.path, std::make_unique<io::PendingOutput>(file.path, writing_.write.overwrite)});
    }
}

std::vector<std::string> TargetOutputs::write(const TargetPlan& plan, const std::vector<Platform>& all)
{
    for (std::size_t k = 0; k < files_.size(); ++k) {
        const std::string inside = pending_[k].output->file();
        try {
            make_ready(*pending_[k].output, files_[k], plan, all);
        } catch (const Error& error) { // name the file that was asked for, not the one in the making
            std::string message = error.what();
            if (const auto at = message.find(inside); at != std::string::npos) {
                message.replace(at, inside.size(), files_[k].path);
            }
            throw Error(message, error.code());
        }
    }
    // what may still fail at the far end goes first: standard output before files
    std::stable_partition(pending_.begin(), pending_.end(),
                          [](const Pending& one) { return one.output->to_stream(); });
    std::vector<std::string> written;
    for (const Pending& one : pending_) {
        one.output->commit();
        written.push_back(io::base_name(one.path));
    }
    return written;
}

void TargetOutputs::make_ready(const io::PendingOutput& output, const TargetFile& file,
                               const TargetPlan& plan, const std::vector<Platform>& all)
{
    const std::size_t limit =
        file.platform.empty() ? 0 : static_cast<std::size_t>(platform_called(all, file.platform).max_circles);
    const std::span circles(plan.circles);
    switch (file.form) {
    case TargetForm::meta:
        io::write_bytes(output.file(), meta_json(circles.subspan(0, std::min(limit, circles.size()))), false);
        make_meta_ready(file.path, plan, limit);
        break;
    case TargetForm::google:
        io::write_bytes(output.file(), google_csv(circles, writing_.campaign, writing_.bid_adjustment, limit),
                        false);
        break;
    case TargetForm::curve:
        io::write_bytes(output.file(), curve_csv(plan), false);
        break;
    case TargetForm::layer: {
        io::WriteOptions write = writing_.write;
        write.overwrite = false;
        write.format = !file.format.empty() ? file.format : (output.to_stream() ? "geojsonl" : "");
        Features layer = target_layer(plan, plan.crs);
        if (!write.layer.empty()) {
            layer.name = write.layer;
        }
        io::write_features(output.file(), std::span(&layer, 1), write);
        break;
    }
    }
}

/// The second and further ad sets of a list beyond the limit.
void TargetOutputs::make_meta_ready(const std::string& path, const TargetPlan& plan, std::size_t limit)
{
    const std::span circles(plan.circles);
    for (std::size_t from = limit, number = 2; from < circles.size(); from += limit, ++number) {
        const std::string name = numbered(path, number);
        auto output = std::make_unique<io::PendingOutput>(name, writing_.write.overwrite);
        io::write_bytes(output->file(),
                        meta_json(circles.subspan(from, std::min(limit, circles.size() - from))), false);
        pending_.push_back({name, std::move(output)});
    }
}

} // namespace vigil::tools
