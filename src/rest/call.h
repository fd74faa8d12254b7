// One request for one operation, with its path and query read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "management/caller.h"
#include "management/entity.h"
#include "rest/management_api.h"
#include "rest/parameters.h"

namespace meridian::rest {

struct Call {
    const ManagementParts& parts;
    const Request& request;
    const management::Caller& caller;
    std::optional<management::Kind> kind;  // of what the path is about
    std::vector<std::string> arguments;    // what stands for the path's {names}, in order
    Parameters parameters;

    // The entity that the path names, by its key or by its name in the history. kInvalidInput.
    [[nodiscard]] Result<management::EntityId> entity() const;
};

// An error is answered as error_answer() says.
using Answer = Result<Response>;

}  // namespace meridian::rest
