// Any bytes as a write-ahead log: nothing is shown that doesn't stand there.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "store/rocksdb/wal_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view file(reinterpret_cast<const char*>(data), size);
    std::size_t shown = 0;
    meridian::store::read_wal(
        file, [&shown](std::string_view record, bool /*damaged*/) { shown += record.size(); });
    CHECK(shown <= size);
    return 0;
}
