#include "libgeo/io/gpx_scan.h"

#include "libgeo/error.h"

#include <expat.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <optional>

namespace vigil::io {

namespace {

struct FreeParser {
    void operator()(XML_Parser parser) const noexcept { XML_ParserFree(parser); }
};
using Parser = std::unique_ptr<std::remove_pointer_t<XML_Parser>, FreeParser>;

std::string_view without_prefix(std::string_view name)
{
    return name.substr(name.rfind(':') + 1); // npos + 1 is 0
}

/// Follows the elements of a document.
class Scan {
  public:
    Scan(XML_Parser parser, const std::function<void(const GpxPoint&)>& on_point)
        : parser_(parser), on_point_(on_point)
    {
        XML_SetUserData(parser, this);
        XML_SetElementHandler(parser, start, end);
        XML_SetCharacterDataHandler(parser, text);
        XML_SetStartDoctypeDeclHandler(parser, doctype);
    }

    [[nodiscard]] bool has_doctype() const { return has_doctype_; }
    void rethrow() const
    {
        if (thrown_) {
            std::rethrow_exception(thrown_);
        }
    }
    [[nodiscard]] GpxSummary take() { return std::move(summary_); }

  private:
    /// No exception may pass through the parser, which is C.
    template <typename Body>
    void guarded(Body&& body) noexcept
    {
        if (thrown_) {
            return;
        }
        try {
            body();
        } catch (...) {
            thrown_ = std::current_exception();
            XML_StopParser(parser_, XML_FALSE);
        }
    }

    static Scan& of(void* data) { return *static_cast<Scan*>(data); }
    static void XMLCALL start(void* data, const XML_Char* name, const XML_Char** attributes)
    {
        of(data).guarded([&] { of(data).begin(without_prefix(name), attributes); });
    }
    static void XMLCALL end(void* data, const XML_Char* /*name*/)
    {
        of(data).guarded([&] { of(data).finish(); });
    }
    static void XMLCALL text(void* data, const XML_Char* characters, int n)
    {
        of(data).guarded([&] {
            if (of(data).into_ != nullptr) {
                of(data).into_->append(characters, static_cast<std::size_t>(n));
            }
        });
    }
    static void XMLCALL doctype(void* data, const XML_Char* /*name*/, const XML_Char* /*system*/,
                                const XML_Char* /*public_id*/, int /*internal*/)
    {
        of(data).has_doctype_ = true;
        XML_StopParser(of(data).parser_, XML_FALSE);
    }

    void begin(std::string_view name, const XML_Char** attributes)
    {
        ++depth_;
        into_ = nullptr;
        if (point_depth_ > 0) {
            into_ = depth_ == point_depth_ + 1 ? part_of_point(name) : nullptr;
        } else if (depth_ == 2 && name == "wpt") {
            begin_point(GpxKind::waypoints, attributes);
        } else if (depth_ == 2 && (name == "trk" || name == "rte")) {
            kind_ = name == "trk" ? GpxKind::track_points : GpxKind::route_points;
            names().emplace_back();
            segments_ = 0;
        } else if (depth_ == 2) {
            kind_ = GpxKind::waypoints; // inside of which nothing is looked for
        } else if (kind_ != GpxKind::waypoints && depth_ == 3 && name == "name") {
            into_ = &names().back();
        } else if (kind_ == GpxKind::track_points && depth_ == 3 && name == "trkseg") {
            ++segments_;
        } else if ((kind_ == GpxKind::track_points && depth_ == 4 && name == "trkpt") ||
                   (kind_ == GpxKind::route_points && depth_ == 3 && name == "rtept")) {
            begin_point(kind_, attributes);
        }
    }

    void finish()
    {
        into_ = nullptr;
        if (point_depth_ == depth_) {
            point_depth_ = 0;
            ++summary_.points[static_cast<std::size_t>(point_.kind)];
            on_point_(point_);
        }
        --depth_;
    }

    void begin_point(GpxKind kind, const XML_Char** attributes)
    {
        point_ = {};
        point_.kind = kind;
        point_.part = kind == GpxKind::waypoints ? 0 : names().size() - 1;
        point_.segment = kind == GpxKind::track_points && segments_ > 0 ? segments_ - 1 : 0;
        point_depth_ = depth_;
        for (; *attributes != nullptr; attributes += 2) {
            const std::string_view name = without_prefix(attributes[0]);
            if (name == "lon" || name == "lat") {
                (name == "lon" ? point_.lon : point_.lat) = attributes[1];
            }
        }
    }

    std::string* part_of_point(std::string_view name)
    {
        return name == "time"   ? &point_.time
               : name == "ele"  ? &point_.ele
               : name == "name" ? &point_.name
                                : nullptr;
    }

    std::vector<std::string>& names() { return summary_.names[static_cast<std::size_t>(kind_)]; }

    XML_Parser parser_;
    const std::function<void(const GpxPoint&)>& on_point_;
    GpxSummary summary_;
    GpxPoint point_;
    GpxKind kind_ = GpxKind::waypoints; ///< of the track or route that is open; waypoints: none is
    std::size_t depth_ = 0, point_depth_ = 0, segments_ = 0;
    std::string* into_ = nullptr; ///< where the text that comes belongs
    bool has_doctype_ = false;
    std::exception_ptr thrown_;
};

} // namespace

GpxSummary scan_gpx(std::string_view bytes, const std::string& shown,
                    const std::function<void(const GpxPoint&)>& on_point)
{
    const Parser parser(XML_ParserCreate(nullptr));
    require(parser != nullptr, "{}: out of memory", shown);
    Scan scan(parser.get(), on_point);
    constexpr std::size_t block = std::size_t{1} << 24U;
    XML_Status status = XML_STATUS_OK;
    for (std::size_t at = 0; status == XML_STATUS_OK && at < bytes.size(); at += block) {
        const std::string_view part = bytes.substr(at, block);
        status = XML_Parse(parser.get(), part.data(), static_cast<int>(part.size()),
                           at + block >= bytes.size() ? XML_TRUE : XML_FALSE);
    }
    scan.rethrow();
    require(!scan.has_doctype(), "{}: has a document type, which GPX does not need and vigil does not read",
            shown);
    require(status == XML_STATUS_OK, "{}: cut short or damaged: XML error in line {} ({}); fetch it again",
            shown, XML_GetCurrentLineNumber(parser.get()), XML_ErrorString(XML_GetErrorCode(parser.get())));
    return scan.take();
}

} // namespace vigil::io
