// Sealed values: what every value in the database is wrapped in, so that changed bytes are seen.
//
// Format (1 byte: 1) · checksum (4, little-endian: low half of XXH3-64 of all that follows) ·
// length of the metadata (1) · metadata · payload. Metadata is what is said about an item beside
// its attributes (version_bytes.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace meridian::store {

inline constexpr std::size_t kMetadataBytesMax = 255;

[[nodiscard]] std::string seal(std::string_view payload, std::string_view metadata = {});

// A sealed value whose payload is appended between the two. REQUIRES: at most kMetadataBytesMax.
[[nodiscard]] std::string start_seal(std::string_view metadata = {});
[[nodiscard]] std::string close_seal(std::string sealed);

struct Unsealed {
    std::string_view metadata;
    std::string_view payload;
};
// The parts of a sealed value, which must outlive them. kCorruption: the bytes are not what was
// sealed.
[[nodiscard]] Result<Unsealed> unseal_all(std::string_view sealed);
[[nodiscard]] Result<std::string_view> unseal(std::string_view sealed);
// How many bytes of it are payload, whatever they are.
[[nodiscard]] std::size_t payload_bytes(std::string_view sealed);

// 8 bytes, big-endian: numbers as values, and sequence numbers as keys of the log.
[[nodiscard]] std::string encode_number(std::uint64_t number);
[[nodiscard]] Result<std::uint64_t> decode_number(std::string_view bytes);

// ---- Parts of a payload: numbers, big-endian, and texts after their length.

void append_number(std::uint64_t number, std::size_t bytes, std::string& out);
void append_text(std::string_view text, std::string& out);

// Takes parts off the front of a payload. Nothing: it is too short.
class PartReader {
  public:
    explicit PartReader(std::string_view bytes) : rest_(bytes) {}

    [[nodiscard]] std::optional<std::string_view> take(std::size_t bytes);
    [[nodiscard]] std::optional<std::uint64_t> number(std::size_t bytes);
    [[nodiscard]] std::optional<std::string_view> text();
    [[nodiscard]] bool done() const { return rest_.empty(); }

  private:
    std::string_view rest_;
};

}  // namespace meridian::store
