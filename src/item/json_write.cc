// The writing half of json.h.
#include <cstddef>
#include <cstdint>

#include "base/json_text.h"
#include "item/base64.h"
#include "item/json.h"

namespace meridian::item {
namespace {

enum class Style : std::uint8_t { kPlain, kTyped };

class Writer {
  public:
    Writer(Style style, std::string& out) : style_(style), out_(out) {}

    void value(const Value& value) {
        if (style_ == Style::kPlain) {
            std::visit(*this, value.variant());
            return;
        }
        out_.append("{\"").append(type_name(value)).append("\":");
        std::visit(*this, value.variant());
        out_.push_back('}');
    }

    void operator()(Null) { out_.append(style_ == Style::kPlain ? "null" : "true"); }
    void operator()(bool value) { out_.append(value ? "true" : "false"); }
    void operator()(const Number& value) {
        const std::string_view quote = style_ == Style::kPlain ? "" : "\"";
        out_.append(quote).append(value.to_string()).append(quote);
    }
    void operator()(const std::string& value) { append_json_string(value, out_); }
    void operator()(const Binary& value) {
        out_.push_back('"');
        append_base64(value.bytes, out_);
        out_.push_back('"');
    }

    void operator()(const List& list) {
        array(list, [this](const Value& element) { value(element); });
    }
    template <typename T>
    void operator()(const std::set<T>& set) {
        array(set, *this);
    }

    void operator()(const Map& map) {
        out_.push_back('{');
        std::string_view separator;
        for (const auto& [name, element] : map) {
            out_.append(separator);
            append_json_string(name, out_);
            out_.push_back(':');
            value(element);
            separator = ",";
        }
        out_.push_back('}');
    }

  private:
    template <typename Range, typename Append>
    void array(const Range& range, Append append) {
        out_.push_back('[');
        std::string_view separator;
        for (const auto& element : range) {
            out_.append(separator);
            append(element);
            separator = ",";
        }
        out_.push_back(']');
    }

    Style style_;
    std::string& out_;
};

}  // namespace

bool is_utf8(std::string_view text) {
    return is_utf8_text(text);
}

void append_json_string(std::string_view text, std::string& out) {
    append_json_text(text, out);
}

void append_plain_json(const Value& value, std::string& out) {
    Writer(Style::kPlain, out).value(value);
}

std::string to_plain_json(const Value& value) {
    std::string out;
    append_plain_json(value, out);
    return out;
}

void append_dynamodb_json(const Item& item, std::string& out) {
    Writer(Style::kTyped, out)(item);
}

std::string to_dynamodb_json(const Item& item) {
    std::string out;
    append_dynamodb_json(item, out);
    return out;
}

}  // namespace meridian::item
