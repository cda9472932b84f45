#include "libgeo/io/crs.h"

#include "libgeo/error.h"
#include "libgeo/io/proj.h"

#include <proj_experimental.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <string_view>

namespace vigil::io {

namespace {

bool is_geographic(PJ_TYPE type)
{
    return type == PJ_TYPE_GEOGRAPHIC_2D_CRS || type == PJ_TYPE_GEOGRAPHIC_3D_CRS;
}

/// The CRS below a shift to WGS 84 (TOWGS84) or above a height: what has axes on the ground.
Pj without_height(Pj object)
{
    PJ_CONTEXT* context = proj_context();
    if (proj_get_type(object.get()) == PJ_TYPE_COMPOUND_CRS) {
        object.reset(proj_crs_get_sub_crs(context, object.get(), 0));
    }
    if (object && proj_get_type(object.get()) == PJ_TYPE_GEOGRAPHIC_3D_CRS) {
        object.reset(proj_crs_demote_to_2D(context, nullptr, object.get()));
    }
    return object;
}

/// The CRS whose coordinates these are, without a shift to WGS 84 that may be bound to it.
Pj without_shift(PJ* object)
{
    PJ_CONTEXT* context = proj_context();
    return Pj(proj_get_type(object) == PJ_TYPE_BOUND_CRS ? proj_get_source_crs(context, object)
                                                         : proj_clone(context, object));
}

std::string own_code(const PJ* object)
{
    const char* authority = proj_get_id_auth_name(object, 0);
    const char* code = proj_get_id_code(object, 0);
    return authority != nullptr && code != nullptr ? std::string(authority) + ":" + code : std::string();
}

/// Whether both mean the same, axis order aside.
bool equivalent(PJ* a, PJ* b)
{
    PJ_CONTEXT* context = proj_context();
    const Pj first(proj_normalize_for_visualization(context, a));
    const Pj second(proj_normalize_for_visualization(context, b));
    return first && second &&
           proj_is_equivalent_to_with_ctx(context, first.get(), second.get(),
                                          PJ_COMP_EQUIVALENT_EXCEPT_AXIS_ORDER_GEOGCRS) != 0;
}

/// The entry of `authority`'s register that this surely is: the best candidate when PROJ is at least 90 %
/// confident and it has no rival, or the only one that means the same.
Pj registered(PJ* object, const char* authority)
{
    PJ_CONTEXT* context = proj_context();
    int* confidence = nullptr;
    const PjList found(proj_identify(context, object, authority, nullptr, &confidence));
    const std::unique_ptr<int, CloseWith<proj_int_list_destroy>> own(confidence);
    const int count = found ? proj_list_get_count(found.get()) : 0;
    if (count > 0 && confidence[0] >= 90 && (count == 1 || confidence[1] < confidence[0])) {
        return Pj(proj_list_get(context, found.get(), 0));
    }
    Pj only;
    for (int i = 0; i < count; ++i) {
        Pj candidate(proj_list_get(context, found.get(), i));
        if (candidate && proj_is_deprecated(candidate.get()) == 0 && equivalent(candidate.get(), object)) {
            if (only) {
                return {};
            }
            only = std::move(candidate);
        }
    }
    return only;
}

/// The register's own entry when the definition names one and agrees with it, or is recognised as one.
Pj recognised(PJ* object)
{
    PJ_CONTEXT* context = proj_context();
    if (const char* code = proj_get_id_code(object, 0)) {
        Pj entry(proj_create_from_database(context, proj_get_id_auth_name(object, 0), code, PJ_CATEGORY_CRS,
                                           0, nullptr));
        return entry && equivalent(entry.get(), object) ? std::move(entry) : Pj();
    }
    Pj entry = registered(object, "EPSG");
    return entry ? std::move(entry) : registered(object, "ESRI");
}

double metres_per_unit(const PJ* object)
{
    PJ_CONTEXT* context = proj_context();
    const Pj axes(proj_crs_get_coordinate_system(context, object));
    double factor = 1;
    if (axes) {
        proj_cs_get_axis_info(context, axes.get(), 0, nullptr, nullptr, nullptr, &factor, nullptr, nullptr,
                              nullptr);
    }
    return factor;
}

std::string wkt2(const PJ* object)
{
    const char* const options[] = {"MULTILINE=NO", nullptr};
    const char* text = proj_as_wkt(proj_context(), object, PJ_WKT2_2019, options);
    return text == nullptr ? std::string() : std::string(text);
}

bool all_digits(std::string_view text)
{
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// What PROJ is to parse, or nothing when the text is not a code, WKT, PROJJSON or a PROJ string: PROJ would
/// search for a CRS with a similar name, which is guessing.
std::optional<std::string> definition(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    if (first == std::string_view::npos) {
        return std::nullopt;
    }
    text = text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
    std::string given(text);
    if (all_digits(text)) {
        return "EPSG:" + given;
    }
    if (text.front() == '+') {
        return given.find("+type=crs") == std::string::npos ? given + " +type=crs" : given;
    }
    const auto colon = text.find(':');
    const bool code = colon != std::string_view::npos && text.find_first_of(" /[{") == std::string_view::npos;
    const bool wkt = text.find_first_of("[(") != std::string_view::npos && text.back() != ':' &&
                     std::isupper(static_cast<unsigned char>(text.front())) != 0 &&
                     (text.back() == ']' || text.back() == ')');
    if (code || wkt || text.front() == '{') {
        return given;
    }
    return std::nullopt;
}

/// The beginning of a definition, for messages.
std::string shown(const std::string& text)
{
    return text.size() <= 60 ? text : text.substr(0, 60) + "...";
}

} // namespace

ProjContext make_proj_context()
{
    ProjContext context(proj_context_create());
    proj_context_set_enable_network(context.get(), 0);
    proj_log_level(context.get(), PJ_LOG_NONE);
    return context;
}

PJ_CONTEXT* proj_context()
{
    thread_local const ProjContext context = make_proj_context();
    return context.get();
}

Pj to_pj(PJ_CONTEXT* context, const Crs& crs)
{
    Pj object(proj_create(context, crs.wkt.c_str()));
    require(object != nullptr,
            "the CRS {} cannot be understood; give it with --crs as a code such as EPSG:32612", crs.label());
    return object;
}

Crs to_crs(Pj object, const std::string& described)
{
    object = without_height(std::move(object));
    Pj ground = object ? without_shift(object.get()) : Pj();
    const PJ_TYPE type = ground ? proj_get_type(ground.get()) : PJ_TYPE_UNKNOWN;
    require(is_geographic(type) || type == PJ_TYPE_PROJECTED_CRS,
            "CRS {} is neither geographic nor projected; give one such as EPSG:4326 or EPSG:32612",
            described);
    Crs crs;
    crs.geographic = is_geographic(type);
    if (Pj entry = recognised(ground.get())) {
        crs.authority = own_code(entry.get());
        if (proj_get_type(object.get()) != PJ_TYPE_BOUND_CRS) {
            object = std::move(entry);
            ground = without_shift(object.get());
        }
    }
    crs.wkt = wkt2(object.get());
    crs.name = proj_get_name(ground.get());
    crs.metres_per_unit = crs.geographic ? 1 : metres_per_unit(ground.get());
    require(crs.known(), "CRS {} cannot be written as WKT; give a code such as EPSG:32612", described);
    return crs;
}

Pj operation_between(PJ_CONTEXT* context, const Crs& from, const Crs& to)
{
    const Pj source = to_pj(context, from);
    const Pj target = to_pj(context, to);
    const Pj plain(proj_create_crs_to_crs_from_pj(context, source.get(), target.get(), nullptr, nullptr));
    Pj operation(plain ? proj_normalize_for_visualization(context, plain.get()) : nullptr);
    require(operation != nullptr, "no way is known from CRS {} to {}; give another --crs", from.label(),
            to.label());
    return operation;
}

Crs crs_from_user(const std::string& text)
{
    const auto parsed = definition(text);
    Pj object(parsed ? proj_create(proj_context(), parsed->c_str()) : nullptr);
    require(object != nullptr,
            "CRS \"{}\" is not known; give a code such as EPSG:32612, WKT or a PROJ string", shown(text));
    return to_crs(std::move(object), shown(text));
}

Crs wgs84()
{
    static const Crs crs = crs_from_user("EPSG:4326");
    return crs;
}

bool same_crs(const Crs& a, const Crs& b)
{
    if (a.wkt == b.wkt) {
        return true;
    }
    if (!a.known() || !b.known() || a.geographic != b.geographic) {
        return false;
    }
    const Pj first = to_pj(proj_context(), a);
    const Pj second = to_pj(proj_context(), b);
    return equivalent(first.get(), second.get());
}

} // namespace vigil::io
