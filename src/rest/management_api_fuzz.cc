// Any bytes, as a request's line, headers and body, are answered: with JSON, and with a status that
// the document has.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "item/json.h"
#include "rest/region_for_tests.h"

namespace {

using meridian::rest::Request;

std::string_view take_until(std::string_view& text, char end) {
    const auto at = std::min(text.find(end), text.size());
    const auto taken = text.substr(0, at);
    text.remove_prefix(std::min(at + 1, text.size()));
    return taken;
}

// "METHOD TARGET", a line a header, an empty line, the body.
Request request_of(std::string_view bytes) {
    Request request;
    request.method = take_until(bytes, ' ');
    request.target = take_until(bytes, '\n');
    while (!bytes.empty()) {
        auto line = take_until(bytes, '\n');
        if (line.empty()) {
            break;
        }
        const auto name = take_until(line, ':');
        request.headers.emplace_back(name, line);
    }
    request.body = bytes;
    return request;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace meridian;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const rest::RegionInMemory region;
    const management::Caller caller{"fuzz", "AKIDFUZZ", management::Role::kAdmin, "here", "1"};
    const auto ask = [&](const Request& request) {
        const auto response = region.api->handle(request, caller);
        constexpr std::array kDocumented{200, 204, 304, 400, 403, 404,
                                         405, 409, 413, 415, 501, 503};
        const bool has_body = response.status != 204 && response.status != 304;
        if (std::ranges::find(kDocumented, response.status) == kDocumented.end() ||
            has_body != !response.body.empty() ||
            (has_body && !item::parse_plain_json(response.body))) {
            std::abort();
        }
    };
    ask({.method = "PUT", .target = "/agents/a", .headers = {}, .body = R"({"name":"n"})"});
    ask({.method = "PUT",
         .target = "/business-hours/US",
         .headers = {},
         .body = R"({"timezone":"America/New_York","schedule":{}})"});
    ask({.method = "PUT",
         .target = "/routing/+1800/us-east-1",
         .headers = {},
         .body = R"({"queueId":"q"})"});
    ask(request_of(bytes));
    return 0;
}
