#include "proof/answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "base/hybrid_clock.h"
#include "base/instant.h"

namespace meridian::proof {
namespace {

constexpr int kHex = 16;
constexpr std::size_t kHashDigits = 32;
constexpr std::size_t kHalfDigits = 16;
constexpr std::uint64_t kCountMask = 0xffff;

std::unexpected<Error> malformed(std::string_view what) {
    return fail(ErrorCode::kInvalidInput,
                fmt::format("what a region says of its tables has no proper '{}'", what));
}

std::optional<std::uint64_t> number_in_hex(std::string_view digits) {
    std::uint64_t number = 0;
    const auto* end = digits.data() + digits.size();
    const auto read = std::from_chars(digits.data(), end, number, kHex);
    return read.ec == std::errc() && read.ptr == end ? std::optional(number) : std::nullopt;
}

// ---- Reading. Nothing: it is not there, or of another type.

const std::string* text_at(const item::Map& map, std::string_view name) {
    const auto* value = item::find(map, name);
    return value == nullptr ? nullptr : value->as<std::string>();
}

const item::Map* map_at(const item::Map& map, std::string_view name) {
    const auto* value = item::find(map, name);
    return value == nullptr ? nullptr : value->as<item::Map>();
}

std::optional<std::uint64_t> number_at(const item::Map& map, std::string_view name) {
    const auto* value = item::find(map, name);
    const auto* number = value == nullptr ? nullptr : value->as<item::Number>();
    const auto whole = number == nullptr ? std::nullopt : number->to_int64();
    return whole && *whole >= 0 ? std::optional(static_cast<std::uint64_t>(*whole)) : std::nullopt;
}

std::optional<store::ContentHash> hash_at(const item::Map& map, std::uint64_t items) {
    const auto* text = text_at(map, "hash");
    if (text == nullptr || text->size() != kHashDigits) {
        return std::nullopt;
    }
    const auto high = number_in_hex(std::string_view(*text).substr(0, kHalfDigits));
    const auto low = number_in_hex(std::string_view(*text).substr(kHalfDigits));
    return high && low ? std::optional(store::ContentHash{*high, *low, items}) : std::nullopt;
}

std::optional<store::ContentHash> content_of(const item::Map& map) {
    const auto items = number_at(map, "items");
    return items ? hash_at(map, *items) : std::nullopt;
}

std::optional<store::Stamp> stamp_at(const item::Map& map, std::string_view name) {
    const auto* stamp = map_at(map, name);
    const auto* region = stamp == nullptr ? nullptr : text_at(*stamp, "region");
    const auto* time = stamp == nullptr ? nullptr : text_at(*stamp, "time");
    const auto count = stamp == nullptr ? std::nullopt : number_at(*stamp, "count");
    const auto instant =
        time == nullptr ? fail(ErrorCode::kInvalidInput, "") : parse_instant(*time);
    if (region == nullptr || !instant || !count || *count > kCountMask) {
        return std::nullopt;
    }
    return store::Stamp{HybridTime{hybrid_time_of(*instant).bits | *count}, *region};
}

std::optional<store::Cursor> cursor_of(const item::Map& map) {
    const auto* log = text_at(map, "logId");
    const auto id = log == nullptr ? std::nullopt : number_in_hex(*log);
    const auto sequence = number_at(map, "sequence");
    return id && sequence ? std::optional(store::Cursor{store::LogId{*id}, *sequence})
                          : std::nullopt;
}

// Each element of a list of maps.
template <typename T, typename Read>
Result<std::vector<T>> read_list(const item::Map& answer, const std::string& name, Read read) {
    const auto* value = item::find(answer, name);
    const auto* list = value == nullptr ? nullptr : value->as<item::List>();
    if (list == nullptr) {
        return malformed(name);
    }
    std::vector<T> all;
    for (const auto& element : *list) {
        const auto* map = element.as<item::Map>();
        auto one = map == nullptr ? std::optional<T>() : read(*map);
        if (!one) {
            return malformed(name);
        }
        all.push_back(*std::move(one));
    }
    return all;
}

std::optional<TableState> table_of(const item::Map& map) {
    const auto* name = text_at(map, "name");
    const auto content = content_of(map);
    const auto* dropped = item::find(map, "dropped");
    const auto* is_dropped = dropped == nullptr ? nullptr : dropped->as<bool>();
    if (name == nullptr || !content || (dropped != nullptr && is_dropped == nullptr)) {
        return std::nullopt;
    }
    return TableState{*name, *content, is_dropped != nullptr && *is_dropped};
}

std::optional<store::RangeHash> range_of(const item::Map& map) {
    const auto* prefix = text_at(map, "prefix");
    auto bytes = prefix == nullptr ? fail(ErrorCode::kInvalidInput, "") : from_hex(*prefix);
    const auto content = content_of(map);
    return bytes && content ? std::optional(store::RangeHash{*std::move(bytes), *content})
                            : std::nullopt;
}

std::optional<ItemState> item_of(const item::Map& map) {
    const auto* row = text_at(map, "row");
    auto bytes = row == nullptr ? fail(ErrorCode::kInvalidInput, "") : from_hex(*row);
    const auto* key = map_at(map, "key");
    auto stamp = stamp_at(map, "stamp");
    const auto content = hash_at(map, 1);
    const auto* damaged = item::find(map, "damaged");
    if (!bytes || key == nullptr || !stamp || !content || damaged == nullptr ||
        damaged->as<bool>() == nullptr) {
        return std::nullopt;
    }
    return ItemState{*std::move(bytes), *key, *std::move(stamp), *content, *damaged->as<bool>()};
}

item::Value log_text(store::LogId log) {
    return fmt::format("{:016x}", static_cast<std::uint64_t>(log));
}

}  // namespace

std::string to_hex(std::string_view bytes) {
    std::string text;
    text.reserve(2 * bytes.size());
    for (const char byte : bytes) {
        fmt::format_to(std::back_inserter(text), "{:02x}", static_cast<unsigned char>(byte));
    }
    return text;
}

Result<std::string> from_hex(std::string_view text) {
    std::string bytes;
    if (text.size() % 2 == 0 && text.size() <= 2 * kPrefixBytesMax) {
        for (; !text.empty(); text.remove_prefix(2)) {
            const auto byte = number_in_hex(text.substr(0, 2));
            if (!byte) {
                break;
            }
            bytes.push_back(static_cast<char>(*byte));
        }
    }
    return text.empty() ? Result<std::string>(std::move(bytes))
                        : fail(ErrorCode::kInvalidInput,
                               "bytes are written with two hexadecimal digits each, as in 00ff");
}

item::Value to_value(std::uint64_t number) {
    return item::Number(static_cast<std::int64_t>(number));
}

item::Value to_value(const store::Stamp& stamp) {
    return item::Map{{"region", stamp.region},
                     {"time", format_instant(instant_of(stamp.time))},
                     {"count", to_value(stamp.time.bits & kCountMask)}};
}

item::List to_list(const std::vector<TableState>& tables) {
    item::List list;
    for (const auto& table : tables) {
        item::Map map{{"name", table.name},
                      {"items", to_value(table.content.items)},
                      {"hash", to_string(table.content)}};
        if (table.dropped) {
            map.emplace("dropped", true);
        }
        list.emplace_back(std::move(map));
    }
    return list;
}

item::List to_list(const std::vector<store::RangeHash>& ranges) {
    item::List list;
    for (const auto& range : ranges) {
        list.emplace_back(item::Map{{"prefix", to_hex(range.prefix)},
                                    {"items", to_value(range.content.items)},
                                    {"hash", to_string(range.content)}});
    }
    return list;
}

item::List to_list(const std::vector<ItemState>& items) {
    item::List list;
    for (const auto& item : items) {
        list.emplace_back(item::Map{{"row", to_hex(item.row)},
                                    {"key", item.key},
                                    {"stamp", to_value(item.stamp)},
                                    {"hash", to_string(item.content)},
                                    {"damaged", item.damaged}});
    }
    return list;
}

item::Map to_map(const Progress& progress) {
    item::List applied;
    for (const auto& [origin, cursor] : progress.applied) {
        applied.emplace_back(item::Map{{"origin", origin},
                                       {"logId", log_text(cursor.log)},
                                       {"sequence", to_value(cursor.sequence)}});
    }
    return {{"logId", log_text(progress.log)},
            {"sequence", to_value(progress.sequence)},
            {"applied", std::move(applied)}};
}

Result<std::vector<TableState>> read_tables(const item::Map& answer) {
    return read_list<TableState>(answer, "tables", table_of);
}

Result<std::vector<store::RangeHash>> read_ranges(const item::Map& answer) {
    return read_list<store::RangeHash>(answer, "ranges", range_of);
}

Result<ItemStatePage> read_items(const item::Map& answer) {
    auto items = read_list<ItemState>(answer, "items", item_of);
    if (!items) {
        return std::unexpected(std::move(items).error());
    }
    ItemStatePage page{*std::move(items), std::nullopt};
    if (const auto* next = text_at(answer, "next")) {
        auto bytes = from_hex(*next);
        if (!bytes) {
            return malformed("next");
        }
        page.next = *std::move(bytes);
    }
    return page;
}

Result<Progress> read_progress(const item::Map& answer) {
    using Applied = std::pair<std::string, store::Cursor>;
    auto applied =
        read_list<Applied>(answer, "applied", [](const item::Map& map) -> std::optional<Applied> {
            const auto* origin = text_at(map, "origin");
            const auto cursor = cursor_of(map);
            return origin != nullptr && cursor ? std::optional(Applied{*origin, *cursor})
                                               : std::nullopt;
        });
    const auto own = cursor_of(answer);
    if (!applied || !own) {
        return applied ? malformed("sequence") : std::unexpected(std::move(applied).error());
    }
    Progress progress{own->log, own->sequence, {}};
    progress.applied.insert(std::make_move_iterator(applied->begin()),
                            std::make_move_iterator(applied->end()));
    return progress;
}

}  // namespace meridian::proof
