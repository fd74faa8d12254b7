// Arbitrary bytes into the request parser, once whole and once cut into arbitrary pieces: both must
// give the same requests and the same end, and every view must lie in the input.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "net/http.h"
#include "net/input_buffer.h"
#include "net/request_parser.h"

namespace {

using meridian::net::InputBuffer;
using meridian::net::Request;
using meridian::net::RequestParser;

struct Outcome {
    std::vector<std::string> requests;
    bool is_refused = false;

    bool operator==(const Outcome&) const = default;
};

void check_view(const InputBuffer& input, std::string_view view) {
    const std::string_view all = input.bytes();
    CHECK(view.empty() ||
          (view.data() >= all.data() && view.data() + view.size() <= all.data() + all.size()));
}

std::string describe(const InputBuffer& input, const Request& request) {
    check_view(input, request.method);
    check_view(input, request.target);
    check_view(input, request.body);
    CHECK(!request.method.empty() && !request.target.empty());
    std::string text = std::string(request.method) + ' ' + std::string(request.target) + '\n';
    for (const auto& [name, value] : request.headers) {
        check_view(input, name);
        check_view(input, value);
        CHECK(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos);
        text += std::string(name) + ':' + std::string(value) + '\n';
    }
    return text + std::string(request.body);
}

// Cuts `bytes` after 1 to 16 bytes, as `seed` says; never, for 0.
Outcome parse(std::string_view bytes, std::uint32_t seed) {
    InputBuffer input;
    Request request;
    RequestParser parser({.header_bytes_max = 512, .body_bytes_max = 2048});
    Outcome outcome;
    const bool is_whole = seed == 0;
    while (!bytes.empty() && !outcome.is_refused) {
        seed = seed * 1'664'525 + 1'013'904'223;
        std::size_t piece = is_whole ? bytes.size() : 1 + (seed >> 28);
        piece = std::min(piece, bytes.size());
        while (piece > 0) {
            const auto space = input.free_space();
            const std::size_t count = std::min(piece, space.size());
            std::ranges::copy(bytes.substr(0, count), space.begin());
            input.commit(count);
            bytes.remove_prefix(count);
            piece -= count;
        }
        auto status = RequestParser::Status::kComplete;
        while (status == RequestParser::Status::kComplete && !input.empty()) {
            status = parser.parse(input, request);
            if (status == RequestParser::Status::kComplete) {
                outcome.requests.push_back(describe(input, request));
                input.consume(parser.request_bytes());
                parser.next();
            }
        }
        outcome.is_refused = status == RequestParser::Status::kRefused;
    }
    CHECK(!outcome.is_refused || parser.refusal().status >= 400);
    return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const Outcome whole = parse(bytes, 0);
    for (const std::uint32_t seed : {1U, static_cast<std::uint32_t>(size) * 2'654'435'761U + 7}) {
        CHECK(parse(bytes, seed) == whole);
    }
    return 0;
}
