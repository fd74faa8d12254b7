// Any bytes are a message or an error. What was read has exactly these bytes, also when the bytes
// are a payload whose checksum is right.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "replication/frame.h"
#include "replication/wire.h"

namespace {

using namespace meridian::replication;

void read(std::string_view bytes) {
    if (const auto question = decode_question(bytes); question && encode(*question) != bytes) {
        std::abort();
    }
    if (const auto answer = decode_answer(bytes); answer && encode(*answer) != bytes) {
        std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    read(bytes);
    // The kind, then a payload: what a peer with a bug would send.
    if (!bytes.empty() && bytes.size() < kMessageBytesMax) {
        read(close_frame(start_frame(data[0]).append(bytes.substr(1))));
    }
    return 0;
}
