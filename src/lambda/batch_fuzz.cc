// Any bytes as a batch of either kind: an answer that Lambda can read, or an error.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/clock.h"
#include "item/json.h"
#include "lambda/batch.h"

namespace {

using namespace meridian;

template <typename Record>
void try_batch(const Result<std::vector<lambda::Delivered<Record>>>& batch) {
    static const ManualClock clock{Instant{}};
    lambda::Metrics metrics("f", "r", clock);
    std::size_t count = 0;
    const auto result = lambda::handle_batch<Record>(
        batch,
        [&count](const Record& record) -> Result<void> {
            CHECK(!record.sequence_number.empty());
            switch (++count % 4) {
                case 0:
                    return fail(ErrorCode::kInvalidInput, "poison");
                case 3:
                    return fail(ErrorCode::kUnavailable, "later");
                default:
                    return {};
            }
        },
        metrics);
    CHECK(item::parse_plain_json(result.payload));
    CHECK(batch.has_value() != result.function_error.has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view event(reinterpret_cast<const char*>(data), size);
    try_batch(lambda::read_kinesis_batch(event));
    try_batch(lambda::read_table_batch(event));
    return 0;
}
