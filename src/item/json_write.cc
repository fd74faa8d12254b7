// The writing half of json.h.
#include <cstddef>
#include <cstdint>

#include "item/base64.h"
#include "item/json.h"

namespace meridian::item {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

// Length of the well-formed UTF-8 sequence (RFC 3629) that the text starts with; 0 when there is
// none. REQUIRES: the text is not empty.
std::size_t utf8_sequence(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text[0]);
    if (lead < 0x80) {
        return 1;
    }
    const std::size_t length = lead >= 0xC2 && lead <= 0xDF   ? 2
                               : lead >= 0xE0 && lead <= 0xEF ? 3
                               : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                              : 0;
    if (length == 0 || text.size() < length) {
        return 0;
    }
    for (std::size_t i = 1; i < length; ++i) {
        if (!is_continuation(text[i])) {
            return 0;
        }
    }
    const auto second = static_cast<unsigned char>(text[1]);
    const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
    const bool surrogate = lead == 0xED && second > 0x9F;
    const bool beyond = lead == 0xF4 && second > 0x8F;
    return overlong || surrogate || beyond ? 0 : length;
}

bool is_plain(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

void append_escape(char c, std::string& out) {
    constexpr std::string_view kHex = "0123456789abcdef";
    switch (c) {
        case '"':
        case '\\':
            out.append({'\\', c});
            return;
        case '\b':
            out.append("\\b");
            return;
        case '\f':
            out.append("\\f");
            return;
        case '\n':
            out.append("\\n");
            return;
        case '\r':
            out.append("\\r");
            return;
        case '\t':
            out.append("\\t");
            return;
        default:
            out.append("\\u00");
            out.push_back(kHex[static_cast<unsigned char>(c) >> 4]);
            out.push_back(kHex[static_cast<unsigned char>(c) & 0x0F]);
    }
}

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
    while (!text.empty()) {
        const auto length = utf8_sequence(text);
        if (length == 0) {
            return false;
        }
        text.remove_prefix(length);
    }
    return true;
}

void append_json_string(std::string_view text, std::string& out) {
    out.push_back('"');
    while (!text.empty()) {
        std::size_t plain = 0;
        while (plain < text.size() && is_plain(text[plain])) {
            ++plain;
        }
        out.append(text.substr(0, plain));
        text.remove_prefix(plain);
        if (text.empty()) {
            break;
        }
        const auto length = utf8_sequence(text);
        if (length == 1) {
            append_escape(text[0], out);
        } else {
            out.append(length == 0 ? kReplacement : text.substr(0, length));
        }
        text.remove_prefix(length == 0 ? 1 : length);
    }
    out.push_back('"');
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
