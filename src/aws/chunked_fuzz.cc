// Any bytes as an aws-chunked body: the first byte picks the form. What decodes must come out the
// same when it is framed again, and no body passes as one that somebody signed.
#include "aws/chunked.h"

#include <fmt/format.h>

#include <cstdint>
#include <string_view>

#include "base/check.h"

namespace meridian::aws {
namespace {

void decode(std::string_view bytes) {
    if (bytes.empty()) {
        return;
    }
    const auto form = static_cast<ChunkedForm>(static_cast<unsigned char>(bytes.front()) % 3U);
    bytes.remove_prefix(1);
    const auto payload = decode_chunks(bytes, form);
    if (payload) {
        CHECK(payload->size() < bytes.size());
        const std::string framed =
            payload->empty() ? "0\r\n\r\n"
                             : fmt::format("{:x}\r\n{}\r\n0\r\n\r\n", payload->size(), *payload);
        CHECK(decode_chunks(framed, ChunkedForm::kUnsignedWithTrailer).value_or("") == *payload);
    }
    const HmacKey key("a key that signed nothing");
    const auto verified = verify_chunks(
        bytes, {.form = form, .decoded_bytes = payload ? payload->size() : 0, .trailers = {}},
        ChunkSigner(key, "20150830T123600Z", "20150830/us-east-1/s3/aws4_request", "seed"));
    CHECK(!verified || (payload && form == ChunkedForm::kUnsignedWithTrailer));
}

}  // namespace
}  // namespace meridian::aws

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    meridian::aws::decode({reinterpret_cast<const char*>(data), size});
    return 0;
}
