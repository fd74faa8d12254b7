#include "store/rocksdb/durable_mark.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/log.h"
#include "store/rocksdb/layout.h"

namespace meridian::store {
namespace {

constexpr const char* kFileName = "ACKNOWLEDGED";

}  // namespace

Result<DurableMark> DurableMark::open(const std::filesystem::path& folder) {
    const auto path = folder / kFileName;
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0) {
        return fail(ErrorCode::kIo,
                    fmt::format("{}: {}", path.string(), std::generic_category().message(errno)));
    }
    DurableMark mark(file);
    std::array<char, 64> bytes{};
    const auto read = ::pread(file, bytes.data(), bytes.size(), 0);
    const std::string_view record(bytes.data(), read < 0 ? 0 : static_cast<std::size_t>(read));
    if (record.empty()) {
        mark.advance(0);
        return mark;
    }
    const auto payload = unseal(record);
    const auto value = payload ? decode_number(*payload) : std::unexpected(payload.error());
    if (value) {
        mark.value_ = *value;
    } else {
        log(LogLevel::kWarn, "store", "{}: {}; it is written anew", path.string(),
            value.error().message);
    }
    return mark;
}

DurableMark::DurableMark(DurableMark&& other) noexcept
    : file_(std::exchange(other.file_, -1)), value_(other.value_) {}

DurableMark::~DurableMark() {
    if (file_ >= 0) {
        ::close(file_);
    }
}

void DurableMark::advance(SequenceNumber sequence) {
    const auto record = seal(encode_number(sequence));
    static_cast<void>(::pwrite(file_, record.data(), record.size(), 0));
}

}  // namespace meridian::store
