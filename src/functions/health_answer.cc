#include "functions/health_answer.h"

#include <string>

#include "item/json.h"
#include "item/value.h"

namespace meridian::functions {

rest::Health health_of(HealthCheck& check, std::string_view event) {
    const auto result = check.call(event, {});
    const auto answer = item::parse_plain_json(result.payload);
    const auto* map = answer ? answer->as<item::Map>() : nullptr;
    const auto* status = map == nullptr ? nullptr : item::find(*map, "statusCode");
    const auto* body = map == nullptr ? nullptr : item::find(*map, "body");
    if (status == nullptr || body == nullptr || body->as<std::string>() == nullptr) {
        return {503, result.payload};
    }
    return {static_cast<int>(status->as<item::Number>()->to_int64().value_or(503)),
            *body->as<std::string>()};
}

}  // namespace meridian::functions
