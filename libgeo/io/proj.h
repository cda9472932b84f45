#pragma once

#include "libgeo/crs.h"
#include "libgeo/io/handle.h"

#include <proj.h>

#include <memory>
#include <string>

namespace vigil::io {

using ProjContext = std::unique_ptr<PJ_CONTEXT, CloseWith<proj_context_destroy>>;
using Pj = std::unique_ptr<PJ, CloseWith<proj_destroy>>;
using PjList = std::unique_ptr<PJ_OBJ_LIST, CloseWith<proj_list_destroy>>;

/// A PROJ context that is silent and off the network.
ProjContext make_proj_context();

/// This thread's context. Objects made with it stay on this thread.
PJ_CONTEXT* proj_context();

/// The CRS as a PROJ object of `context`.
/// throws   Error when its WKT cannot be understood
Pj to_pj(PJ_CONTEXT* context, const Crs& crs);

/// A PROJ object as plain data: its horizontal part, with the code PROJ knows it by.
/// described   what to call it in messages
/// throws   Error unless it is geographic or projected
Crs to_crs(Pj object, const std::string& described);

/// The operation between two CRS, longitude (or easting) first on both sides.
/// throws   Error when PROJ knows none
Pj operation_between(PJ_CONTEXT* context, const Crs& from, const Crs& to);

} // namespace vigil::io
