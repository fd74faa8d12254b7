#include "rest/call.h"

namespace meridian::rest {

Result<management::EntityId> Call::entity() const {
    if (!kind) {
        return management::parse_entity(arguments.front());
    }
    const bool is_rule = *kind == management::Kind::kRule;
    return management::EntityId{*kind, arguments.front(),
                                is_rule ? arguments.at(1) : std::string{}};
}

}  // namespace meridian::rest
