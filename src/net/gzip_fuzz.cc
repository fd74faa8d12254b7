// Arbitrary bytes as an Accept-Encoding and as gzip content: neither may go wrong, what is unpacked
// stays under its limit, and packing is undone by unpacking.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "net/gzip.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace meridian::net;
    constexpr std::size_t kLimit = 10'000;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    (void)accepts_gzip(bytes);
    if (const auto unpacked = gunzip(bytes, kLimit)) {
        CHECK(unpacked->size() <= kLimit);
        CHECK(gunzip(gzip(*unpacked), kLimit) == *unpacked);
    }
    CHECK(gunzip(gzip(bytes), size) == bytes);
    return 0;
}
