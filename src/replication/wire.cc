#include "replication/wire.h"

#include <concepts>
#include <utility>

#include "replication/frame.h"
#include "replication/parts.h"
#include "replication/wire_values.h"

namespace meridian::replication {
namespace {

// The kind of a frame: a question's place in its variant, or an answer's behind these.
constexpr std::uint8_t kAnswers = 0x40;

constexpr std::size_t kRangeHashBytesMin = 18;
constexpr std::size_t kItemHashBytesMin = 30;
constexpr std::size_t kChangeBytesMin = 15;
constexpr std::size_t kTableHashBytesMin = 23;
constexpr std::size_t kRefBytesMin = 4;

// ---- Questions

void put(PartWriter& out, const AskHello& ask) {
    out.byte(ask.version);
    out.text(ask.region);
}
void take(PartReader& in, AskHello& ask) {
    ask.version = in.byte();
    ask.region = in.text();
    if (!store::check_region(ask.region)) {
        in.spoil();
    }
}

void put(PartWriter& out, const AskChanges& ask) {
    put(out, store::Cursor{ask.log, ask.after});
    out.number(static_cast<std::uint64_t>(ask.wait.count()));
    put(out, ask.heard);
}
void take(PartReader& in, AskChanges& ask) {
    const auto cursor = take_cursor(in);
    ask.log = cursor.log;
    ask.after = cursor.sequence;
    ask.wait = std::chrono::milliseconds{static_cast<std::int64_t>(in.number())};
    if (ask.wait.count() < 0) {
        in.spoil();
    }
    ask.heard = take_heard(in);
}

void put(PartWriter& out, const AskPage& ask) {
    out.text(ask.position);
}
void take(PartReader& in, AskPage& ask) {
    ask.position = in.text();
}

void put(PartWriter& /*out*/, const AskTableHashes& /*ask*/) {}
void take(PartReader& /*in*/, AskTableHashes& /*ask*/) {}

void put(PartWriter& out, const AskRangeHashes& ask) {
    out.text(ask.table);
    out.text(ask.prefix);
}
void take(PartReader& in, AskRangeHashes& ask) {
    ask.table = in.text();
    ask.prefix = in.text();
}

void put(PartWriter& out, const AskItemHashes& ask) {
    out.text(ask.table);
    out.text(ask.prefix);
    out.text(ask.position);
}
void take(PartReader& in, AskItemHashes& ask) {
    ask.table = in.text();
    ask.prefix = in.text();
    ask.position = in.text();
}

void put(PartWriter& out, const AskItems& ask) {
    out.number(ask.items.size());
    for (const auto& ref : ask.items) {
        put(out, ref);
    }
}
void take(PartReader& in, AskItems& ask) {
    const auto count = in.count(kRefBytesMin);
    for (std::size_t i = 0; i < count && in.ok(); ++i) {
        ask.items.push_back(take_ref(in));
    }
}

// ---- Answers

void put(PartWriter& out, const Hello& hello) {
    out.byte(hello.version);
    out.text(hello.region);
    put(out, store::Cursor{hello.log, hello.last_sequence});
}
void take(PartReader& in, Hello& hello) {
    hello.version = in.byte();
    hello.region = in.text();
    const auto cursor = take_cursor(in);
    hello.log = cursor.log;
    hello.last_sequence = cursor.sequence;
    if (!store::check_region(hello.region)) {
        in.spoil();
    }
}

void put(PartWriter& out, const store::OwnChanges& part) {
    out.number(part.through);
    put(out, part.tables);
    out.number(part.changes.size());
    for (const auto& change : part.changes) {
        out.number(change.sequence);
        put(out, change.at);
        put(out, change.item);
    }
}
void take(PartReader& in, store::SequenceNumber after, store::OwnChanges& part) {
    part.through = in.number();
    part.tables = take_tables(in);
    const auto count = in.count(kChangeBytesMin);
    auto last = after;
    for (std::size_t i = 0; i < count && in.ok(); ++i) {
        store::OwnChange change;
        change.sequence = in.number();
        change.at = take_instant(in);
        change.item = take_item(in, part.tables);
        if (change.sequence <= last) {
            in.spoil();
        }
        last = change.sequence;
        part.changes.push_back(std::move(change));
    }
    if (part.through < last) {
        in.spoil();
    }
}

void put(PartWriter& out, const Changes& changes) {
    put(out, store::Cursor{changes.log, changes.after});
    put(out, changes.part);
    out.byte(changes.mark ? 1 : 0);
    if (changes.mark) {
        out.fixed(changes.mark->time.bits);
        out.number(changes.mark->sequence);
    }
    out.number(changes.last_sequence);
    put(out, changes.now);
    out.byte(changes.oldest_waiting ? 1 : 0);
    if (changes.oldest_waiting) {
        put(out, *changes.oldest_waiting);
    }
    put(out, changes.heard);
}
void take(PartReader& in, Changes& changes) {
    const auto cursor = take_cursor(in);
    changes.log = cursor.log;
    changes.after = cursor.sequence;
    take(in, changes.after, changes.part);
    if (in.flag()) {
        store::Mark mark;
        mark.time = HybridTime{in.fixed()};
        mark.sequence = in.number();
        changes.mark = mark;
        if (mark.time >= kHybridTimeEnd) {
            in.spoil();
        }
    }
    changes.last_sequence = in.number();
    changes.now = take_instant(in);
    if (in.flag()) {
        changes.oldest_waiting = take_instant(in);
    }
    changes.heard = take_heard(in);
}

void put(PartWriter& out, const LogGone& gone) {
    out.fixed(static_cast<std::uint64_t>(gone.log));
}
void take(PartReader& in, LogGone& gone) {
    gone.log = store::LogId{in.fixed()};
}

void put(PartWriter& out, const Page& page) {
    put(out, store::Cursor{page.log, page.sequence});
    out.text(page.position);
    put(out, page.page.tables);
    put(out, page.page.items);
    put(out, page.page.next);
}
void take(PartReader& in, Page& page) {
    const auto cursor = take_cursor(in);
    page.log = cursor.log;
    page.sequence = cursor.sequence;
    page.position = in.text();
    page.page.tables = take_tables(in);
    page.page.items = take_items(in, page.page.tables);
    page.page.next = take_position(in);
}

void put(PartWriter& out, const TableHashes& hashes) {
    out.number(hashes.sequence);
    out.number(hashes.tables.size());
    for (const auto& table : hashes.tables) {
        put(out, table.table);
        put(out, table.content);
    }
    out.number(hashes.dropped.size());
    for (const auto& name : hashes.dropped) {
        out.text(name);
    }
}
void take(PartReader& in, TableHashes& hashes) {
    hashes.sequence = in.number();
    const auto count = in.count(kTableHashBytesMin);
    for (std::size_t i = 0; i < count && in.ok(); ++i) {
        TableHash table;
        table.table = take_schema(in);
        table.content = take_hash(in);
        hashes.tables.push_back(std::move(table));
    }
    const auto dropped = in.count(1);
    for (std::size_t i = 0; i < dropped && in.ok(); ++i) {
        hashes.dropped.emplace_back(in.text());
    }
}

void put(PartWriter& out, const RangeHashes& hashes) {
    out.number(hashes.ranges.size());
    for (const auto& range : hashes.ranges) {
        out.text(range.prefix);
        put(out, range.content);
    }
}
void take(PartReader& in, RangeHashes& hashes) {
    const auto count = in.count(kRangeHashBytesMin);
    for (std::size_t i = 0; i < count && in.ok(); ++i) {
        store::RangeHash range;
        range.prefix = in.text();
        range.content = take_hash(in);
        hashes.ranges.push_back(std::move(range));
    }
}

void put(PartWriter& out, const ItemHashes& hashes) {
    out.number(hashes.page.items.size());
    for (const auto& item : hashes.page.items) {
        put(out, item.key);
        put(out, item.stamp);
        put(out, item.content);
        out.byte(item.damaged ? 1 : 0);
    }
    put(out, hashes.page.next);
}
void take(PartReader& in, ItemHashes& hashes) {
    const auto count = in.count(kItemHashBytesMin);
    for (std::size_t i = 0; i < count && in.ok(); ++i) {
        store::ItemHash item;
        item.key = take_map(in);
        item.stamp = take_stamp(in);
        item.content = take_hash(in);
        item.damaged = in.flag();
        hashes.page.items.push_back(std::move(item));
    }
    hashes.page.next = take_position(in);
}

void put(PartWriter& out, const Items& items) {
    put(out, items.tables);
    put(out, items.items);
}
void take(PartReader& in, Items& items) {
    items.tables = take_tables(in);
    items.items = take_items(in, items.tables);
}

void put(PartWriter& out, const Error& error) {
    out.number(static_cast<std::uint64_t>(error.code));
    out.text(error.message);
}
bool is_error_code(std::uint64_t number) {
    struct Search {
        std::uint64_t number;
        bool found;
    } search{number, false};
    for_each_error(
        [](const ErrorInfo& row, void* context) {
            auto& wanted = *static_cast<Search*>(context);
            wanted.found = wanted.found || row.number == wanted.number;
        },
        &search);
    return search.found;
}
void take(PartReader& in, Error& error) {
    const auto code = in.number();
    if (!is_error_code(code)) {
        in.spoil();
        return;
    }
    error.code = static_cast<ErrorCode>(code);
    error.message = in.text();
}

// ---- Of any kind

template <typename Message>
std::string encode_message(std::uint8_t first_kind, const Message& message) {
    auto frame = start_frame(static_cast<std::uint8_t>(first_kind + message.index()));
    PartWriter out(frame);
    std::visit([&out](const auto& one) { put(out, one); }, message);
    return close_frame(std::move(frame));
}

template <typename Message, std::size_t Kind = 0>
bool take_message(PartReader& in, std::uint8_t kind, Message& message) {
    if constexpr (Kind < std::variant_size_v<Message>) {
        if (kind != Kind) {
            return take_message<Message, Kind + 1>(in, kind, message);
        }
        std::variant_alternative_t<Kind, Message> one{};
        take(in, one);
        message = std::move(one);
        return true;
    }
    return false;
}

template <typename Message>
Result<Message> decode_message(std::uint8_t first_kind, std::string_view bytes) {
    const auto frame = open_frame(bytes);
    if (!frame) {
        return std::unexpected(frame.error());
    }
    PartReader in(frame->payload);
    Message message;
    if (!take_message(in, static_cast<std::uint8_t>(frame->kind - first_kind), message)) {
        return fail(ErrorCode::kInvalidInput, "A replication message of an unknown kind");
    }
    if (!in.done()) {
        return fail(ErrorCode::kInvalidInput,
                    "A replication message that no region could have sent");
    }
    return message;
}

}  // namespace

std::string encode(const Question& question) {
    return encode_message(0, question);
}
std::string encode(const Answer& answer) {
    return encode_message(kAnswers, answer);
}

Result<Question> decode_question(std::string_view bytes) {
    return decode_message<Question>(0, bytes);
}

Result<Answer> decode_answer(std::string_view bytes) {
    return decode_message<Answer>(kAnswers, bytes);
}

}  // namespace meridian::replication
