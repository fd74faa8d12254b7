#include "store/rocksdb/seal.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <ranges>

#include "base/check.h"

namespace meridian::store {
namespace {

constexpr char kSealedFormat = 1;
constexpr std::size_t kChecksumAt = 1;
constexpr std::size_t kChecksumBytes = 4;
constexpr std::size_t kMetadataAt = kChecksumAt + kChecksumBytes;
constexpr std::size_t kNumberBytes = 8;
constexpr std::size_t kLengthBytes = 4;

std::unexpected<Error> damaged(std::string_view what) {
    return fail(ErrorCode::kCorruption, std::string(what));
}

std::string checksum_of(std::string_view bytes) {
    const std::uint64_t hash = XXH3_64bits(bytes.data(), bytes.size());
    std::string checksum;
    for (std::size_t i = 0; i < kChecksumBytes; ++i) {
        checksum.push_back(static_cast<char>(hash >> (8 * i)));
    }
    return checksum;
}

std::uint64_t read_big_endian(std::string_view bytes) {
    std::uint64_t number = 0;
    for (const char byte : bytes) {
        number = (number << 8) | static_cast<unsigned char>(byte);
    }
    return number;
}

}  // namespace

std::string start_seal(std::string_view metadata) {
    CHECK(metadata.size() <= kMetadataBytesMax);
    std::string sealed(1, kSealedFormat);
    sealed.append(kChecksumBytes, '\0');
    sealed.push_back(static_cast<char>(metadata.size()));
    sealed += metadata;
    return sealed;
}

std::string close_seal(std::string sealed) {
    const auto checksum = checksum_of(std::string_view(sealed).substr(kMetadataAt));
    sealed.replace(kChecksumAt, kChecksumBytes, checksum);
    return sealed;
}

std::string seal(std::string_view payload, std::string_view metadata) {
    auto sealed = start_seal(metadata);
    sealed += payload;
    return close_seal(std::move(sealed));
}

Result<Unsealed> unseal_all(std::string_view sealed) {
    if (sealed.size() <= kMetadataAt || sealed[0] != kSealedFormat) {
        return damaged("a record of an unknown format");
    }
    const auto covered = sealed.substr(kMetadataAt);
    if (checksum_of(covered) != sealed.substr(kChecksumAt, kChecksumBytes)) {
        return damaged("a record with a wrong checksum");
    }
    const auto metadata_bytes = static_cast<unsigned char>(covered[0]);
    if (covered.size() < 1U + metadata_bytes) {
        return damaged("a record with short metadata");
    }
    return Unsealed{covered.substr(1, metadata_bytes), covered.substr(1U + metadata_bytes)};
}

Result<std::string_view> unseal(std::string_view sealed) {
    const auto parts = unseal_all(sealed);
    if (!parts) {
        return std::unexpected(parts.error());
    }
    return parts->payload;
}

std::size_t payload_bytes(std::string_view sealed) {
    if (sealed.size() <= kMetadataAt) {
        return 0;
    }
    const std::size_t before = kMetadataAt + 1 + static_cast<unsigned char>(sealed[kMetadataAt]);
    return sealed.size() - std::min(before, sealed.size());
}

std::string encode_number(std::uint64_t number) {
    std::string bytes;
    append_number(number, kNumberBytes, bytes);
    return bytes;
}

Result<std::uint64_t> decode_number(std::string_view bytes) {
    if (bytes.size() != kNumberBytes) {
        return damaged(fmt::format("a number of {} bytes", bytes.size()));
    }
    return read_big_endian(bytes);
}

void append_number(std::uint64_t number, std::size_t bytes, std::string& out) {
    std::array<char, kNumberBytes> all{};
    for (auto& byte : all | std::views::reverse) {
        byte = static_cast<char>(number);
        number >>= 8;
    }
    out.append(all.end() - bytes, all.end());
}

void append_text(std::string_view text, std::string& out) {
    append_number(text.size(), kLengthBytes, out);
    out += text;
}

std::optional<std::string_view> PartReader::take(std::size_t bytes) {
    if (rest_.size() < bytes) {
        return std::nullopt;
    }
    const auto taken = rest_.substr(0, bytes);
    rest_.remove_prefix(bytes);
    return taken;
}

std::optional<std::uint64_t> PartReader::number(std::size_t bytes) {
    const auto taken = take(bytes);
    return taken ? std::optional(read_big_endian(*taken)) : std::nullopt;
}

std::optional<std::string_view> PartReader::text() {
    const auto length = number(kLengthBytes);
    return length ? take(*length) : std::nullopt;
}

}  // namespace meridian::store
