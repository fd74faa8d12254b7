// Any bytes are an iterator or none; and what is one has one text.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "dynamo/shard_iterator.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace meridian::dynamo;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto iterator = parse_shard_iterator(text); iterator && to_text(*iterator) != text) {
        std::abort();
    }
    if (const auto name = parse_stream_arn(text)) {
        const auto again = parse_stream_arn(stream_arn(*name));
        if (!again || *again != *name) {
            std::abort();
        }
    }
    if (const auto sequence = parse_sequence(text); sequence && sequence_text(*sequence) != text) {
        std::abort();
    }
    return 0;
}
