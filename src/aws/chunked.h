// The aws-chunked form of a body: the payload in chunks, each signed with the signature before it,
// then perhaps trailing headers.
//
//   400;chunk-signature=HEX64 CRLF  1024 bytes CRLF      (without ";…" when it is not signed)
//   0;chunk-signature=HEX64 CRLF  CRLF
//   or, with trailers, in place of the last CRLF:
//   name:value CRLF …  x-amz-trailer-signature:HEX64 CRLF  CRLF
//
// Source: Amazon S3 API Reference, "Signature calculations for the Authorization header:
// transferring payload in multiple chunks" and "… including trailing headers".
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/hash.h"
#include "base/result.h"

namespace meridian::aws {

// What X-Amz-Content-Sha256 announces.
enum class ChunkedForm : std::uint8_t {
    kSigned,              // STREAMING-AWS4-HMAC-SHA256-PAYLOAD
    kSignedWithTrailer,   // STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER
    kUnsignedWithTrailer  // STREAMING-UNSIGNED-PAYLOAD-TRAILER
};
[[nodiscard]] std::optional<ChunkedForm> chunked_form(std::string_view payload_hash);

struct Chunk {
    std::string_view data;       // empty: the last one
    std::string_view signature;  // empty: not signed
};

struct Trailers {
    std::string canonical;           // "name:value\n", sorted by lower-case name
    std::vector<std::string> names;  // lower case, sorted
    std::string_view signature;
};

// Takes a body apart from front to back, without looking at signatures. Views the body. Errors:
// kIncompleteSignature for anything but exactly the form above.
class ChunkReader {
  public:
    ChunkReader(std::string_view body, ChunkedForm form) : rest_(body), form_(form) {}

    [[nodiscard]] Result<Chunk> next();

    // All that follows the last chunk, to the end of the body.
    [[nodiscard]] Result<Trailers> trailers();

  private:
    std::string_view rest_;
    ChunkedForm form_;
};

// The chain of signatures of one body. Each call's answer is the next one's start.
class ChunkSigner {
  public:
    // `seed`: the signature of the request itself. `key`, `timestamp` and `scope` must outlive it.
    ChunkSigner(const HmacKey& key, std::string_view timestamp, std::string_view scope,
                std::string_view seed)
        : key_(key), timestamp_(timestamp), scope_(scope), previous_(seed) {}

    const std::string& sign_chunk(std::string_view data);
    const std::string& sign_trailers(std::string_view canonical);

  private:
    const std::string& sign(std::string_view algorithm, std::string_view between,
                            std::string_view content);

    const HmacKey& key_;
    std::string_view timestamp_;
    std::string_view scope_;
    std::string previous_;
};

// What the request's signed headers promise of its body.
struct ChunkedPromise {
    ChunkedForm form;
    std::size_t decoded_bytes;          // X-Amz-Decoded-Content-Length
    std::vector<std::string> trailers;  // X-Amz-Trailer: lower case, sorted
};

// Whether the body is what was promised and each chunk's signature is right. Errors:
// kIncompleteSignature for a malformed body, kInvalidSignature for one that was changed.
[[nodiscard]] Result<void> verify_chunks(std::string_view body, const ChunkedPromise& promise,
                                         ChunkSigner signer);

[[nodiscard]] Result<std::string> decode_chunks(std::string_view body, ChunkedForm form);

}  // namespace meridian::aws
