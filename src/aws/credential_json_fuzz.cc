// Any bytes as what a process, a container's endpoint or an instance's metadata gives: credentials
// that can stand in a header, or an error that shows none of it.
#include "aws/credential_json.h"

#include <cstdint>
#include <string_view>

#include "aws/config_lines.h"
#include "base/check.h"

namespace meridian::aws {
namespace {

void parse(std::string_view text) {
    for (const auto form : {CredentialJson::kOfProcess, CredentialJson::kOfEndpoint}) {
        const auto credentials = read_credential_json(text, form);
        if (!credentials) {
            CHECK(credentials.error().code == ErrorCode::kConfiguration);
            CHECK(is_printable(credentials.error().message));
            continue;
        }
        CHECK(!credentials->access_key_id.empty() && !credentials->secret_access_key.empty());
        CHECK(is_printable(credentials->access_key_id) && is_printable(credentials->session_token));
    }
}

}  // namespace
}  // namespace meridian::aws

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    meridian::aws::parse({reinterpret_cast<const char*>(data), size});
    return 0;
}
