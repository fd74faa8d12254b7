// What a verified request carries, without transfer framing: most often the body itself.
#pragma once

#include <string>
#include <string_view>

#include "api/gate.h"
#include "aws/sigv4.h"
#include "base/result.h"
#include "net/http.h"

namespace meridian::api {

// Lives no longer than the request.
class Payload {
  public:
    explicit Payload(const net::Request& request) : bytes_(request.body) {
        if (const auto view = signed_view(request); aws::Verifier::is_chunked(view)) {
            decoded_ = aws::Verifier::decoded_body(view);
            bytes_ =
                decoded_ ? Result<std::string_view>(*decoded_) : std::unexpected(decoded_.error());
        }
    }
    Payload(const Payload&) = delete;
    Payload& operator=(const Payload&) = delete;

    [[nodiscard]] const Result<std::string_view>& bytes() const { return bytes_; }

  private:
    Result<std::string> decoded_;
    Result<std::string_view> bytes_;
};

}  // namespace meridian::api
