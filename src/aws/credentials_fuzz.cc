// Any bytes as a credentials file: profiles that are read have an id and a secret in one line each.
#include "aws/credentials.h"

#include <cstdint>
#include <string_view>

#include "base/check.h"

namespace meridian::aws {
namespace {

void parse(std::string_view text) {
    const auto profiles = parse_credentials(text, "file");
    if (!profiles) {
        CHECK(profiles.error().message.starts_with("file:"));
        return;
    }
    for (const auto& [name, credentials] : *profiles) {
        CHECK(!name.empty() && !name.contains('\n'));
        CHECK(!credentials.access_key_id.empty() && !credentials.access_key_id.contains('\n'));
        CHECK(!credentials.secret_access_key.empty());
        CHECK(!credentials.secret_access_key.contains('\n'));
    }
}

}  // namespace
}  // namespace meridian::aws

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    meridian::aws::parse({reinterpret_cast<const char*>(data), size});
    return 0;
}
