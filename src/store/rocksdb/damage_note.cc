#include "store/rocksdb/damage_note.h"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "base/log.h"

namespace meridian::store {
namespace {

constexpr const char* kFileName = "DAMAGED";

}  // namespace

void note_damage(const std::filesystem::path& folder, std::string_view what) {
    const int file =
        ::open((folder / kFileName).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (file < 0) {
        return;
    }
    static_cast<void>(!::write(file, what.data(), what.size()));
    ::close(file);
    log(LogLevel::kError, "store",
        "{} is damaged ({}); what else is in it is served; the next start salvages it",
        folder.string(), what);
}

std::optional<std::string> noted_damage(const std::filesystem::path& folder) {
    std::ifstream file(folder / kFileName, std::ios::binary);
    if (!file) {
        return std::nullopt;
    }
    return std::string{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace meridian::store
