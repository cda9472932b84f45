#pragma once

#include "libgeo/provenance.h"

#include <stdexcept>
#include <string>
#include <string_view>

namespace vigil::io {

/// Whoever read our output has closed the pipe: end quietly.
class ClosedPipe : public std::runtime_error {
  public:
    ClosedPipe() : std::runtime_error("closed pipe") {}
};

struct WriteOptions {
    bool overwrite = false;       ///< replace an existing output
    bool drop_provenance = false; ///< leave out how the output was made
    std::string format = {};      ///< driver short name ("gpkg", "geojsonl", ...); empty: by extension
    std::string layer = {};       ///< layer name; empty: the command's own
    Provenance provenance = {};
};

/// An output in the making: a private folder beside the target, moved into place only when all is written.
/// Dropped without commit() it leaves nothing behind and the older file whole; so does a stop signal
/// (see libgeo/io/stop.h), which removes the private folders of all pending outputs.
///
/// The path may be "-" (standard output) or a device such as /dev/full; then the file is made in the
/// temporary directory and copied out by commit().
class PendingOutput {
  public:
    /// throws   Error (output) when the target exists and `overwrite` is false, or its folder is missing or
    ///          cannot be written; the message names the path
    PendingOutput(const std::string& target, bool overwrite);
    PendingOutput(const PendingOutput&) = delete;
    PendingOutput& operator=(const PendingOutput&) = delete;
    ~PendingOutput();

    /// Where to write the main file: same name as the target, inside the private folder.
    [[nodiscard]] std::string file() const;
    /// Where to write a companion: sidecar(".qml") of "a/b.tif" becomes "a/b.qml" at commit.
    [[nodiscard]] std::string sidecar(std::string_view extension) const;
    [[nodiscard]] bool to_stream() const;

    /// Flushes every file in the private folder to disk and renames them, the main file last. Companions that
    /// exist are refused like the main file; what a GIS derived from a replaced file (.aux.xml, .ovr, spatial
    /// indexes) is removed.
    /// throws   Error (output) when anything could not be written; the older file is then still whole
    void commit();

  private:
    void require_free(const std::string& part) const;

    std::string target_;
    std::string folder_;
    bool overwrite_ = false;
    bool stream_ = false;
};

/// Writes `bytes` to `target` through a PendingOutput: whole or not at all.
void write_bytes(const std::string& target, std::string_view bytes, bool overwrite);

} // namespace vigil::io
