#include "manage/item_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <optional>

#include "bulk/columns.h"
#include "bulk/fields.h"
#include "item/json.h"
#include "manage/terminal.h"
#include "manage/text.h"

namespace meridian::app {
namespace {

using management::Kind;

constexpr std::size_t kLineColumns = 100;
constexpr std::size_t kIndent = 2;

// Names below the known fields, in the order in which people say them.
constexpr std::array<std::string_view, 9> kInnerNames{"isOpen", "hours", "date",  "day", "name",
                                                      "open",   "close", "start", "end"};

// Where a field of `parent` stands; smaller is earlier.
using Order = std::function<std::size_t(std::string_view parent, std::string_view name)>;

std::size_t inner_rank(std::string_view /*parent*/, std::string_view name) {
    return static_cast<std::size_t>(std::ranges::find(kInnerNames, name) - kInnerNames.begin());
}

std::vector<const item::Map::value_type*> ordered(const item::Map& map, std::string_view parent,
                                                  const Order& order) {
    std::vector<const item::Map::value_type*> fields;
    for (const auto& field : map) {
        fields.push_back(&field);
    }
    std::ranges::sort(fields, [&](const auto* a, const auto* b) {
        return std::pair(order(parent, a->first), std::string_view(a->first)) <
               std::pair(order(parent, b->first), std::string_view(b->first));
    });
    return fields;
}

void append_name(std::string_view name, std::string& out) {
    item::append_json_string(name, out);
    out += ": ";
}

void append_inline(const item::Value& value, std::string_view parent, const Order& order,
                   std::string& out) {
    std::string_view comma;
    if (const auto* map = value.as<item::Map>()) {
        out += '{';
        for (const auto* field : ordered(*map, parent, order)) {
            out += comma;
            append_name(field->first, out);
            append_inline(field->second, "", inner_rank, out);
            comma = ", ";
        }
        out += '}';
    } else if (const auto* list = value.as<item::List>()) {
        out += '[';
        for (const auto& element : *list) {
            out += comma;
            append_inline(element, "", inner_rank, out);
            comma = ", ";
        }
        out += ']';
    } else {
        item::append_plain_json(value, out);
    }
}

// REQUIRES: `out` ends where the value begins, in the line whose indentation is `depth`.
void append_pretty(const item::Value& value, std::string_view parent, std::size_t depth,
                   const Order& order, std::string& out) {
    const auto line = out.size() - (out.rfind('\n') + 1);
    const auto start = out.size();
    const auto* map = value.as<item::Map>();
    const auto* list = value.as<item::List>();
    append_inline(value, parent, order, out);
    const bool is_scalar = map == nullptr && list == nullptr;
    const bool is_empty = (map != nullptr && map->empty()) || (list != nullptr && list->empty());
    if (is_scalar || is_empty || (depth > 0 && line + out.size() - start <= kLineColumns)) {
        return;
    }
    out.resize(start);
    const std::string indent(kIndent * (depth + 1), ' ');
    std::string_view comma;
    out += map != nullptr ? '{' : '[';
    if (map != nullptr) {
        for (const auto* field : ordered(*map, parent, order)) {
            out.append(comma).append("\n").append(indent);
            append_name(field->first, out);
            append_pretty(field->second, depth == 0 ? field->first : "", depth + 1,
                          depth == 0 ? order : Order(inner_rank), out);
            comma = ",";
        }
    } else {
        for (const auto& element : *list) {
            out.append(comma).append("\n").append(indent);
            append_pretty(element, "", depth + 1, inner_rank, out);
            comma = ",";
        }
    }
    out.append("\n").append(kIndent * depth, ' ');
    out += map != nullptr ? '}' : ']';
}

// An ARN's last part says which flow or queue: the account and the instance are all the same.
std::string last_part(const std::string& text) {
    return text.starts_with("arn:") ? text.substr(text.rfind('/') + 1) : text;
}

struct ListColumn {
    std::string_view title;
    std::string_view field;
};
constexpr std::array kRuleColumns{
    ListColumn{"NUMBER", "phoneNumber"},    ListColumn{"REGION", "region"},
    ListColumn{"FLOW", "contactFlowId"},    ListColumn{"QUEUE", "queueId"},
    ListColumn{"HOURS", "businessHoursId"}, ListColumn{"FALLBACK", "fallbackRegions"},
    ListColumn{"VERSION", "version"}};
constexpr std::array kHoursColumns{
    ListColumn{"ID", "regionId"}, ListColumn{"NAME", "name"}, ListColumn{"TIME ZONE", "timezone"},
    ListColumn{"EMERGENCY", "emergencyClose"}, ListColumn{"VERSION", "version"}};
constexpr std::array kAgentColumns{ListColumn{"ID", "agentId"}, ListColumn{"NAME", "name"},
                                   ListColumn{"SKILLS", "skills"}, ListColumn{"REGIONS", "regions"},
                                   ListColumn{"VERSION", "version"}};

std::span<const ListColumn> list_columns(Kind kind) {
    return kind == Kind::kRule    ? std::span<const ListColumn>(kRuleColumns)
           : kind == Kind::kHours ? std::span<const ListColumn>(kHoursColumns)
                                  : std::span<const ListColumn>(kAgentColumns);
}

std::string list_cell(const item::Map& item, std::string_view field) {
    if (field == "emergencyClose") {
        const auto* active = item::find(map_at(item, field), "isActive");
        return active != nullptr && *active == item::Value(true) ? "CLOSED" : "";
    }
    const auto* value = item::find(item, field);
    if (value != nullptr && value->as<item::List>() != nullptr) {
        return bulk::to_cell(bulk::CellForm::kTexts, *value).value_or(item::to_plain_json(*value));
    }
    return last_part(text_at(item, field));
}

}  // namespace

std::string pretty_json(const item::Value& value) {
    std::string out;
    append_pretty(value, "", 0, inner_rank, out);
    return out;
}

std::string pretty_json(Kind kind, const item::Map& item) {
    std::string out;
    append_pretty(
        item, "", 0,
        [kind](std::string_view parent, std::string_view name) {
            return bulk::place_of(kind, parent, name).rank;
        },
        out);
    return out;
}

std::string card(Kind kind, const item::Map& item) {
    bulk::ColumnWriter columns(kind);
    columns.note(item);
    const auto names = columns.header();
    const auto cells = columns.row(item);
    std::size_t width = 0;
    for (const auto& name : names) {
        width = std::max(width, display_columns(printable(name)));
    }
    std::string out;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto name = printable(names[i]);
        out += fmt::format("{}{:{}}{}\n", painted(name, Paint::kDim), "",
                           width - display_columns(name) + 2, printable(cells[i]));
    }
    return out;
}

std::vector<std::string> list_titles(Kind kind) {
    std::vector<std::string> titles;
    for (const auto& column : list_columns(kind)) {
        titles.emplace_back(column.title);
    }
    return titles;
}

std::vector<std::string> list_cells(Kind kind, const item::Map& item) {
    std::vector<std::string> cells;
    for (const auto& column : list_columns(kind)) {
        cells.push_back(list_cell(item, column.field));
    }
    return cells;
}

std::string difference_lines(const std::vector<management::Difference>& differences, Ink ink) {
    const auto shown = [](const std::optional<item::Value>& value) {
        std::string text;
        append_inline(*value, "", inner_rank, text);
        return printable(text);
    };
    std::string out;
    for (const auto& [pointer, before, after] : differences) {
        const auto name = printable(dotted(pointer));
        auto line = fmt::format("  - {}: {}", name, before ? shown(before) : "");
        auto paint = Paint::kRed;
        if (before && after) {
            line = fmt::format("  ~ {}: {} → {}", name, shown(before), shown(after));
            paint = Paint::kYellow;
        } else if (after) {
            line = fmt::format("  + {}: {}", name, shown(after));
            paint = Paint::kGreen;
        }
        out += ink == Ink::kColours ? painted(line, paint) : line;
        out += '\n';
    }
    return out;
}

std::vector<management::Difference> without_stamps(
    std::vector<management::Difference> differences) {
    std::erase_if(differences, [](const management::Difference& difference) {
        return difference.pointer == "/version" || difference.pointer == "/lastUpdated";
    });
    return differences;
}

std::vector<management::Difference> differences_in(const item::Map& answer) {
    const auto side = [](const item::Map& entry, std::string_view name) {
        const auto* value = item::find(entry, name);
        return value == nullptr ? std::nullopt : std::optional(*value);
    };
    std::vector<management::Difference> differences;
    for (const auto& entry : list_at(answer, "diff")) {
        if (const auto* map = entry.as<item::Map>()) {
            differences.push_back(
                {text_at(*map, "pointer"), side(*map, "before"), side(*map, "after")});
        }
    }
    return differences;
}

}  // namespace meridian::app
