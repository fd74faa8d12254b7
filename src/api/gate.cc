#include "api/gate.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "api/target.h"
#include "base/mask.h"

namespace meridian::api {
namespace {

aws::CredentialSource credentials_of(Principals& principals) {
    return [&principals](std::string_view access_key_id) {
        const auto principal = principals.find(access_key_id);
        return principal == nullptr
                   ? nullptr
                   : std::shared_ptr<const aws::Credentials>(principal, &principal->credentials);
    };
}

}  // namespace

aws::RequestView signed_view(const net::Request& request) {
    return {request.method, request.target, request.headers, request.body};
}

Gate::Gate(std::string region, Principals& principals, const Clock& clock)
    : principals_(principals),
      verifier_(credentials_of(principals),
                aws::VerifierOptions{
                    .region = std::move(region),
                    .services = {std::string(kLambdaService), std::string(kManagementService),
                                 std::string(kDynamoService)}},
                clock),
      refusals_(clock) {}

Result<management::Caller> Gate::admit(const net::Request& request, std::string_view service) {
    auto caller = identify(request, service);
    if (!caller) {
        log_limited(refusals_, LogLevel::kWarn, "api", "{} {} from {} refused: {}", request.method,
                    mask_numbers_in(path_of(request.target)), request.peer, caller.error().message);
    }
    return caller;
}

Result<management::Caller> Gate::identify(const net::Request& request, std::string_view service) {
    const auto signer = verifier_.verify(signed_view(request));
    if (!signer) {
        return std::unexpected(signer.error());
    }
    if (signer->service != service) {
        return fail(ErrorCode::kInvalidSignature,
                    fmt::format("Credential should be scoped to correct service: '{}'.", service));
    }
    const auto principal = principals_.find(signer->access_key_id);
    if (principal == nullptr) {  // it was removed since the signature was verified
        return fail(ErrorCode::kUnrecognizedClient,
                    "The security token included in the request is invalid.");
    }
    return management::Caller{.name = principal->name,
                              .access_key_id = signer->access_key_id,
                              .role = principal->role,
                              .address = std::string(request.peer),
                              .request_id = std::string(request.id)};
}

bool Gate::knows(const management::Caller& caller) {
    const auto principal = principals_.find(caller.access_key_id);
    return principal != nullptr && principal->name == caller.name;
}

}  // namespace meridian::api
