// What the functions do, as metrics.
#pragma once

#include <string_view>

#include "functions/health_check.h"
#include "functions/route_call.h"
#include "lambda/metrics.h"
#include "rest/management_api.h"

namespace meridian::lambda {

void count_call(Metrics& metrics, const functions::Routed& routed);

// A request of the management API and the status that it was answered with: an edit, or nothing.
void count_edit(Metrics& metrics, const rest::Request& request, int status);
void count_import(Metrics& metrics, const rest::ImportCounts& counts);

// One region of a check.
void count_probe(Metrics& metrics, const functions::Probed& probed);

}  // namespace meridian::lambda
