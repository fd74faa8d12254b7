// Arbitrary bytes into the response parser, once whole and once in pieces: both must give the same
// responses and the same end.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "net/input_buffer.h"
#include "net/response_parser.h"

namespace {

using meridian::net::InputBuffer;
using meridian::net::ResponseParser;

constexpr meridian::net::ResponseLimits kLimits{.body_bytes_max = 2048};

struct Outcome {
    std::vector<std::string> responses;
    bool is_refused = false;

    bool operator==(const Outcome&) const = default;
};

std::string describe(ResponseParser& parser) {
    const auto& response = parser.response();
    CHECK(response.status >= 200 && response.body.size() <= kLimits.body_bytes_max);
    std::string text = std::to_string(response.status) + (parser.keep_alive() ? " keep\n" : "\n");
    for (const auto& [name, value] : response.headers) {
        text += name + ':' + value + '\n';
    }
    return text + response.body;
}

void append(InputBuffer& input, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto space = input.free_space();
        const std::size_t count = std::min(bytes.size(), space.size());
        std::ranges::copy(bytes.substr(0, count), space.begin());
        input.commit(count);
        bytes.remove_prefix(count);
    }
}

Outcome parse(std::string_view bytes, std::size_t piece) {
    InputBuffer input;
    ResponseParser parser(kLimits);
    Outcome outcome;
    while (!bytes.empty()) {
        append(input, bytes.substr(0, piece));
        bytes.remove_prefix(std::min(piece, bytes.size()));
        for (;;) {
            const auto whole = parser.parse(input);
            if (!whole) {
                outcome.is_refused = true;
                return outcome;
            }
            if (!*whole) {
                break;
            }
            outcome.responses.push_back(describe(parser));
            parser = ResponseParser(kLimits);
            if (input.empty()) {
                break;
            }
        }
    }
    if (parser.end(input)) {
        outcome.responses.push_back(describe(parser));
    }
    return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const Outcome whole = parse(bytes, bytes.size());
    for (const std::size_t piece : {1U, 3U, 16U}) {
        CHECK(parse(bytes, piece) == whole);
    }
    return 0;
}
