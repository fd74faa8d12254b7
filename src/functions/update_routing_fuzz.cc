// Any bytes are answered as a proxy event is: with a proxy response that API Gateway takes.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "functions/update_routing.h"
#include "item/json.h"
#include "rest/region_for_tests.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace meridian;
    const rest::RegionInMemory region;
    functions::UpdateRouting function(*region.api);
    const auto result = function.call({reinterpret_cast<const char*>(data), size},
                                      {"fuzz", "AKIDFUZZ", management::Role::kAdmin, "here", "1"});
    const auto answer = item::parse_plain_json(result.payload);
    const auto* map = answer ? answer->as<item::Map>() : nullptr;
    const auto* status = map == nullptr ? nullptr : item::find(*map, "statusCode");
    const auto* body = map == nullptr ? nullptr : item::find(*map, "body");
    if (result.function_error || status == nullptr || status->as<item::Number>() == nullptr ||
        *status == item::Value(item::Number(500)) || body == nullptr ||
        body->as<std::string>() == nullptr) {
        std::abort();
    }
    return 0;
}
