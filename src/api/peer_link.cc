#include "api/peer_link.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "api/peer_proof.h"
#include "api/principals.h"
#include "net/client.h"
#include "net/http.h"

namespace meridian::api {
namespace {

constexpr std::size_t kNonceLength = 32;
constexpr std::size_t kAnswerBytesMax = std::size_t{20} * 1024 * 1024;

std::string_view header_of(const net::Response& response, std::string_view name) {
    const auto found = std::ranges::find_if(response.headers, [name](const auto& header) {
        return std::ranges::equal(header.first, name, [](unsigned char a, unsigned char b) {
            return std::tolower(a) == std::tolower(b);
        });
    });
    return found == response.headers.end() ? std::string_view{} : found->second;
}

class PeerLink final : public replication::Link {
  public:
    PeerLink(AskingRegion from, RegionAddress address, OwnCredentials credentials, Random& random)
        : from_(std::move(from)),
          address_(std::move(address)),
          place_(fmt::format("region {} at {}:{}", address_.region, address_.host, address_.port)),
          credentials_(std::move(credentials)),
          random_(random) {}

    Result<std::string> ask(const std::string& question,
                            std::chrono::milliseconds timeout) override {
        const auto own = credentials_();
        if (!own) {
            return std::unexpected(own.error());
        }
        const PeerKey key(own->secret_access_key);
        auto asked = ask_once(key, question, timeout);
        if (asked && asked->status == 401 && take_challenge(*asked)) {
            asked = ask_once(key, question, timeout);
        }
        return asked ? read(*std::move(asked)) : fail_within(place_, asked.error());
    }

  private:
    // Of an answer: what it must prove to be about.
    struct Asked {
        int status = 0;
        bool is_proved = false;
        std::string challenge;
        std::string body;
    };

    Result<Asked> ask_once(const PeerKey& key, const std::string& question,
                           std::chrono::milliseconds timeout) {
        const auto nonce = random_.alphanumeric(kNonceLength);
        const auto url = from_.url();
        const auto proof =
            key.prove({from_.region, url, address_.region, challenge_, nonce, question});
        net::ClientRequest request;
        request.host = address_.host;
        request.port = address_.port;
        request.method = "POST";
        request.target = kReplicationPath;
        request.headers = {{"Content-Type", "application/octet-stream"},
                           {std::string(kFromHeader), from_.region},
                           {std::string(kAtHeader), url},
                           {std::string(kToHeader), address_.region},
                           {std::string(kChallengeHeader), challenge_},
                           {std::string(kNonceHeader), nonce},
                           {std::string(kProofHeader), proof}};
        request.body = question;
        request.timeout = timeout;
        request.response_bytes_max = kAnswerBytesMax;
        if (address_.tls) {
            request.tls = net::ClientTls{address_.ca_file};
        }
        auto response = client_.send(request);
        if (!response) {
            return std::unexpected(response.error());
        }
        const bool is_proved =
            same_proof(header_of(*response, kProofHeader), key.prove_answer(proof, response->body));
        return Asked{response->status, is_proved,
                     std::string(header_of(*response, kChallengeHeader)),
                     std::move(response->body)};
    }

    bool take_challenge(const Asked& asked) {
        const bool is_new = !asked.challenge.empty() && asked.challenge != challenge_;
        challenge_ = asked.challenge;
        return is_new;
    }

    [[nodiscard]] Result<std::string> read(Asked asked) const {
        if (asked.status == 200 && asked.is_proved) {
            return std::move(asked.body);
        }
        if (asked.status == 200) {
            return fail(ErrorCode::kAccessDenied,
                        fmt::format("{} did not prove that it is that region; all regions need the "
                                    "same profile [{}] in their credentials file",
                                    place_, kOwnProfile));
        }
        if (asked.status == 401 || asked.status == 403) {
            return fail(ErrorCode::kAccessDenied,
                        fmt::format("{} refuses this region; both need the same profile [{}] in "
                                    "their credentials file, and each other as --peer",
                                    place_, kOwnProfile));
        }
        return fail(ErrorCode::kUnavailable,
                    fmt::format("{} answered with status {}", place_, asked.status));
    }

    const AskingRegion from_;
    const RegionAddress address_;
    const std::string place_;
    const OwnCredentials credentials_;
    Random& random_;
    net::Client client_;
    std::string challenge_;
};

}  // namespace

std::unique_ptr<replication::Link> make_peer_link(AskingRegion from, RegionAddress address,
                                                  OwnCredentials credentials, Random& random) {
    return std::make_unique<PeerLink>(std::move(from), std::move(address), std::move(credentials),
                                      random);
}

}  // namespace meridian::api
