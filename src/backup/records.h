// Files of records, each with a checksum that takes in all records before it: whatever byte is
// changed, and wherever the file is cut, reordered or joined with another one, the first record
// that is not what was written is found.
//
//   the magic (8 bytes), then records:
//     kind (1) · length of the payload (4) · payload · checksum (8)
//
// Numbers are little-endian. A checksum is XXH3-64 of its record up to there, seeded with the
// checksum of the record before it (of the first one: 0). So the last one stands for the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace meridian::backup {

inline constexpr std::string_view kMagic = "MeridBk1";
// Pages and parts of a log end well before.
inline constexpr std::size_t kPayloadBytesMax = std::size_t{16} * 1024 * 1024;

enum class RecordKind : std::uint8_t {
    kHeader = 1,
    kItems = 2,
    kTrailer = 3,
    kSegment = 4,
    kChanges = 5,
};

// Role: port; where bytes come from. Threads: one at a time.
class Input {
  public:
    virtual ~Input() = default;
    // Fills as much of the room as there are bytes; less only at the end. kIo.
    [[nodiscard]] virtual Result<std::size_t> read(std::span<char> room) = 0;
    // For messages.
    [[nodiscard]] virtual const std::string& name() const = 0;
};

// Reads from there on. kInvalidInput: there is no such file; kIo.
[[nodiscard]] Result<std::unique_ptr<Input>> open_file(const std::filesystem::path& file,
                                                       std::uint64_t offset = 0);
// Of bytes in memory, which must outlive it.
[[nodiscard]] std::unique_ptr<Input> open_bytes(std::string_view bytes, std::string name);

// Makes records, one after the other.
class RecordFramer {
  public:
    // REQUIRES: kPayloadBytesMax.
    [[nodiscard]] std::string frame(RecordKind kind, std::string_view payload);
    // Of the newest record.
    [[nodiscard]] std::uint64_t checksum() const { return checksum_; }

  private:
    std::uint64_t checksum_ = 0;
};

// Between two records of a file.
struct RecordPosition {
    std::uint64_t offset = 0;    // 0: before the magic
    std::uint64_t checksum = 0;  // of the record before
};

struct Record {
    RecordKind kind{};
    std::string payload;
};

// Role: reads a file from its start, and checks it. Memory: a record. Threads: one at a time.
class RecordReader {
  public:
    // `input` starts at that position of its file.
    explicit RecordReader(std::unique_ptr<Input> input, RecordPosition from = {})
        : input_(std::move(input)), offset_(from.offset), checksum_(from.checksum) {}

    // Nothing at the end. kCorruption names the file and the byte at which the first damage is, or
    // where it was cut; kNotSupported, a newer format. The kind may be any byte.
    [[nodiscard]] Result<std::optional<Record>> next();

    // What was read so far was whole up to here.
    [[nodiscard]] std::uint64_t offset() const { return offset_; }
    [[nodiscard]] std::uint64_t checksum() const { return checksum_; }
    // kCorruption of the record that was read last.
    [[nodiscard]] std::unexpected<Error> damaged(std::string_view what) const;

  private:
    [[nodiscard]] Result<void> read_magic();

    std::unique_ptr<Input> input_;
    std::uint64_t offset_;
    std::uint64_t record_at_ = 0;
    std::uint64_t checksum_;
};

}  // namespace meridian::backup
