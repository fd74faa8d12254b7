#include "store/dynamodb/point_reads.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>

#include "store/dynamodb/backoff.h"
#include "store/dynamodb/request.h"
#include "store/dynamodb/table_shape.h"

namespace meridian::store::dynamodb {
namespace {

// Half of the 16 MB that an answer may have: a larger one was cut by its size.
constexpr std::size_t kLargeAnswerBytes = std::size_t{8} * 1024 * 1024;
constexpr Backoff::Limits kUnprocessed{.first = std::chrono::milliseconds{20},
                                       .longest = std::chrono::seconds{1},
                                       .altogether = std::chrono::seconds{20}};

bool can_be_key(const item::Value& value) {
    return value.as<std::string>() != nullptr || value.as<item::Number>() != nullptr ||
           value.as<item::Binary>() != nullptr;
}

// Bytes that are one item's only; nothing: the values can't be a key's. `values` has the names of
// `key`, perhaps with others.
std::optional<std::string> address_of(std::string_view table, const item::Key& key,
                                      const item::Map& values) {
    std::string address(table);
    address.push_back('\0');
    for (const auto& [name, any] : key) {
        const auto* value = item::find(values, name);
        if (value == nullptr || !can_be_key(*value)) {
            return std::nullopt;
        }
        address.append(item::encode_key_value(*value));
    }
    return address;
}

// What is asked for, each item once, and what came of it.
class BatchRead {
  public:
    BatchRead(const Link& link, std::span<const ItemRef> refs) : link_(link), refs_(refs) {}

    Result<std::vector<std::optional<item::Item>>> run() {
        if (auto noted = note_refs(); !noted) {
            return std::unexpected(std::move(noted).error());
        }
        for (std::size_t from = 0; from < wanted_.size(); from += kBatchKeysMax) {
            auto body = request_items(from, std::min(from + kBatchKeysMax, wanted_.size()));
            if (!body) {
                return std::unexpected(std::move(body).error());
            }
            if (auto read = read_all(*std::move(body)); !read) {
                return std::unexpected(std::move(read).error());
            }
        }
        return in_order();
    }

  private:
    struct Wanted {
        const ItemRef* ref;
        std::size_t refs = 0;  // to it, that have not been served
        std::optional<item::Item> item = std::nullopt;
    };

    Result<void> note_refs() {
        of_ref_.reserve(refs_.size());
        slots_.reserve(refs_.size());
        for (const auto& ref : refs_) {
            auto address = address_of(ref.table, ref.key, ref.key);
            if (!address) {
                return fail(ErrorCode::kInvalidInput,
                            "The provided key element does not match the schema");
            }
            const auto [slot, is_new] = slots_.try_emplace(*std::move(address), wanted_.size());
            if (is_new) {
                wanted_.push_back({&ref});
            }
            ++wanted_[slot->second].refs;
            of_ref_.push_back(slot->second);
            keys_.try_emplace(ref.table, &ref.key);
        }
        return {};
    }

    [[nodiscard]] Result<std::string> request_items(std::size_t from, std::size_t to) const {
        std::map<std::string_view, std::string> keys;
        for (std::size_t i = from; i < to; ++i) {
            auto& of_table = keys[wanted_[i].ref->table];
            of_table.push_back(of_table.empty() ? '[' : ',');
            if (auto appended = append_item(wanted_[i].ref->key, of_table); !appended) {
                return std::unexpected(std::move(appended).error());
            }
        }
        Request tables;
        for (auto& [table, list] : keys) {
            list.push_back(']');
            Request request;
            request.json("Keys", list).flag("ConsistentRead", link_.options().consistent_reads);
            tables.json(link_.remote(table), *std::move(request).take());
        }
        return std::move(tables).take();
    }

    Result<void> read_all(std::string request_items) {
        Backoff backoff(link_, kUnprocessed);
        while (true) {
            Request request;
            request.json("RequestItems", request_items);
            const auto answer = link_.read("BatchGetItem", std::move(request).take(), only_table());
            if (!answer) {
                return std::unexpected(naming_table(answer.error()));
            }
            const auto before = found_;
            auto taken =
                answer->visit_items("Responses", [&](std::string_view table, item::Item item) {
                    return take(*answer, table, std::move(item));
                });
            if (!taken) {
                return taken;
            }
            auto rest = answer->object_text("UnprocessedKeys");
            if (!rest) {
                return std::unexpected(std::move(rest).error());
            }
            if (!*rest) {
                return {};
            }
            request_items = **std::move(rest);
            const bool was_cut = found_ > before && answer->bytes() >= kLargeAnswerBytes;
            if (!was_cut && !backoff.wait()) {
                return fail(ErrorCode::kOverloaded,
                            "DynamoDB BatchGetItem leaves keys unprocessed: the tables get more "
                            "requests than they have capacity for");
            }
        }
    }

    Result<void> take(const Answer& answer, std::string_view remote, item::Item item) {
        const auto table = link_.local(remote);
        const auto key = table ? keys_.find(*table) : keys_.end();
        const auto address =
            key == keys_.end() ? std::nullopt : address_of(*table, *key->second, item);
        const auto slot = address ? slots_.find(*address) : slots_.end();
        if (slot == slots_.end()) {
            return std::unexpected(answer.bad("an item that was not asked for"));
        }
        auto& wanted = wanted_[slot->second];
        found_ += wanted.item ? 0 : 1;
        wanted.item = std::move(item);
        return {};
    }

    // Empty: there are several.
    [[nodiscard]] std::string_view only_table() const {
        return keys_.size() == 1 ? keys_.begin()->first : std::string_view();
    }
    // The service doesn't say which table it doesn't have.
    [[nodiscard]] Error naming_table(const Error& error) const {
        if (error.code != ErrorCode::kTableNotFound || keys_.size() == 1) {
            return error;
        }
        for (const auto& [table, key] : keys_) {
            const auto described = describe(link_, table);
            if (!described && described.error().code == ErrorCode::kTableNotFound) {
                return described.error();
            }
        }
        return error;
    }

    std::vector<std::optional<item::Item>> in_order() {
        std::vector<std::optional<item::Item>> items;
        items.reserve(of_ref_.size());
        for (const auto slot : of_ref_) {
            auto& wanted = wanted_[slot];
            items.push_back(--wanted.refs == 0 ? std::move(wanted.item) : wanted.item);
        }
        return items;
    }

    const Link& link_;
    const std::span<const ItemRef> refs_;
    std::vector<Wanted> wanted_;
    std::vector<std::size_t> of_ref_;                     // its place in wanted_
    std::unordered_map<std::string, std::size_t> slots_;  // by address
    std::map<std::string_view, const item::Key*> keys_;   // one of each table, for its names
    std::size_t found_ = 0;
};

}  // namespace

Result<std::optional<item::Item>> get(const Link& link, const ItemRef& ref) {
    Request request;
    request.text("TableName", link.remote(ref.table)).attributes("Key", ref.key);
    if (link.options().consistent_reads) {
        request.flag("ConsistentRead", true);
    }
    const auto answer = link.read("GetItem", std::move(request).take(), ref.table);
    if (!answer) {
        return std::unexpected(answer.error());
    }
    return answer->item("Item");
}

Result<std::vector<std::optional<item::Item>>> get_many(const Link& link,
                                                        std::span<const ItemRef> refs) {
    return BatchRead(link, refs).run();
}

}  // namespace meridian::store::dynamodb
