#pragma once

#include "libgeo/io/output.h"
#include "tools/target/payload.h"
#include "tools/target/platforms.h"

#include <memory>
#include <string>
#include <vector>

namespace vigil::tools {

enum class TargetForm { meta, google, layer, curve };

/// One file to write, and whose limits it keeps.
struct TargetFile {
    std::string path;
    TargetForm form = TargetForm::layer;
    std::string format;   ///< layers: as --format
    std::string platform; ///< "meta", "google", "generic"; empty for the curve
};

/// The form and platform of a path: .json is Meta's, .csv Google's, everything else a layer. `platform`
/// ("auto" or a name) decides for standard output and may make a .csv a plain table; `format` makes any path
/// a layer.
///
/// throws   UsageError when the extension and the platform contradict each other
TargetFile target_file(const std::string& path, const std::string& platform, const std::string& format);

struct TargetWriting {
    io::WriteOptions write;
    std::string campaign = "vigil";
    double bid_adjustment = 0;
    bool split = false;
};

/// Writes all files, or none: each is made ready beside its target before the first is moved into place.
/// With `split`, circles beyond Meta's limit go to NAME-2.json and so on, beyond Google's to "CAMPAIGN 2".
class TargetOutputs {
  public:
    /// throws   Error (output) at once when a target exists or cannot be made
    TargetOutputs(const std::vector<TargetFile>& files, const TargetWriting& writing);
    void set_provenance(Provenance provenance) { writing_.write.provenance = std::move(provenance); }
    /// Names of the files written.
    std::vector<std::string> write(const TargetPlan& plan, const std::vector<Platform>& all);

  private:
    struct Pending {
        std::string path;
        std::unique_ptr<io::PendingOutput> output;
    };
    void make_ready(const io::PendingOutput& output, const TargetFile& file, const TargetPlan& plan,
                    const std::vector<Platform>& all);
    void make_meta_ready(const std::string& path, const TargetPlan& plan, std::size_t limit);

    std::vector<TargetFile> files_;
    TargetWriting writing_;
    std::vector<Pending> pending_;
};

} // namespace vigil::tools
