// Any bytes as a credentials file: profiles that are read have an id and a secret in one line each,
// and edits change the profile that they are about and no other.
#include "aws/credentials.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/check.h"

namespace meridian::aws {
namespace {

bool same(const Profiles& a, const Profiles& b) {
    return std::ranges::equal(a, b, [](const auto& left, const auto& right) {
        const auto& [id, secret, token, expires] = left.second.credentials;
        const auto& other = right.second.credentials;
        return left.first == right.first && id == other.access_key_id &&
               secret == other.secret_access_key && token == other.session_token &&
               left.second.role.has_value() == right.second.role.has_value();
    });
}

void edit(std::string_view text, Profiles profiles) {
    constexpr std::string_view kName = "added by the fuzzer";
    const Profile added{.credentials = {"ID", "SECRET", "TOKEN", {}}, .role = Setting{"viewer"}};
    const auto more = with_profile(text, "file", kName, added);
    if (!more) {
        return;  // the name is taken
    }
    const auto less = without_profile(*more, "file", kName);
    CHECK(less && same(*parse_credentials(*less, "file"), profiles));
    for (const auto& [name, profile] : profiles) {
        const auto without = without_profile(text, "file", name);
        CHECK(without);
        auto rest = profiles;
        rest.erase(name);
        CHECK(same(*parse_credentials(*without, "file"), rest));
    }
    profiles.emplace(kName, added);
    CHECK(same(*parse_credentials(*more, "file"), profiles));
}

void parse(std::string_view text) {
    const auto profiles = parse_credentials(text, "file");
    if (!profiles) {
        CHECK(profiles.error().message.starts_with("file:"));
        return;
    }
    for (const auto& [name, profile] : *profiles) {
        const auto& [id, secret, token, expires] = profile.credentials;
        CHECK(!name.empty() && !name.contains('\n'));
        CHECK(!id.empty() && !id.contains('\n'));
        CHECK(!secret.empty() && !secret.contains('\n'));
        CHECK(profile.line > 0 && (!profile.role || profile.role->line > profile.line));
    }
    edit(text, *profiles);
}

}  // namespace
}  // namespace meridian::aws

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    meridian::aws::parse({reinterpret_cast<const char*>(data), size});
    return 0;
}
