// Credentials that somebody keeps fresh.
#pragma once

#include <memory>
#include <utility>

#include "aws/sigv4.h"
#include "base/result.h"

namespace meridian::aws {

using SharedCredentials = std::shared_ptr<const Credentials>;

// Role: port. Threads: any. Waits at most until the calling thread's deadline (base/deadline.h).
class CredentialProvider {
  public:
    CredentialProvider() = default;
    CredentialProvider(const CredentialProvider&) = delete;
    CredentialProvider& operator=(const CredentialProvider&) = delete;
    virtual ~CredentialProvider() = default;

    // Errors: kConfiguration, there are none anywhere, or a source is set up wrongly; kUnavailable,
    // a source does not answer. Messages name the sources and the mend, and hold no secret.
    [[nodiscard]] virtual Result<SharedCredentials> get() = 0;

    // A service has refused these. True: others may come, so get() is worth a call.
    [[nodiscard]] virtual bool renew(const SharedCredentials& refused) = 0;
};

// Always these.
class FixedCredentials final : public CredentialProvider {
  public:
    explicit FixedCredentials(Credentials credentials)
        : credentials_(std::make_shared<const Credentials>(std::move(credentials))) {}
    [[nodiscard]] Result<SharedCredentials> get() override { return credentials_; }
    [[nodiscard]] bool renew(const SharedCredentials& refused) override {
        (void)refused;
        return false;
    }

  private:
    SharedCredentials credentials_;
};

}  // namespace meridian::aws
