#include "store/dynamodb/answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <utility>

#include "store/dynamodb/item_json.h"

namespace meridian::store::dynamodb {

namespace json = boost::json;

namespace {

// A level of an item is two of JSON; around items there are a few more.
constexpr std::size_t kDepthMax = 2 * item::kNestingMax + 16;

// What operations start with that change nothing.
constexpr std::array<std::string_view, 6> kReads{"Get",  "BatchGet", "Query",
                                                 "Scan", "Describe", "List"};

std::string_view view(json::string_view text) {
    return {text.data(), text.size()};
}

}  // namespace

// All of it goes at once.
struct Answer::Document {
    explicit Document(std::size_t bytes) : memory(bytes + 1024), value(&memory) {}

    json::monotonic_resource memory;
    json::value value;
};

Answer::Answer(std::string operation, std::size_t bytes)
    : operation_(std::move(operation)),
      bytes_(bytes),
      document_(std::make_unique<Document>(bytes)) {}
Answer::Answer(Answer&&) noexcept = default;
Answer& Answer::operator=(Answer&&) noexcept = default;
Answer::~Answer() = default;

Result<Answer> Answer::parse(std::string_view operation, std::string_view body) {
    Answer answer(std::string(operation), body.size());
    json::parse_options options;
    options.max_depth = kDepthMax;
    json::error_code ec;
    auto& document = *answer.document_;
    document.value = json::parse({body.data(), body.size()}, ec, &document.memory, options);
    if (ec) {
        return std::unexpected(answer.bad(fmt::format("no JSON ({})", ec.message())));
    }
    if (!document.value.is_object()) {
        return std::unexpected(answer.bad("no JSON object"));
    }
    return answer;
}

const json::object& Answer::root() const {
    return document_->value.get_object();
}

Error Answer::bad(std::string_view what) const {
    const bool reads = std::ranges::any_of(
        kReads, [this](std::string_view start) { return operation_.starts_with(start); });
    return {reads ? ErrorCode::kUnavailable : ErrorCode::kIo,
            fmt::format("DynamoDB {}: the answer is not one: {}{}", operation_, what,
                        reads ? "" : "; the write may have been made")};
}

Result<std::optional<item::Item>> Answer::item(std::string_view member) const {
    const auto* found = root().if_contains(member);
    if (found == nullptr || found->is_null()) {
        return std::nullopt;
    }
    auto item = item_of(*found);
    if (!item) {
        return std::unexpected(bad(fmt::format("{}: {}", member, item.error().message)));
    }
    return *std::move(item);
}

Result<std::vector<item::Item>> Answer::items(std::string_view member) const {
    const auto* found = root().if_contains(member);
    const auto* elements = found == nullptr ? nullptr : found->if_array();
    if (elements == nullptr) {
        return std::unexpected(bad(fmt::format("{} is no array", member)));
    }
    std::vector<item::Item> items;
    items.reserve(elements->size());
    for (const auto& element : *elements) {
        auto item = item_of(element);
        if (!item) {
            return std::unexpected(bad(fmt::format("{}: {}", member, item.error().message)));
        }
        items.push_back(*std::move(item));
    }
    return items;
}

Result<std::uint64_t> Answer::count(std::string_view member) const {
    const auto* found = root().if_contains(member);
    json::error_code ec;
    const auto count = found == nullptr || !found->is_number()
                           ? (ec = json::error::not_number, 0)
                           : found->to_number<std::uint64_t>(ec);
    if (ec) {
        return std::unexpected(bad(fmt::format("{} is no count", member)));
    }
    return count;
}

std::optional<std::string> Answer::text(std::string_view member) const {
    const auto* found = root().if_contains(member);
    const auto* text = found == nullptr ? nullptr : found->if_string();
    return text == nullptr ? std::nullopt : std::optional(std::string(view(*text)));
}

Result<void> Answer::visit_items(std::string_view member, const Visitor& visit) const {
    const auto* found = root().if_contains(member);
    const auto* groups = found == nullptr ? nullptr : found->if_object();
    if (groups == nullptr) {
        return std::unexpected(bad(fmt::format("{} is no object", member)));
    }
    for (const auto& group : *groups) {
        const auto* elements = group.value().if_array();
        if (elements == nullptr) {
            return std::unexpected(
                bad(fmt::format("{} of {} is no array", member, view(group.key()))));
        }
        for (const auto& element : *elements) {
            auto item = item_of(element);
            if (!item) {
                return std::unexpected(bad(fmt::format("{}: {}", member, item.error().message)));
            }
            if (auto visited = visit(view(group.key()), *std::move(item)); !visited) {
                return visited;
            }
        }
    }
    return {};
}

Result<std::optional<std::string>> Answer::object_text(std::string_view member) const {
    const auto* found = root().if_contains(member);
    if (found == nullptr || found->is_null()) {
        return std::nullopt;
    }
    const auto* object = found->if_object();
    if (object == nullptr) {
        return std::unexpected(bad(fmt::format("{} is no object", member)));
    }
    return object->empty() ? std::nullopt : std::optional(json::serialize(*object));
}

}  // namespace meridian::store::dynamodb
