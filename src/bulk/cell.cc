#include "bulk/cell.h"

#include <algorithm>
#include <utility>

#include "item/json.h"

namespace meridian::bulk {
namespace {

using Cell = std::expected<item::Value, management::FieldError>;

constexpr char kSeparator = ';';
constexpr std::string_view kClosed = "closed";

std::unexpected<management::FieldError> fault(std::string_view message, std::string_view example) {
    return std::unexpected(management::FieldError{{}, std::string(message), std::string(example)});
}

// The parts between separators, without blanks around them.
std::vector<std::string_view> parts_of(std::string_view cell) {
    std::vector<std::string_view> parts;
    for (std::size_t start = 0; start <= cell.size();) {
        const auto end = std::min(cell.find(kSeparator, start), cell.size());
        parts.push_back(trimmed(cell.substr(start, end - start)));
        start = end + 1;
    }
    if (parts.back().empty()) {  // a separator at the end is fine
        parts.pop_back();
    }
    return parts;
}

// "a b c" → "a", "b c".
std::pair<std::string_view, std::string_view> cut(std::string_view text, char at) {
    const auto where = text.find(at);
    if (where == std::string_view::npos) {
        return {trimmed(text), {}};
    }
    return {trimmed(text.substr(0, where)), trimmed(text.substr(where + 1))};
}

Cell read_number(std::string_view cell) {
    auto number = item::Number::parse(trimmed(cell));
    return number ? Cell(std::move(*number)) : fault("is not a number", "1");
}

Cell read_flag(std::string_view cell) {
    std::string text(trimmed(cell));
    std::ranges::transform(text, text.begin(), [](unsigned char c) {
        return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    });  // spreadsheets write TRUE
    if (text != "true" && text != "false") {
        return fault("is neither true nor false", "true");
    }
    return item::Value(text == "true");
}

Cell read_texts(std::string_view cell) {
    item::List list;
    for (const auto part : parts_of(cell)) {
        if (part.empty()) {
            return fault("has an empty element between two semicolons", "\"eu-west-1;us-west-2\"");
        }
        list.emplace_back(part);
    }
    return item::Value(std::move(list));
}

std::optional<item::Map> read_period(std::string_view text, std::string_view from,
                                     std::string_view to) {
    const auto [first, second] = cut(text, '-');
    if (first.empty() || second.empty()) {
        return std::nullopt;
    }
    return item::Map{{std::string(from), first}, {std::string(to), second}};
}

Cell read_periods(std::string_view cell) {
    item::List periods;
    if (trimmed(cell) == kClosed) {
        return item::Value(item::Map{{"isOpen", false}, {"hours", periods}});
    }
    for (const auto part : parts_of(cell)) {
        auto period = read_period(part, "open", "close");
        if (!period) {
            return fault("is neither 'closed' nor times of opening and closing",
                         "\"09:00-12:00;13:00-17:00\"");
        }
        periods.emplace_back(std::move(*period));
    }
    return item::Value(item::Map{{"isOpen", true}, {"hours", std::move(periods)}});
}

Cell read_holidays(std::string_view cell) {
    item::List holidays;
    for (const auto part : parts_of(cell)) {
        const auto [date, name] = cut(part, ' ');
        if (date.empty()) {
            return fault("has an empty element between two semicolons",
                         "\"2026-12-25 Christmas Day;2027-01-01 New Year\"");
        }
        item::Map holiday{{"date", date}};
        if (!name.empty()) {
            holiday["name"] = name;
        }
        holidays.emplace_back(std::move(holiday));
    }
    return item::Value(std::move(holidays));
}

Cell read_shifts(std::string_view cell) {
    item::List shifts;
    for (const auto part : parts_of(cell)) {
        const auto [day, times] = cut(part, ' ');
        auto shift = read_period(times, "start", "end");
        if (day.empty() || !shift) {
            return fault("has a shift that is no day with a start and an end",
                         "\"monday 09:00-17:00;tuesday 09:00-13:00\"");
        }
        (*shift)["day"] = day;
        shifts.emplace_back(std::move(*shift));
    }
    return item::Value(std::move(shifts));
}

Cell read_json(std::string_view cell) {
    auto value = item::parse_plain_json(cell);
    return value ? Cell(std::move(*value))
                 : fault("is not JSON: " + value.error().message, "\"a\"");
}

// ---- Writing: forms are tried, and read back by to_cell().

std::string text_at(const item::Map& map, std::string_view name) {
    const auto* value = item::find(map, name);
    const auto* text = value == nullptr ? nullptr : value->as<std::string>();
    return text == nullptr ? std::string() : *text;
}

// The elements of a list, each as `text` has it.
template <typename Text>
std::string joined(const item::Value* value, const Text& text) {
    const auto* list = value == nullptr ? nullptr : value->as<item::List>();
    std::string cell;
    for (const auto& element : list == nullptr ? item::List{} : *list) {
        if (!cell.empty()) {
            cell += kSeparator;
        }
        cell += text(element);
    }
    return cell;
}

// As joined(), of a list of maps.
template <typename Text>
std::string joined_maps(const item::Value* value, const Text& text) {
    return joined(value, [&](const item::Value& element) {
        const auto* map = element.as<item::Map>();
        return map == nullptr ? std::string() : text(*map);
    });
}

std::string write_periods(const item::Value& value) {
    const auto* day = value.as<item::Map>();
    const auto* is_open = day == nullptr ? nullptr : item::find(*day, "isOpen");
    if (is_open == nullptr) {
        return {};
    }
    if (*is_open == item::Value(false)) {
        return std::string(kClosed);
    }
    return joined_maps(item::find(*day, "hours"), [](const item::Map& period) {
        return text_at(period, "open") + "-" + text_at(period, "close");
    });
}

// An empty cell stands for no value; a zero byte is fine in JSON, and not in CSV.
bool can_stand(std::string_view cell) {
    return !cell.empty() && !cell.contains('\0');
}

std::string write_plain(CellForm form, const item::Value& value) {
    switch (form) {
        case CellForm::kNumber:
            return value.as<item::Number>() == nullptr ? "" : value.as<item::Number>()->to_string();
        case CellForm::kFlag:
            return value == item::Value(true) ? "true" : "false";
        case CellForm::kTexts:
            return joined(&value, [](const item::Value& element) {
                return element.as<std::string>() == nullptr ? "" : *element.as<std::string>();
            });
        case CellForm::kPeriods:
            return write_periods(value);
        case CellForm::kHolidays:
            return joined_maps(&value, [](const item::Map& holiday) {
                return text_at(holiday, "date") + " " + text_at(holiday, "name");
            });
        case CellForm::kShifts:
            return joined_maps(&value, [](const item::Map& shift) {
                return text_at(shift, "day") + " " + text_at(shift, "start") + "-" +
                       text_at(shift, "end");
            });
        default:
            return {};
    }
}

}  // namespace

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlanks = " \t";
    const auto first = text.find_first_not_of(kBlanks);
    return first == std::string_view::npos
               ? std::string_view{}
               : text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::expected<item::Value, management::FieldError> from_cell(CellForm form, std::string_view cell) {
    switch (form) {
        case CellForm::kText:
            return item::Value(cell);
        case CellForm::kNumber:
            return read_number(cell);
        case CellForm::kFlag:
            return read_flag(cell);
        case CellForm::kTexts:
            return read_texts(cell);
        case CellForm::kPeriods:
            return read_periods(cell);
        case CellForm::kHolidays:
            return read_holidays(cell);
        case CellForm::kShifts:
            return read_shifts(cell);
        case CellForm::kJson:
            return read_json(cell);
    }
    return fault("has no form", "");
}

std::optional<std::string> to_cell(CellForm form, const item::Value& value) {
    if (form == CellForm::kText) {
        const auto* text = value.as<std::string>();
        return text != nullptr && can_stand(*text) ? std::optional(*text) : std::nullopt;
    }
    if (form == CellForm::kJson) {
        return item::to_plain_json(value);
    }
    auto cell = write_plain(form, value);
    if (!can_stand(cell)) {
        return std::nullopt;
    }
    const auto back = from_cell(form, cell);
    return back && *back == value ? std::optional(std::move(cell)) : std::nullopt;
}

}  // namespace meridian::bulk
