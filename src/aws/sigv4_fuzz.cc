// Any bytes as a request: "METHOD target", lines "name:value", an empty line, the body; each line
// ends with a line feed, so that carriage returns and nulls reach the verifier too.
//
// Whoever does not know the secret must never be let in. The corpus is signed with a secret that
// only the second verifier has: what that one accepts must stop being accepted once it is changed.
#include <cstdint>
#include <string_view>
#include <vector>

#include "aws/sigv4.h"
#include "aws/timestamp.h"
#include "base/check.h"
#include "base/clock.h"

namespace meridian::aws {
namespace {

CredentialSource everybody_has(std::string_view secret) {
    return [secret](std::string_view id) {
        return std::make_shared<const Credentials>(
            Credentials{.access_key_id = std::string(id),
                        .secret_access_key = std::string(secret),
                        .session_token = id.starts_with("ASIA") ? "token" : "",
                        .expires = {}});
    };
}

class Lines {
  public:
    explicit Lines(std::string_view text) : rest_(text) {}
    std::string_view next() {
        const auto end = std::min(rest_.find('\n'), rest_.size());
        const auto line = rest_.substr(0, end);
        rest_.remove_prefix(std::min(end + 1, rest_.size()));
        return line;
    }
    [[nodiscard]] std::string_view rest() const { return rest_; }

  private:
    std::string_view rest_;
};

void verify(std::string_view text) {
    static const ManualClock clock(*parse_timestamp("20150830T123600Z"));
    static const Verifier stranger(everybody_has("a secret that signed nothing"), {}, clock);
    static const Verifier knowing(everybody_has("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), {},
                                  clock);
    Lines lines(text);
    const auto first = lines.next();
    const auto space = std::min(first.find(' '), first.size());
    std::vector<std::pair<std::string_view, std::string_view>> headers;
    for (auto line = lines.next(); !line.empty(); line = lines.next()) {
        const auto colon = std::min(line.find(':'), line.size());
        headers.emplace_back(line.substr(0, colon), line.substr(std::min(colon + 1, line.size())));
    }
    RequestView request{.method = first.substr(0, space),
                        .target = first.substr(std::min(space + 1, first.size())),
                        .headers = headers,
                        .body = lines.rest()};
    CHECK(!stranger.verify(request));
    if (knowing.verify(request)) {
        CHECK(Verifier::decoded_body(request));
        request.method = request.method == "GET" ? "PUT" : "GET";
        CHECK(!knowing.verify(request));
    } else {
        (void)Verifier::decoded_body(request);
    }
    (void)sign(
        request, {"AKIDEXAMPLE", "secret", "", {}},
        {.region = "us-east-1", .service = "s3", .at = clock.now(), .normalize_path = false});
}

}  // namespace
}  // namespace meridian::aws

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    meridian::aws::verify({reinterpret_cast<const char*>(data), size});
    return 0;
}
