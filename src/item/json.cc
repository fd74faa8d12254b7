// The parsing half of json.h. Plain JSON is built straight from Boost.JSON's parser events, because
// its values would round numbers; DynamoDB's typed JSON is read from the plain form.
#include "item/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/basic_parser_impl.hpp>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "item/base64.h"

namespace meridian::item {
namespace {

namespace json = boost::json;

std::unexpected<Error> invalid(std::string message) {
    return fail(ErrorCode::kInvalidInput, std::move(message));
}

// ---- Where in a document: attributes.tags[2]

using Step = std::variant<std::string_view, std::size_t>;

std::string to_string(const std::vector<Step>& steps) {
    constexpr std::size_t kNameShown = 64;
    std::string text;
    for (const auto& step : steps) {
        if (const auto* index = std::get_if<std::size_t>(&step)) {
            text.append(fmt::format("[{}]", *index));
            continue;
        }
        const auto name = std::get<std::string_view>(step);
        text.append(text.empty() ? "" : ".").append(name.substr(0, kNameShown));
        text.append(name.size() > kNameShown ? "…" : "");
    }
    return text;
}

std::unexpected<Error> fail_at(const std::vector<Step>& steps, Error error) {
    return steps.empty() ? std::unexpected(std::move(error))
                         : fail_within(to_string(steps), std::move(error));
}

// What the service says about a number does not name it. One out of range is no caller's.
Error naming(const Error& error, std::string_view number) {
    constexpr std::size_t kShown = 64;
    return {error.code, fmt::format("{}: {}{}", error.message, number.substr(0, kShown),
                                    number.size() > kShown ? "…" : "")};
}

// ---- Plain JSON

// Builds the value from the parser's events. The names of its members are Boost.JSON's.
class Builder {
  public:
    constexpr static std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
    constexpr static std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
    constexpr static std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
    constexpr static std::size_t max_string_size = std::numeric_limits<std::size_t>::max();

    // The outermost value has level 0.
    explicit Builder(std::size_t levels_max) : levels_max_(levels_max) {}

    [[nodiscard]] Value take() { return std::move(whole_); }
    // What the builder itself refused.
    [[nodiscard]] const std::optional<Error>& error() const { return error_; }

    bool on_document_begin(json::error_code&) { return true; }
    bool on_document_end(json::error_code&) { return true; }

    bool on_object_begin(json::error_code& ec) { return open(Map{}, ec); }
    bool on_object_end(std::size_t, json::error_code& ec) { return close(ec); }
    bool on_array_begin(json::error_code& ec) { return open(List{}, ec); }
    bool on_array_end(std::size_t, json::error_code& ec) { return close(ec); }

    bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
        text_.append(part);
        return true;
    }
    bool on_key(json::string_view part, std::size_t, json::error_code&) {
        text_.append(part);
        open_.back().name = std::exchange(text_, {});
        return true;
    }
    bool on_string_part(json::string_view part, std::size_t, json::error_code&) {
        text_.append(part);
        return true;
    }
    bool on_string(json::string_view part, std::size_t, json::error_code& ec) {
        text_.append(part);
        return add(Value(std::exchange(text_, {})), ec);
    }

    bool on_number_part(json::string_view part, json::error_code&) {
        text_.append(part);
        return true;
    }
    bool on_int64(std::int64_t, json::string_view part, json::error_code& ec) {
        return on_number(part, ec);
    }
    bool on_uint64(std::uint64_t, json::string_view part, json::error_code& ec) {
        return on_number(part, ec);
    }
    bool on_double(double, json::string_view part, json::error_code& ec) {
        return on_number(part, ec);
    }

    bool on_bool(bool value, json::error_code& ec) { return add(Value(value), ec); }
    bool on_null(json::error_code& ec) { return add(Value(Null{}), ec); }
    bool on_comment_part(json::string_view, json::error_code&) { return true; }
    bool on_comment(json::string_view, json::error_code&) { return true; }

  private:
    struct Container {
        Value value;       // a Map or a List
        std::string name;  // of the member that comes next
    };

    bool refuse(Error error, json::error_code& ec) {
        std::vector<Step> steps;
        for (const auto& container : open_) {
            if (const auto* list = container.value.as<List>()) {
                steps.emplace_back(list->size());
            } else {
                steps.emplace_back(container.name);
            }
        }
        error_ = fail_at(steps, std::move(error)).error();
        ec = json::error::exception;  // any: error() has the real one
        return false;
    }

    bool check_level(json::error_code& ec) {
        return open_.size() <= levels_max_ ||
               refuse({ErrorCode::kInvalidInput, std::string(kTooDeep)}, ec);
    }

    bool open(Value empty, json::error_code& ec) {
        if (!check_level(ec)) {
            return false;
        }
        open_.push_back({.value = std::move(empty), .name = {}});
        return true;
    }

    bool close(json::error_code& ec) {
        auto closed = std::move(open_.back().value);
        open_.pop_back();
        return add(std::move(closed), ec);
    }

    bool on_number(json::string_view part, json::error_code& ec) {
        text_.append(part);
        auto number = Number::parse(text_);
        if (!number) {
            return refuse(naming(number.error(), text_), ec);
        }
        text_.clear();
        return add(*std::move(number), ec);
    }

    bool add(Value value, json::error_code& ec) {
        if (!check_level(ec)) {
            return false;
        }
        if (open_.empty()) {
            whole_ = std::move(value);
        } else if (auto* list = open_.back().value.as<List>()) {
            list->push_back(std::move(value));
        } else {
            open_.back().value.as<Map>()->insert_or_assign(std::move(open_.back().name),
                                                           std::move(value));
        }
        return true;
    }

    std::size_t levels_max_;
    std::vector<Container> open_;
    std::string text_;  // of the name, string or number that is being read
    Value whole_;
    std::optional<Error> error_;
};

// REQUIRES: `at` is in a number, or right after it.
std::string_view number_before(std::string_view text, std::size_t at) {
    const auto before = text.substr(0, at);
    const auto other = before.find_last_not_of("+-.0123456789eE");
    return before.substr(other == std::string_view::npos ? 0 : other + 1);
}

std::unexpected<Error> malformed(const json::error_code& ec, std::string_view text,
                                 std::size_t at) {
    if (ec == json::error::too_deep) {
        return invalid(std::string(kTooDeep));
    }
    if (ec == json::error::exponent_overflow) {  // it is JSON, but Boost.JSON stops there
        return std::unexpected(naming({ErrorCode::kInvalidInput, "a number is out of range"},
                                      number_before(text, at)));
    }
    return fail(ErrorCode::kMalformedJson, fmt::format("no JSON: {} at byte {}", ec.message(), at));
}

Result<Value> parse(std::string_view text, std::size_t levels_max) {
    if (text.size() > kJsonBytesMax) {
        return invalid(
            fmt::format("{} bytes of JSON are over the limit of {}", text.size(), kJsonBytesMax));
    }
    json::parse_options options;
    options.max_depth = levels_max + 2;  // the builder refuses first, and can say where
    json::basic_parser<Builder> parser(options, levels_max);
    json::error_code ec;
    const auto used = parser.write_some(false, text.data(), text.size(), ec);
    if (parser.handler().error()) {
        return std::unexpected(*parser.handler().error());
    }
    if (ec) {
        return malformed(ec, text, used);
    }
    if (used < text.size()) {
        return malformed(json::error::extra_data, text, used);
    }
    return parser.handler().take();
}

// ---- Typed JSON

// Turns plain values into what they mean as typed ones, in their place.
class TypedReader {
  public:
    Result<void> members(Map& map) {
        if (steps_.size() >= kNestingMax && !map.empty()) {
            return error(std::string(kTooDeep));
        }
        for (auto& [name, member] : map) {
            if (auto read = element(Step(name), member); !read) {
                return read;
            }
        }
        return {};
    }

  private:
    using Reader = Result<Value> (TypedReader::*)(Value&);
    struct Type {
        std::string_view tag;
        Reader read;
    };

    static const std::array<Type, 10> kTypes;

    Result<void> element(Step step, Value& plain) {
        steps_.push_back(step);
        auto read = value(plain);
        if (!read) {
            return std::unexpected(std::move(read.error()));
        }
        plain = *std::move(read);
        steps_.pop_back();
        return {};
    }

    std::unexpected<Error> error(std::string message) const {
        return fail_at(steps_, {ErrorCode::kInvalidInput, std::move(message)});
    }
    std::unexpected<Error> expected(std::string_view what, std::string_view tag) const {
        return error(fmt::format("{} is what type {} takes", what, tag));
    }

    Result<Value> value(Value& plain) {
        auto* tagged = plain.as<Map>();
        if (tagged == nullptr) {
            return error("an attribute value is an object such as {\"S\": \"text\"}");
        }
        if (tagged->empty()) {
            return error(
                "Supplied AttributeValue is empty, must contain exactly one of the supported "
                "datatypes");
        }
        if (tagged->size() > 1) {
            return error(
                "Supplied AttributeValue has more than one datatypes set, must contain exactly one "
                "of the supported datatypes");
        }
        auto& [tag, content] = *tagged->begin();
        const auto* type = std::ranges::find(kTypes, std::string_view(tag), &Type::tag);
        if (type == kTypes.end()) {
            return error(fmt::format("there is no type {}", to_string({Step(tag)})));
        }
        return (this->*type->read)(content);
    }

    Result<Value> text(Value& content) {
        auto* text = content.as<std::string>();
        return text != nullptr ? Result<Value>(std::move(content)) : expected("a string", "S");
    }

    Result<Value> number(Value& content) {
        const auto* text = content.as<std::string>();
        if (text == nullptr) {
            return expected("a string of digits", "N");
        }
        auto number = Number::parse(*text);
        if (!number) {
            return fail_at(steps_, std::move(number.error()));
        }
        return *std::move(number);
    }

    Result<Value> binary(Value& content) {
        const auto* text = content.as<std::string>();
        auto bytes = text != nullptr ? decode_base64(*text) : std::nullopt;
        if (!bytes) {
            return expected("base64 text", "B");
        }
        return Binary{*std::move(bytes)};
    }

    Result<Value> boolean(Value& content) {
        return content.as<bool>() != nullptr ? Result<Value>(std::move(content))
                                             : expected("true or false", "BOOL");
    }

    Result<Value> null(Value& content) {
        const auto* flag = content.as<bool>();
        if (flag == nullptr || !*flag) {
            return error(
                "One or more parameter values were invalid: Null attribute value types must have "
                "the value of true");
        }
        return Null{};
    }

    Result<Value> list(Value& content) {
        auto* plain = content.as<List>();
        if (plain == nullptr) {
            return expected("an array", "L");
        }
        if (steps_.size() >= kNestingMax && !plain->empty()) {
            return error(std::string(kTooDeep));
        }
        for (std::size_t i = 0; i < plain->size(); ++i) {
            if (auto read = element(Step(i), (*plain)[i]); !read) {
                return std::unexpected(std::move(read.error()));
            }
        }
        return std::move(content);
    }

    Result<Value> map(Value& content) {
        auto* plain = content.as<Map>();
        if (plain == nullptr) {
            return expected("an object", "M");
        }
        if (auto read = members(*plain); !read) {
            return std::unexpected(std::move(read.error()));
        }
        return std::move(content);
    }

    template <typename T, Reader read_element>
    Result<Value> set(Value& content) {
        auto* elements = content.as<List>();
        if (elements == nullptr) {
            return error("a set is an array of strings");
        }
        if (elements->empty()) {
            return error(
                "One or more parameter values were invalid: An AttributeValue may not contain an "
                "empty set");
        }
        std::set<T> set;
        for (auto& element : *elements) {
            auto read = (this->*read_element)(element);
            if (!read) {
                return read;
            }
            if (!set.insert(std::move(*read->template as<T>())).second) {
                return error(
                    "One or more parameter values were invalid: Input collection contains "
                    "duplicates");
            }
        }
        return set;
    }

    std::vector<Step> steps_;
};

constexpr std::array<TypedReader::Type, 10> TypedReader::kTypes{{
    {.tag = "S", .read = &TypedReader::text},
    {.tag = "N", .read = &TypedReader::number},
    {.tag = "B", .read = &TypedReader::binary},
    {.tag = "BOOL", .read = &TypedReader::boolean},
    {.tag = "NULL", .read = &TypedReader::null},
    {.tag = "L", .read = &TypedReader::list},
    {.tag = "M", .read = &TypedReader::map},
    {.tag = "SS", .read = &TypedReader::set<std::string, &TypedReader::text>},
    {.tag = "NS", .read = &TypedReader::set<Number, &TypedReader::number>},
    {.tag = "BS", .read = &TypedReader::set<Binary, &TypedReader::binary>},
}};

}  // namespace

Result<Value> parse_plain_json(std::string_view text) {
    return parse(text, kNestingMax);
}

Result<Item> parse_dynamodb_json(std::string_view text) {
    // A level of a typed value takes two of JSON, its object and what that holds; a set's elements
    // take one more.
    auto plain = parse(text, std::size_t{2} * kNestingMax + 1);
    if (!plain) {
        return std::unexpected(std::move(plain.error()));
    }
    auto* map = plain->as<Map>();
    if (map == nullptr) {
        return invalid("an item is an object such as {\"name\": {\"S\": \"text\"}}");
    }
    if (auto read = TypedReader().members(*map); !read) {
        return std::unexpected(std::move(read.error()));
    }
    return std::move(*map);
}

}  // namespace meridian::item
