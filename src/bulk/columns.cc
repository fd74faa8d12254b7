#include "bulk/columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

#include "base/check.h"
#include "bulk/fields.h"
#include "item/json.h"

namespace meridian::bulk {
namespace {

using management::FieldError;
using management::Kind;

constexpr std::string_view kAnyValue = ":json";
constexpr char kNoteMark = '#';

void append_pointer(std::string_view name, std::string& pointer) {
    pointer += '/';
    for (const char c : name) {
        if (c == '~') {
            pointer += "~0";
        } else if (c == '/') {
            pointer += "~1";
        } else {
            pointer += c;
        }
    }
}

std::string pointer_of(std::string_view parent, std::string_view name) {
    std::string pointer;
    if (!parent.empty()) {
        append_pointer(parent, pointer);
    }
    append_pointer(name, pointer);
    return pointer;
}

// Whether a header of that name is read as that field, and as a text.
bool can_be_header(Kind kind, std::string_view name) {
    return !name.empty() && trimmed(name) == name && name.front() != kNoteMark &&
           !name.ends_with(kAnyValue) && parent_of(kind, name).empty() && !name.contains('\0');
}

bool can_be_child(std::string_view name) {
    return !name.empty() && trimmed(name) == name && !name.ends_with(kAnyValue) &&
           !name.contains('\0');
}

std::vector<std::string_view> keys_of(Kind kind) {
    std::vector<std::string_view> keys{fields_of(kind).front().path};
    if (kind == Kind::kRule) {
        keys.push_back(fields_of(kind)[1].path);
    }
    return keys;
}

}  // namespace

// ---- Reading

ColumnReader::Column ColumnReader::column_of(Kind kind, std::string_view header) {
    const auto text = trimmed(header);
    if (text.empty() || text.front() == kNoteMark) {
        return {text.empty() ? Role::kNothing : Role::kNote, "", std::string(text)};
    }
    if (text == kAnyValue) {
        return {Role::kFields, "", "", CellForm::kJson};
    }
    const bool is_json = text.ends_with(kAnyValue);
    const auto path = is_json ? text.substr(0, text.size() - kAnyValue.size()) : text;
    const auto parent = parent_of(kind, path);
    const auto name = parent.empty() ? path : path.substr(parent.size() + 1);
    const auto form = is_json ? CellForm::kJson : place_of(kind, parent, name).form;
    return {Role::kField, std::string(parent), std::string(name), form};
}

Result<ColumnReader> ColumnReader::make(Kind kind, const std::vector<std::string>& header) {
    ColumnReader reader;
    std::set<std::string_view> names;
    bool has_fields = false;
    for (const auto& text : header) {
        if (!trimmed(text).empty() && !names.insert(trimmed(text)).second) {
            return fail(ErrorCode::kInvalidInput,
                        fmt::format("the header has the column {} twice", trimmed(text)));
        }
        reader.columns_.push_back(column_of(kind, text));
        has_fields = has_fields || reader.columns_.back().role == Role::kFields;
    }
    for (const auto key : keys_of(kind)) {
        const auto is_key = [&](const Column& column) {
            return column.role == Role::kField && column.parent.empty() && column.name == key;
        };
        if (!has_fields && std::ranges::none_of(reader.columns_, is_key)) {
            const bool other = header.size() == 1 && header.front().contains(';');
            return fail(ErrorCode::kInvalidInput,
                        fmt::format("the header has no column {}; {}", key,
                                    other ? "columns are parted by commas, not semicolons"
                                          : "the first line names the columns"));
        }
    }
    const auto before = [&](std::size_t i) {
        const auto& column = reader.columns_[i];
        const int turn = column.role == Role::kFields ? 0 : column.parent.empty() ? 1 : 2;
        return std::pair(turn, i);
    };
    for (std::size_t i = 0; i < header.size(); ++i) {
        reader.order_.push_back(i);
    }
    std::ranges::sort(reader.order_, {}, before);
    return reader;
}

void ColumnReader::store(const Column& column, item::Value value, item::Map& item,
                         std::vector<FieldError>& faults) {
    if (column.role == Role::kFields) {
        if (auto* fields = value.as<item::Map>()) {
            item.merge(*fields);
        } else {
            faults.push_back({"", "the column :json is no JSON object", "{\"field\":\"value\"}"});
        }
        return;
    }
    auto* map = &item;
    if (!column.parent.empty()) {
        map = item.try_emplace(column.parent, item::Map{}).first->second.as<item::Map>();
    }
    if (map == nullptr || !map->try_emplace(column.name, std::move(value)).second) {
        faults.push_back(
            {pointer_of(column.parent, column.name), "is given by two columns of this row", ""});
    }
}

item::Map ColumnReader::read(const std::vector<std::string>& cells,
                             std::vector<FieldError>& faults) const {
    item::Map item;
    if (std::ranges::all_of(cells, &std::string::empty)) {
        return item;
    }
    if (cells.size() != columns_.size()) {
        faults.push_back(
            {"",
             fmt::format("the row has {} cells, and the header {}", cells.size(), columns_.size()),
             ""});
        return item;
    }
    for (const auto i : order_) {
        const auto& column = columns_[i];
        if (cells[i].empty() || column.role == Role::kNote) {
            continue;
        }
        if (column.role == Role::kNothing) {
            faults.push_back({"", fmt::format("column {} has no name in the header", i + 1), ""});
            continue;
        }
        auto value = from_cell(column.form, cells[i]);
        if (value) {
            store(column, std::move(*value), item, faults);
        } else {
            value.error().pointer = column.role == Role::kFields
                                        ? std::string(kAnyValue)
                                        : pointer_of(column.parent, column.name);
            faults.push_back(std::move(value.error()));
        }
    }
    return item;
}

// ---- Writing

ColumnWriter::ColumnWriter(Kind kind) : kind_(kind) {
    for (const auto key : keys_of(kind)) {
        columns_.emplace(Place{place_of(kind, "", key).rank, key}, 0);
    }
}

void ColumnWriter::add_field(std::string_view parent, std::string_view name,
                             const item::Value& value, std::vector<Cell>& cells) const {
    const auto place = place_of(kind_, parent, name);
    auto header = parent.empty() ? std::string(name) : fmt::format("{}.{}", parent, name);
    if (auto text = to_cell(place.form, value)) {
        cells.push_back({place.rank, std::move(header), std::move(*text)});
    } else {
        header += kAnyValue;
        cells.push_back({place.rank, std::move(header), item::to_plain_json(value)});
    }
}

std::vector<ColumnWriter::Cell> ColumnWriter::cells_of(const item::Map& item) const {
    std::vector<Cell> cells;
    item::Map rest;
    for (const auto& [name, value] : item) {
        const auto* map = value.as<item::Map>();
        const bool has_children = parent_of(kind_, name + ".x") == name;
        if (!can_be_header(kind_, name)) {
            rest.emplace(name, value);
        } else if (has_children && map != nullptr && !map->empty() &&
                   std::ranges::all_of(
                       *map, [](const auto& child) { return can_be_child(child.first); })) {
            for (const auto& [child, child_value] : *map) {
                add_field(name, child, child_value, cells);
            }
        } else {
            add_field("", name, value, cells);
        }
    }
    if (!rest.empty()) {
        cells.push_back({std::numeric_limits<std::size_t>::max(), std::string(kAnyValue),
                         item::to_plain_json(rest)});
    }
    return cells;
}

void ColumnWriter::note(const item::Map& item) {
    for (auto& cell : cells_of(item)) {
        columns_.emplace(Place{cell.rank, std::move(cell.header)}, 0);
    }
    std::size_t index = 0;
    for (auto& [place, at] : columns_) {
        at = index++;
    }
}

std::vector<std::string> ColumnWriter::header() const {
    std::vector<std::string> header;
    for (const auto& [place, at] : columns_) {
        header.push_back(place.second);
    }
    return header;
}

std::vector<std::string> ColumnWriter::row(const item::Map& item) const {
    std::vector<std::string> row(columns_.size());
    for (auto& cell : cells_of(item)) {
        const auto column = columns_.find(Place{cell.rank, cell.header});
        CHECK(column != columns_.end());
        row[column->second] = std::move(cell.text);
    }
    return row;
}

}  // namespace meridian::bulk
