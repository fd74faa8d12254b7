// Who asks for a change, and what they may do.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace meridian::management {

// Each may do what the ones before it may. viewer: reads, explains, routes. editor: changes rules,
// business hours and agents. operator: moves traffic, breaks things on purpose. admin: everything.
enum class Role : std::uint8_t { kViewer, kEditor, kOperator, kAdmin };
[[nodiscard]] std::string_view to_string(Role role);
// Nothing: no role has that name.
[[nodiscard]] std::optional<Role> parse_role(std::string_view name);

// The principal of one request. `name` is the credentials' profile, `address` the client's
// ("127.0.0.1:50312").
struct Caller {
    std::string name;
    std::string access_key_id;
    Role role = Role::kViewer;
    std::string address;
    std::string request_id;
};

}  // namespace meridian::management
