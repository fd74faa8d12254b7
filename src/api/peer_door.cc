#include "api/peer_door.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "api/errors.h"
#include "api/peer_proof.h"
#include "aws/encoding.h"
#include "aws/hash.h"

namespace meridian::api {
namespace {

constexpr std::size_t kThreads = 3;  // they read the disk; who waits for changes needs none
constexpr std::size_t kQuestionsMax = 64;
constexpr std::size_t kSecretLength = 32;
constexpr std::chrono::minutes kEpoch{5};

net::Response proved(const PeerKey& key, std::string_view proof_of_ask, std::string body) {
    net::Response response;
    response.headers.emplace_back("Content-Type", "application/octet-stream");
    response.headers.emplace_back(kProofHeader, key.prove_answer(proof_of_ask, body));
    response.body = std::move(body);
    return response;
}

}  // namespace

PeerDoor::PeerDoor(PeerDoorParts parts)
    : parts_(std::move(parts)),
      secret_(parts_.random.alphanumeric(kSecretLength)),
      refusals_(parts_.clock),
      workers_(kThreads, kQuestionsMax) {}

std::uint64_t PeerDoor::epoch() const {
    return static_cast<std::uint64_t>(parts_.clock.monotonic() / kEpoch);
}

std::string PeerDoor::challenge(std::uint64_t epoch) const {
    return aws::hex(aws::HmacKey(secret_).sign(std::to_string(epoch)));
}

PeerDoor::Verdict PeerDoor::judge(const net::Request& request, const PeerKey& key) {
    const PeerAsk ask{.from = request.header(kFromHeader),
                      .at = request.header(kAtHeader),
                      .to = request.header(kToHeader),
                      .challenge = request.header(kChallengeHeader),
                      .nonce = request.header(kNonceHeader),
                      .body = request.body};
    if (!same_proof(request.header(kProofHeader), key.prove(ask)) || ask.to != parts_.region) {
        return Verdict::kRefused;
    }
    const auto now = epoch();
    if (ask.challenge != challenge(now) && (now == 0 || ask.challenge != challenge(now - 1))) {
        return Verdict::kChallenge;
    }
    return parts_.welcomes(ask.from, ask.at) ? Verdict::kWelcome : Verdict::kRefused;
}

void PeerDoor::handle(const net::Request& request, Answer answer) {
    const auto own = parts_.principals.named(kOwnProfile);
    if (own == nullptr) {
        return answer(render_error(
            {ErrorCode::kUnavailable, "this region has no profile to talk to other regions with"}));
    }
    const PeerKey key(own->credentials.secret_access_key);
    const auto verdict = judge(request, key);
    if (verdict == Verdict::kRefused) {
        log_limited(refusals_, LogLevel::kWarn, "replication",
                    "{} asked for changes and is no peer of this region, or has another secret",
                    request.peer);
        return answer(render_error({ErrorCode::kAccessDenied, "not a peer of this region"}));
    }
    if (verdict == Verdict::kChallenge) {
        auto response =
            render_error({ErrorCode::kAccessDenied, "ask again with this region's challenge"});
        response.status = 401;
        response.headers.emplace_back(kChallengeHeader, challenge(epoch()));
        return answer(std::move(response));
    }
    answer.is_to(std::string(request.header(kFromHeader)));
    auto shared = std::make_shared<Answer>(std::move(answer));
    const bool is_taken = workers_.post([this, &request, key, shared] {
        parts_.source.answer(
            request.header(kFromHeader), request.body,
            [key, shared, proof = std::string(request.header(kProofHeader))](std::string body) {
                (*shared)(proved(key, proof, std::move(body)));
            });
    });
    if (!is_taken) {
        (*shared)(render_error({ErrorCode::kUnavailable, "too many questions are waiting"}));
    }
}

}  // namespace meridian::api
