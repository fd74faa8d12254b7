#include "management/caller.h"

#include <array>
#include <utility>

namespace meridian::management {
namespace {

constexpr std::array kNames{std::pair{Role::kViewer, std::string_view("viewer")},
                            std::pair{Role::kEditor, std::string_view("editor")},
                            std::pair{Role::kOperator, std::string_view("operator")},
                            std::pair{Role::kAdmin, std::string_view("admin")}};

}  // namespace

std::string_view to_string(Role role) {
    return kNames.at(static_cast<std::size_t>(role)).second;
}

std::optional<Role> parse_role(std::string_view name) {
    for (const auto& [role, known] : kNames) {
        if (known == name) {
            return role;
        }
    }
    return std::nullopt;
}

}  // namespace meridian::management
