#include "api/peer_proof.h"

#include <openssl/crypto.h>

#include <initializer_list>

#include "aws/encoding.h"

namespace meridian::api {
namespace {

// Each part with its length, so that no two lists of parts have the same text.
std::string joined(std::initializer_list<std::string_view> parts) {
    std::string text;
    for (const auto part : parts) {
        text.append(std::to_string(part.size())).append(":").append(part);
    }
    return text;
}

std::string digest_of(std::string_view body) {
    return aws::hex(aws::sha256(body));
}

}  // namespace

PeerKey::PeerKey(std::string_view secret_access_key)
    : key_(aws::bytes_of(aws::HmacKey(secret_access_key).sign("meridian replication"))) {}

std::string PeerKey::prove(const PeerAsk& ask) const {
    return aws::hex(key_.sign(
        joined({"ask", ask.from, ask.at, ask.to, ask.challenge, ask.nonce, digest_of(ask.body)})));
}

std::string PeerKey::prove_answer(std::string_view proof_of_ask, std::string_view body) const {
    return aws::hex(key_.sign(joined({"answer", proof_of_ask, digest_of(body)})));
}

bool same_proof(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace meridian::api
