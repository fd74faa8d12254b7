#include "manage/assignments.h"

#include <fmt/format.h>

#include <utility>

#include "bulk/cell.h"
#include "bulk/fields.h"
#include "manage/text.h"

namespace meridian::app {
namespace {

struct Assignment {
    std::string parent;
    std::string name;
    item::Value value;
};

Result<Assignment> read_assignment(management::Kind kind, const std::string& text) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0 || text.starts_with(":=")) {
        return fail(
            ErrorCode::kInvalidInput,
            fmt::format("--set: '{}' is not FIELD=VALUE, as in queueId=sales", printable(text)));
    }
    const bool is_json = text[equals - 1] == ':';
    const auto path = std::string_view(text).substr(0, equals - (is_json ? 1 : 0));
    const auto cell = std::string_view(text).substr(equals + 1);
    const auto parent = bulk::parent_of(kind, path);
    const auto name = parent.empty() ? path : path.substr(parent.size() + 1);
    const auto form = is_json ? bulk::CellForm::kJson : bulk::place_of(kind, parent, name).form;
    Assignment assignment{std::string(parent), std::string(name), item::Null{}};
    if (!cell.empty()) {
        auto value = bulk::from_cell(form, cell);
        if (!value) {
            return fail(ErrorCode::kInvalidInput,
                        fmt::format("--set {}: {}", printable(path), fault_text(value.error())));
        }
        assignment.value = std::move(*value);
    }
    return assignment;
}

}  // namespace

Result<item::Map> read_assignments(management::Kind kind,
                                   const std::vector<std::string>& assignments) {
    item::Map patch;
    for (const auto& text : assignments) {
        auto assignment = read_assignment(kind, text);
        if (!assignment) {
            return std::unexpected(assignment.error());
        }
        auto* map = &patch;
        if (!assignment->parent.empty()) {
            map = patch.try_emplace(assignment->parent, item::Map{}).first->second.as<item::Map>();
        }
        if (map == nullptr ||
            !map->try_emplace(assignment->name, std::move(assignment->value)).second) {
            return fail(ErrorCode::kInvalidInput,
                        fmt::format("--set: {} is set twice", printable(assignment->name)));
        }
    }
    return patch;
}

void apply_patch(const item::Map& patch, item::Map& item) {
    for (const auto& [name, value] : patch) {
        if (value.as<item::Null>() != nullptr) {
            item.erase(name);
            continue;
        }
        const auto* inner = value.as<item::Map>();
        if (inner == nullptr) {
            item.insert_or_assign(name, value);
            continue;
        }
        auto& target = item[name];
        if (target.as<item::Map>() == nullptr) {
            target = item::Map{};
        }
        apply_patch(*inner, *target.as<item::Map>());
    }
}

}  // namespace meridian::app
