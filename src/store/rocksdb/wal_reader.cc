#include "store/rocksdb/wal_reader.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace meridian::store {
namespace {

constexpr std::size_t kBlockBytes = 32UL * 1024;
constexpr std::size_t kHeaderBytes = 7;
constexpr std::size_t kLengthAt = 4;
constexpr std::size_t kKindAt = 6;
constexpr std::uint32_t kMask = 0xa282ead8;

enum class Kind : std::uint8_t { kWhole = 1, kFirst = 2, kMiddle = 3, kLast = 4 };

constexpr auto kCrcTable = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
        auto crc = i;
        for (int bit = 0; bit < 8; ++bit) {
            crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78U : 0U);
        }
        table.at(i) = crc;
    }
    return table;
}();

// CRC-32C of the bytes so far, masked as the log has it.
class MaskedCrc {
  public:
    void add(char byte) {
        crc_ = (crc_ >> 8) ^ kCrcTable.at((crc_ ^ static_cast<unsigned char>(byte)) & 0xff);
    }
    [[nodiscard]] std::uint32_t value() const { return std::rotr(~crc_, 15) + kMask; }

  private:
    std::uint32_t crc_ = ~0U;
};

std::uint32_t masked_crc(std::string_view bytes) {
    MaskedCrc crc;
    for (const char byte : bytes) {
        crc.add(byte);
    }
    return crc.value();
}

std::uint32_t little_endian(std::string_view bytes) {
    std::uint32_t number = 0;
    for (std::size_t i = bytes.size(); i-- > 0;) {
        number = (number << 8) | static_cast<unsigned char>(bytes[i]);
    }
    return number;
}

struct Piece {
    std::uint8_t kind = 0;
    std::string_view bytes;
    std::size_t end = 0;  // where the next one starts
    bool whole = false;   // its checksum is right
};

// What stands there when the length is believed. Nothing: it is too long for the block or the file.
std::optional<Piece> piece_at(std::string_view file, std::size_t at) {
    const auto room = std::min(kBlockBytes - at % kBlockBytes, file.size() - at);
    if (room < kHeaderBytes) {
        return std::nullopt;
    }
    const auto header = file.substr(at, kHeaderBytes);
    const auto length = little_endian(header.substr(kLengthAt, 2));
    if (length > room - kHeaderBytes) {
        return std::nullopt;
    }
    Piece piece;
    piece.kind = static_cast<std::uint8_t>(header[kKindAt]);
    piece.bytes = file.substr(at + kHeaderBytes, length);
    piece.end = at + kHeaderBytes + length;
    piece.whole = piece.kind >= static_cast<std::uint8_t>(Kind::kWhole) &&
                  piece.kind <= static_cast<std::uint8_t>(Kind::kLast) &&
                  little_endian(header.substr(0, kLengthAt)) ==
                      masked_crc(file.substr(at + kKindAt, 1 + length));
    return piece;
}

// Whether the file ends within the piece, and not because its length is wrong.
bool is_cut_short(std::string_view file, std::size_t at) {
    if (file.size() - at < kHeaderBytes) {
        return true;
    }
    const auto length = little_endian(file.substr(at + kLengthAt, 2));
    const auto room = kBlockBytes - at % kBlockBytes;
    if (kHeaderBytes + length > room || file.size() - at > room) {
        return false;
    }
    const auto checksum = little_endian(file.substr(at, kLengthAt));
    MaskedCrc crc;
    return std::ranges::none_of(file.substr(at + kKindAt), [&](char byte) {
        crc.add(byte);
        return crc.value() == checksum;
    });
}

// Behind what is left over at the end of a block.
std::size_t next_start(std::size_t at) {
    const auto room = kBlockBytes - at % kBlockBytes;
    return room < kHeaderBytes ? at + room : at;
}

bool is_whole_at(std::string_view file, std::size_t at) {
    const auto piece = at < file.size() ? piece_at(file, at) : std::nullopt;
    return piece && piece->whole;
}

// A damaged piece's length is believed when another piece, or the end, follows where it says.
bool ends_well(std::string_view file, const Piece& piece) {
    const auto next = next_start(piece.end);
    return next >= file.size() || next % kBlockBytes == 0 || is_whole_at(file, next);
}

// Puts pieces together.
class Assembler {
  public:
    using Visit = std::function<void(std::string_view, bool)>;
    explicit Assembler(const Visit& visit) : visit_(visit) {}

    void add(const Piece& piece) {
        const auto kind = static_cast<Kind>(piece.kind);
        if (kind == Kind::kWhole && piece.whole) {
            drop();
            visit_(piece.bytes, false);
            return;
        }
        if (kind == Kind::kFirst && piece.whole) {
            drop();
        }
        damaged_ = damaged_ || !piece.whole || (!open_ && kind != Kind::kFirst);
        open_ = true;
        record_ += piece.bytes;
        if (kind == Kind::kLast || kind == Kind::kWhole) {
            finish();
        }
    }
    // Bytes are missing here: a part of a record says nothing without the rest.
    void drop() {
        if (open_) {
            damaged_ = true;
            finish();
        }
    }

  private:
    void finish() {
        visit_(record_, damaged_);
        record_.clear();
        open_ = damaged_ = false;
    }

    const Visit& visit_;
    std::string record_;
    bool open_ = false;
    bool damaged_ = false;
};

}  // namespace

void read_wal(std::string_view file,
              const std::function<void(std::string_view record, bool damaged)>& visit) {
    Assembler assembler(visit);
    for (std::size_t at = 0; at < file.size();) {
        at = next_start(at);
        if (at >= file.size()) {
            break;
        }
        const auto piece = piece_at(file, at);
        if (piece && (piece->whole || (!piece->bytes.empty() && ends_well(file, *piece)))) {
            assembler.add(*piece);
            at = piece->end;
            continue;
        }
        const auto damaged = at;
        for (++at; at < file.size() && !is_whole_at(file, at);) {
            ++at;
        }
        if (at > damaged + kHeaderBytes) {
            const auto bytes = file.substr(damaged + kHeaderBytes, at - damaged - kHeaderBytes);
            if (bytes.find_first_not_of('\0') != std::string_view::npos) {
                assembler.add({.bytes = bytes});
            }
        }
    }
    assembler.drop();
}

bool is_undamaged_wal(std::string_view file) {
    const auto written = file.find_last_not_of('\0') + 1;
    std::size_t at = 0;
    while (at < written) {
        const auto piece = piece_at(file, at);
        if (!piece) {
            return is_cut_short(file, at);
        }
        if (!piece->whole) {
            return false;
        }
        at = next_start(piece->end);
    }
    return true;
}

}  // namespace meridian::store
