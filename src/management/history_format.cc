#include "management/history_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "item/codec.h"

namespace meridian::management {
namespace {

constexpr std::size_t kSideBytesMax = std::size_t{150} * 1024;
constexpr int kSideLevelsMax = item::kNestingMax - 1;  // a side is one level of its entry
constexpr std::size_t kPartBytesMax = std::size_t{300} * 1024;
constexpr std::int64_t kPartsMax = 64;
constexpr std::size_t kChangeIdBytes = 26;
constexpr std::array kOperations{Operation::kCreate, Operation::kUpdate, Operation::kDelete,
                                 Operation::kRestore};

std::string_view name_of(Side side) {
    return side == Side::kBefore ? "before" : "after";
}

std::string parts_name(Side side) {
    return fmt::format("{}Parts", name_of(side));
}

bool fits_entry(const item::Item& side) {
    return item::size_bytes(side) <= kSideBytesMax &&
           std::ranges::all_of(side, [](const auto& attribute) {
               return item::nesting(attribute.second) <= kSideLevelsMax;
           });
}

void put_text(item::Item& entry, std::string_view name, std::string text) {
    if (!text.empty()) {
        entry.emplace(name, std::move(text));
    }
}

item::Map who_of(Caller& who) {
    item::Map map{{"role", to_string(who.role)}};
    put_text(map, "name", std::move(who.name));
    put_text(map, "accessKeyId", std::move(who.access_key_id));
    return map;
}

// ---- Reading

class EntryReader {
  public:
    explicit EntryReader(item::Item& entry) : entry_(entry) {}

    template <typename T>
    T* get(std::string_view name) {
        const auto found = entry_.find(name);
        auto* typed = found == entry_.end() ? nullptr : found->second.template as<T>();
        if (found != entry_.end() && typed == nullptr) {
            blame(name);
        }
        return typed;
    }

    std::string text(std::string_view name) {
        auto* found = get<std::string>(name);
        return found == nullptr ? std::string() : std::move(*found);
    }

    std::int64_t whole(std::string_view name, std::int64_t max) {
        const auto* number = get<item::Number>(name);
        const auto value = number == nullptr ? std::optional<std::int64_t>(0) : number->to_int64();
        if (!value || *value < 0 || *value > max) {
            blame(name);
            return 0;
        }
        return *value;
    }

    // What `parse` makes of a text that must be there.
    template <typename Parse>
    auto parsed(std::string_view name, Parse parse) {
        const auto* found = get<std::string>(name);
        auto value = found == nullptr ? decltype(parse(*found)){} : parse(*found);
        if (!value) {
            blame(name);
        }
        return value;
    }

    void blame(std::string_view name) { bad_ = bad_.empty() ? std::string(name) : bad_; }
    [[nodiscard]] const std::string& bad() const { return bad_; }

  private:
    item::Item& entry_;
    std::string bad_;
};

template <typename T>
std::optional<T> value_of(Result<T> result) {
    return result ? std::optional(*std::move(result)) : std::nullopt;
}

std::optional<Operation> parse_operation(std::string_view text) {
    const auto* found = std::ranges::find(kOperations, text, [](auto o) { return to_string(o); });
    return found == kOperations.end() ? std::nullopt : std::optional(*found);
}

Caller read_caller(EntryReader& reader) {
    Caller who;
    who.address = reader.text("from");
    who.request_id = reader.text("requestId");
    auto* map = reader.get<item::Map>("who");
    if (map == nullptr) {
        reader.blame("who");
        return who;
    }
    EntryReader fields(*map);
    who.name = fields.text("name");
    who.access_key_id = fields.text("accessKeyId");
    who.role = fields.parsed("role", parse_role).value_or(Role::kViewer);
    if (!fields.bad().empty()) {
        reader.blame("who." + fields.bad());
    }
    return who;
}

Instant read_time(EntryReader& reader) {
    return reader.parsed("at", [](auto& text) { return value_of(parse_instant(text)); })
        .value_or(Instant{});
}

std::unexpected<Error> not_of_format(const EntryReader& reader) {
    return fail(ErrorCode::kCorruption,
                fmt::format("an entry of ChangeHistory is not of its format: {}", reader.bad()));
}

std::optional<item::Item> read_side(EntryReader& reader, Side side) {
    auto* map = reader.get<item::Map>(name_of(side));
    return map == nullptr ? std::nullopt : std::optional(std::move(*map));
}

}  // namespace

item::Key history_key(const EntityId& entity, std::string_view sort_key) {
    return {{"entity", to_text(entity)}, {"changeId", sort_key}};
}

bool is_change_id(std::string_view text) {
    return text.size() == kChangeIdBytes && std::ranges::all_of(text, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
           });
}

std::string_view change_of(std::string_view sort_key) {
    return sort_key.substr(0, sort_key.find('#'));
}

std::string part_key(std::string_view change_id, Side side, std::size_t part) {
    return fmt::format("{}#{}#{:02}", change_id, name_of(side), part);
}

std::vector<item::Item> encode_change(Change change) {
    std::vector<item::Item> items(1);
    item::Item entry = history_key(change.entity, change.change_id);
    for (const auto side : {Side::kBefore, Side::kAfter}) {
        auto& image = side == Side::kBefore ? change.before : change.after;
        if (!image) {
            continue;
        }
        if (fits_entry(*image)) {
            entry.emplace(name_of(side), *std::move(image));
            continue;
        }
        const auto bytes = item::encode(*image);
        std::int64_t parts = 0;
        for (std::size_t at = 0; at < bytes.size(); at += kPartBytesMax, ++parts) {
            auto& part = items.emplace_back(history_key(
                change.entity, part_key(change.change_id, side, static_cast<std::size_t>(parts))));
            part.emplace("bytes", item::Binary{bytes.substr(at, kPartBytesMax)});
        }
        entry.emplace(parts_name(side), item::Number(parts));
    }
    entry.emplace("operation", to_string(change.operation));
    entry.emplace("version", item::Number(change.version));
    entry.emplace("at", format_instant(change.at));
    entry.emplace("who", who_of(change.who));
    put_text(entry, "from", std::move(change.who.address));
    put_text(entry, "requestId", std::move(change.who.request_id));
    put_text(entry, "reason", std::move(change.reason));
    put_text(entry, "via", std::move(change.via));
    items.front() = std::move(entry);
    return items;
}

Result<Entry> decode_entry(item::Item item) {
    EntryReader reader(item);
    Entry entry;
    auto& change = entry.change;
    change.entity = reader.parsed("entity", [](auto& text) { return value_of(parse_entity(text)); })
                        .value_or(EntityId{});
    change.operation = reader.parsed("operation", parse_operation).value_or(Operation::kUpdate);
    change.at = read_time(reader);
    change.change_id = reader.text("changeId");
    change.version = reader.whole("version", INT64_MAX);
    change.who = read_caller(reader);
    change.reason = reader.text("reason");
    change.via = reader.text("via");
    change.before = read_side(reader, Side::kBefore);
    change.after = read_side(reader, Side::kAfter);
    entry.before_parts =
        static_cast<std::size_t>(reader.whole(parts_name(Side::kBefore), kPartsMax));
    entry.after_parts = static_cast<std::size_t>(reader.whole(parts_name(Side::kAfter), kPartsMax));
    if (!is_change_id(change.change_id)) {
        reader.blame("changeId");
    }
    if (!reader.bad().empty()) {
        return not_of_format(reader);
    }
    return entry;
}

item::Item encode_deletion(const EntityId& entity, const Deletion& deletion) {
    auto mark = history_key(entity, kDeletionMark);
    mark.emplace(kDeletedBy, deletion.change_id);
    mark.emplace("version", item::Number(deletion.version));
    mark.emplace("at", format_instant(deletion.at));
    return mark;
}

Result<Deletion> decode_deletion(item::Item mark) {
    EntryReader reader(mark);
    Deletion deletion;
    deletion.change_id = reader.text(kDeletedBy);
    deletion.version = reader.whole("version", INT64_MAX);
    deletion.at = read_time(reader);
    if (!is_change_id(deletion.change_id)) {
        reader.blame(kDeletedBy);
    }
    if (!reader.bad().empty()) {
        return not_of_format(reader);
    }
    return deletion;
}

Result<item::Item> join_parts(const std::vector<item::Item>& parts) {
    std::string bytes;
    for (const auto& part : parts) {
        const auto* value = item::find(part, "bytes");
        const auto* piece = value == nullptr ? nullptr : value->as<item::Binary>();
        if (piece == nullptr) {
            return fail(ErrorCode::kCorruption, "a part of an entry of ChangeHistory has no bytes");
        }
        bytes += piece->bytes;
    }
    return item::decode(bytes);
}

}  // namespace meridian::management
