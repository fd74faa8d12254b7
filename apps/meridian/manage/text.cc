#include "manage/text.h"

#include <fmt/format.h>

#include "item/json.h"

namespace meridian::app {

std::string text_at(const item::Map& map, std::string_view name) {
    const auto* value = item::find(map, name);
    if (value == nullptr || value->as<item::Null>() != nullptr) {
        return "";
    }
    const auto* text = value->as<std::string>();
    return text != nullptr ? *text : item::to_plain_json(*value);
}

const item::List& list_at(const item::Map& map, std::string_view name) {
    static const item::List kNone;
    const auto* value = item::find(map, name);
    const auto* list = value == nullptr ? nullptr : value->as<item::List>();
    return list == nullptr ? kNone : *list;
}

const item::Map& map_at(const item::Map& map, std::string_view name) {
    static const item::Map kNone;
    const auto* value = item::find(map, name);
    const auto* found = value == nullptr ? nullptr : value->as<item::Map>();
    return found == nullptr ? kNone : *found;
}

std::vector<management::FieldError> faults_of(const item::Map& answer, std::string_view name) {
    std::vector<management::FieldError> faults;
    for (const auto& entry : list_at(answer, name)) {
        if (const auto* map = entry.as<item::Map>()) {
            const auto* example = item::find(*map, "example");
            faults.push_back({text_at(*map, "pointer"), text_at(*map, "message"),
                              example == nullptr ? "" : item::to_plain_json(*example)});
        }
    }
    return faults;
}

std::string fault_text(const management::FieldError& fault) {
    const auto value = item::parse_plain_json(fault.example);
    const auto* text = value ? value->as<std::string>() : nullptr;
    return fmt::format("{}{}{}{}{}", dotted(fault.pointer), fault.pointer.empty() ? "" : ": ",
                       fault.message, fault.example.empty() ? "" : ", as in ",
                       text == nullptr ? fault.example : *text);
}

std::string dotted(std::string_view pointer) {
    std::string text;
    for (std::size_t i = pointer.starts_with('/') ? 1 : 0; i < pointer.size(); ++i) {
        if (pointer[i] == '~' && i + 1 < pointer.size()) {
            text += pointer[++i] == '1' ? '/' : '~';
        } else {
            text += pointer[i] == '/' ? '.' : pointer[i];
        }
    }
    return text;
}

std::string printable(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
        if (byte == 0xC2 && next >= 0x80 && next < 0xA0) {  // U+0080 to U+009F
            ++i;
        } else if (byte >= 0x20 && byte != 0x7F) {
            result += text[i];
            continue;
        }
        result += byte == '\n' || byte == '\t' ? " " : "\xEF\xBF\xBD";
    }
    return result;
}

std::string with_commas(std::uint64_t number) {
    auto text = std::to_string(number);
    for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) {
        text.insert(static_cast<std::size_t>(at), ",");
    }
    return text;
}

std::string counted(std::uint64_t number, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", with_commas(number), number == 1 ? one : many);
}

}  // namespace meridian::app
