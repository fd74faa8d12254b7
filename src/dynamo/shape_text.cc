#include "dynamo/shape_text.h"

#include <boost/json/serialize.hpp>
#include <string_view>
#include <utility>

#include "dynamo/parameters.h"

namespace meridian::dynamo {

namespace json = boost::json;

namespace {

constexpr std::size_t kShownBytesMax = 16384;

struct Type {
    std::string_view tag;
    std::string_view shown;
};
constexpr Type kTypes[] = {{"S", "s"},       {"N", "n"},      {"B", "b"}, {"SS", "sS"},
                           {"NS", "nS"},     {"BS", "bS"},    {"M", "m"}, {"L", "l"},
                           {"NULL", "nULL"}, {"BOOL", "bOOL"}};

class Printer {
  public:
    [[nodiscard]] std::string take() { return std::move(out_); }

    void print(const json::value& value, const Shape& shape) {
        if (full() || value.is_null()) {
            out_ += "null";
            return;
        }
        switch (shape.kind) {
            case Kind::kStructure:
                structure(value.get_object(), shape);
                break;
            case Kind::kMap:
                map(value.get_object(), *shape.element);
                break;
            case Kind::kList:
                list(value.get_array(), *shape.element);
                break;
            case Kind::kAttributeValue:
                attribute_value(value.get_object());
                break;
            default:
                scalar(value);
        }
    }

  private:
    [[nodiscard]] bool full() const { return out_.size() > kShownBytesMax; }

    void scalar(const json::value& value) {
        if (const auto* text = value.if_string()) {
            out_ += view(*text);
        } else {
            out_ += json::serialize(value);
        }
    }

    void list(const json::array& all, const Shape& element) {
        out_ += '[';
        std::string_view separator;
        for (const auto& value : all) {
            out_ += std::exchange(separator, ", ");
            print(value, element);
        }
        out_ += ']';
    }

    void map(const json::object& all, const Shape& element) {
        out_ += '{';
        std::string_view separator;
        for (const auto& entry : all) {
            out_ += std::exchange(separator, ", ");
            out_ += view(entry.key());
            out_ += '=';
            print(entry.value(), element);
        }
        out_ += '}';
    }

    void name(std::string_view name) {
        const auto at = out_.size();
        out_ += name;
        out_[at] = static_cast<char>(out_[at] | 0x20);
        out_ += '=';
    }

    void structure(const json::object& all, const Shape& shape) {
        out_ += shape.type;
        out_ += '(';
        std::string_view separator;
        for (const auto& member : shape.members) {
            out_ += std::exchange(separator, ", ");
            name(member.name);
            const auto* value = find(all, member.name);
            value != nullptr ? print(*value, *member.shape) : void(out_ += "null");
        }
        out_ += ')';
    }

    void attribute_value(const json::object& all) {
        out_ += "AttributeValue(";
        std::string_view separator;
        for (const auto& [tag, shown] : kTypes) {
            out_ += std::exchange(separator, ", ");
            out_ += shown;
            out_ += '=';
            const auto* value = find(all, tag);
            if (value == nullptr) {
                out_ += "null";
            } else if (tag == "M") {
                map(value->get_object(), kAttributeValue);
            } else if (tag == "L") {
                list(value->get_array(), kAttributeValue);
            } else if (value->is_array()) {
                list(value->get_array(), kText);
            } else {
                scalar(*value);
            }
        }
        out_ += ')';
    }

    std::string out_;
};

}  // namespace

std::string quoted(const json::value& value, const Shape& shape) {
    Printer printer;
    if (shape.as_json) {
        return "'" + json::serialize(value).substr(0, kShownBytesMax) + "'";
    }
    printer.print(value, shape);
    return "'" + printer.take() + "'";
}

}  // namespace meridian::dynamo
