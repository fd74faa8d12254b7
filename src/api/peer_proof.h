// How two regions prove to each other, on every exchange, that they have the same secret: neither
// clocks nor a connection are trusted, so a region whose clock is wrong goes on replicating.
//
//   ask:     POST /replication, X-Meridian-From, -At, -To, -Challenge, -Nonce, -Proof
//   proof:   HMAC(key, "ask", from, at, to, challenge, nonce, body)
//   answer:  X-Meridian-Proof: HMAC(key, "answer", proof of the ask, body)
//
// The challenge is the asked region's, changes every few minutes and can't be guessed, so what was
// overheard can't be asked again later; the nonce is the asker's, so an old answer proves nothing.
// The key comes from the secret of the profile with which regions ask one another.
#pragma once

#include <string>
#include <string_view>

#include "aws/hash.h"

namespace meridian::api {

inline constexpr std::string_view kReplicationPath = "/replication";
inline constexpr std::string_view kFromHeader = "X-Meridian-From";
inline constexpr std::string_view kAtHeader = "X-Meridian-At";
inline constexpr std::string_view kToHeader = "X-Meridian-To";
inline constexpr std::string_view kChallengeHeader = "X-Meridian-Challenge";
inline constexpr std::string_view kNonceHeader = "X-Meridian-Nonce";
inline constexpr std::string_view kProofHeader = "X-Meridian-Proof";

struct PeerAsk {
    std::string_view from;
    std::string_view at;  // where the asking region answers: "http://127.0.0.1:7402"
    std::string_view to;
    std::string_view challenge;
    std::string_view nonce;
    std::string_view body;
};

// Threads: any.
class PeerKey {
  public:
    explicit PeerKey(std::string_view secret_access_key);

    // 64 hexadecimal digits.
    [[nodiscard]] std::string prove(const PeerAsk& ask) const;
    [[nodiscard]] std::string prove_answer(std::string_view proof_of_ask,
                                           std::string_view body) const;

  private:
    aws::HmacKey key_;
};

// In a time that doesn't depend on where they differ.
[[nodiscard]] bool same_proof(std::string_view a, std::string_view b);

}  // namespace meridian::api
