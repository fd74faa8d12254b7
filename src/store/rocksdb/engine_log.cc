#include "store/rocksdb/engine_log.h"

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>

#include "base/log.h"
#include "base/mask.h"

namespace meridian::store {
namespace {

constexpr std::size_t kLineBytesMax = 1024;

class EngineLog final : public rocksdb::Logger {
  public:
    EngineLog() : Logger(rocksdb::WARN_LEVEL) {}

    using Logger::Logv;
    void Logv(const char* format, va_list arguments) override {
        std::array<char, kLineBytesMax> line{};
        std::vsnprintf(line.data(), line.size(), format, arguments);
        std::ranges::replace(line, '\n', ' ');
        log(LogLevel::kWarn, "rocksdb", "{}", mask_numbers_in(line.data()));
    }
};

}  // namespace

std::shared_ptr<rocksdb::Logger> make_engine_log() {
    return std::make_shared<EngineLog>();
}

}  // namespace meridian::store
