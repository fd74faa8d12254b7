// Credentials as a process, a container's endpoint and an instance's metadata give them.
//
// Source: AWS SDKs and Tools Reference Guide, "Process credential provider", "Container credential
// provider", "IMDS credential provider".
#pragma once

#include <cstdint>
#include <string_view>

#include "aws/sigv4.h"
#include "base/result.h"

namespace meridian::aws {

enum class CredentialJson : std::uint8_t {
    kOfProcess,  // {"Version":1,…,"SessionToken":…}
    kOfEndpoint  // {"Code":"Success",…,"Token":…}
};

// With AccessKeyId, SecretAccessKey, and Expiration where they end. Errors: kConfiguration, which
// names what is missing or wrong and shows nothing of the text but a Code.
[[nodiscard]] Result<Credentials> read_credential_json(std::string_view text, CredentialJson form);

}  // namespace meridian::aws
