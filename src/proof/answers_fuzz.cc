// What a region says of its tables: any bytes give an answer or an error, and what is read is
// written and read again as the same.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "item/json.h"
#include "proof/answers.h"

using namespace meridian;  // NOLINT(google-build-using-namespace)

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto value =
        item::parse_plain_json({reinterpret_cast<const char*>(data), size});  // NOLINT
    const auto* map = value ? value->as<item::Map>() : nullptr;
    if (map == nullptr) {
        return 0;
    }
    if (const auto page = proof::read_items(*map)) {
        const auto again = proof::read_items({{"items", proof::to_list(page->items)}});
        CHECK(again && again->items == page->items);
    }
    if (const auto tables = proof::read_tables(*map)) {
        CHECK(proof::read_tables({{"tables", proof::to_list(*tables)}})->size() == tables->size());
    }
    if (const auto ranges = proof::read_ranges(*map)) {
        CHECK(proof::read_ranges({{"ranges", proof::to_list(*ranges)}})->size() == ranges->size());
    }
    if (const auto progress = proof::read_progress(*map)) {
        CHECK(proof::read_progress(proof::to_map(*progress))->applied == progress->applied);
    }
    return 0;
}
