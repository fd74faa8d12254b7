#include "backup/records.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "backup/bytes.h"

namespace meridian::backup {
namespace {

constexpr std::size_t kHeadBytes = 5;
constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kChecksumBytes = 8;
constexpr std::size_t kReadBytes = std::size_t{256} * 1024;

class FileInput final : public Input {
  public:
    FileInput(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}
    FileInput(const FileInput&) = delete;
    FileInput& operator=(const FileInput&) = delete;
    ~FileInput() override { ::close(fd_); }

    Result<std::size_t> read(std::span<char> room) override {
        std::size_t filled = 0;
        while (filled < room.size()) {
            const auto got = ::read(fd_, room.data() + filled, room.size() - filled);
            if (got == 0) {
                break;
            }
            if (got < 0 && errno != EINTR) {
                return fail(ErrorCode::kIo, fmt::format("{} cannot be read: {}", name_,
                                                        std::generic_category().message(errno)));
            }
            filled += got < 0 ? 0 : static_cast<std::size_t>(got);
        }
        return filled;
    }
    const std::string& name() const override { return name_; }

  private:
    const int fd_;
    const std::string name_;
};

class BytesInput final : public Input {
  public:
    BytesInput(std::string_view bytes, std::string name) : bytes_(bytes), name_(std::move(name)) {}

    Result<std::size_t> read(std::span<char> room) override {
        const auto count = bytes_.copy(room.data(), room.size());
        bytes_.remove_prefix(count);
        return count;
    }
    const std::string& name() const override { return name_; }

  private:
    std::string_view bytes_;
    const std::string name_;
};

std::uint64_t checksum_of(std::string_view record, std::uint64_t before) {
    return XXH3_64bits_withSeed(record.data(), record.size(), before);
}

// Reads so many bytes behind what is there, in pieces: a damaged length reserves nothing.
Result<bool> read_exactly(Input& input, std::size_t bytes, std::string& out) {
    while (bytes > 0) {
        const auto start = out.size();
        const auto wanted = std::min(bytes, kReadBytes);
        out.resize(start + wanted);
        const auto got = input.read(std::span(out).subspan(start));
        if (!got) {
            return std::unexpected(got.error());
        }
        if (*got < wanted) {
            return false;
        }
        bytes -= wanted;
    }
    return true;
}

}  // namespace

Result<std::unique_ptr<Input>> open_file(const std::filesystem::path& file, std::uint64_t offset) {
    const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return fail(errno == ENOENT ? ErrorCode::kInvalidInput : ErrorCode::kIo,
                    fmt::format("{} cannot be opened: {}", file.string(),
                                std::generic_category().message(errno)));
    }
    auto input = std::make_unique<FileInput>(fd, file.string());
    if (offset > 0 && ::lseek(fd, static_cast<off_t>(offset), SEEK_SET) < 0) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("{} has no byte {}", file.string(), offset));
    }
    return input;
}

std::unique_ptr<Input> open_bytes(std::string_view bytes, std::string name) {
    return std::make_unique<BytesInput>(bytes, std::move(name));
}

std::string RecordFramer::frame(RecordKind kind, std::string_view payload) {
    std::string record;
    record.reserve(kHeadBytes + payload.size() + kChecksumBytes);
    record += static_cast<char>(kind);
    append_text(payload, record);
    checksum_ = checksum_of(record, checksum_);
    append_number(checksum_, kChecksumBytes, record);
    return record;
}

std::unexpected<Error> RecordReader::damaged(std::string_view what) const {
    return fail(ErrorCode::kCorruption,
                fmt::format("{} is damaged at byte {}: {}", input_->name(), record_at_, what));
}

Result<void> RecordReader::read_magic() {
    std::string magic;
    const auto there = read_exactly(*input_, kMagic.size(), magic);
    if (!there) {
        return std::unexpected(there.error());
    }
    if (magic == kMagic) {
        offset_ = kMagic.size();
        return {};
    }
    const auto stem = kMagic.substr(0, kMagic.size() - 1);
    if (*there && magic.starts_with(stem) && magic.back() > kMagic.back() && magic.back() <= '9') {
        return fail(ErrorCode::kNotSupported,
                    fmt::format("{} is of a newer Meridian (format {}); use that one to read it",
                                input_->name(), magic.back()));
    }
    return damaged("it does not start as a backup does");
}

Result<std::optional<Record>> RecordReader::next() {
    if (offset_ == 0) {
        if (auto read = read_magic(); !read) {
            return std::unexpected(std::move(read).error());
        }
    }
    record_at_ = offset_;
    std::string bytes;
    const auto head = read_exactly(*input_, 1, bytes);
    if (!head) {
        return std::unexpected(head.error());
    }
    if (!*head) {
        return std::nullopt;
    }
    if (const auto length = read_exactly(*input_, kLengthBytes, bytes); !length || !*length) {
        return length ? damaged("it ends within a record") : std::unexpected(length.error());
    }
    const auto length = ByteReader(std::string_view(bytes).substr(1)).number(kLengthBytes);
    if (length > kPayloadBytesMax) {
        return damaged("a record has an impossible length");
    }
    if (const auto rest = read_exactly(*input_, length + kChecksumBytes, bytes); !rest || !*rest) {
        return rest ? damaged("it ends within a record") : std::unexpected(rest.error());
    }
    const auto covered = std::string_view(bytes).substr(0, kHeadBytes + length);
    const auto checksum = checksum_of(covered, checksum_);
    if (ByteReader(std::string_view(bytes).substr(covered.size())).number(kChecksumBytes) !=
        checksum) {
        return damaged("a record is not what was written");
    }
    checksum_ = checksum;
    offset_ += bytes.size();
    const auto kind = static_cast<RecordKind>(bytes.front());
    bytes.resize(kHeadBytes + length);
    bytes.erase(0, kHeadBytes);
    return Record{kind, std::move(bytes)};
}

}  // namespace meridian::backup
