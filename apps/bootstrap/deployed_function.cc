#include "deployed_function.h"

#include <fmt/format.h>

namespace meridian::bootstrap {

Result<MakeFunction> function_named(std::string_view name) {
    if (name == "RouteCall") {
        return &make_route_call;
    }
    if (name == "UpdateRouting") {
        return &make_update_routing;
    }
    if (name == "HealthCheck") {
        return &make_health_check;
    }
    return fail(
        ErrorCode::kConfiguration,
        fmt::format("the handler (_HANDLER) is \"{}\": set it to RouteCall, UpdateRouting or "
                    "HealthCheck",
                    name));
}

}  // namespace meridian::bootstrap
