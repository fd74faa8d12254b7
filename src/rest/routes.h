// Which operation a method and a path are for.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "management/caller.h"
#include "management/entity.h"
#include "rest/call.h"

namespace meridian::rest {

using Handler = Answer (*)(const Call& call);

struct Route {
    std::string_view method;
    std::string_view path;          // as the document has it: "/routing/{phoneNumber}/{region}"
    std::string_view operation_id;  // of the document
    management::Role role;          // who may
    Handler handler;
    std::vector<std::string_view> parameters = {};  // of the query
    std::optional<management::Kind> kind = {};
};

// Where two paths fit, the first one counts.
[[nodiscard]] std::span<const Route> routes();

struct Found {
    const Route* route = nullptr;  // nothing: the path answers to other methods
    std::vector<std::string> arguments;
    std::string allow;  // the methods that the path answers to, as Allow has them
};
// HEAD is where GET is. Where nothing fits, the first segment counts as a stage's name. Nothing:
// nothing answers at that path.
[[nodiscard]] std::optional<Found> find_route(std::string_view method,
                                              const std::vector<std::string>& segments);

}  // namespace meridian::rest
