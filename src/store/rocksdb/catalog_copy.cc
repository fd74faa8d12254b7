#include "store/rocksdb/catalog_copy.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

#include "store/rocksdb/layout.h"

namespace meridian::store {
namespace {

constexpr const char* kFileName = "CATALOG";
constexpr const char* kUnfinishedName = "CATALOG.new";

bool write_file(const std::filesystem::path& path, std::string_view bytes) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0) {
        return false;
    }
    const bool written =
        ::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) &&
        ::fsync(file) == 0;
    return ::close(file) == 0 && written;
}

}  // namespace

bool is_copied(std::string_view key) {
    return key.starts_with(kTablePrefix) || key.starts_with(kRegionPrefix) || key == kLogIdKey ||
           key == kUnversionedKey;
}

Result<void> write_catalog_copy(const std::filesystem::path& folder, const CatalogRows& rows) {
    if (read_catalog_copy(folder) == rows) {
        return {};
    }
    std::string payload;
    for (const auto& [key, value] : rows) {
        append_text(key, payload);
        append_text(value, payload);
    }
    const auto unfinished = folder / kUnfinishedName;
    if (!write_file(unfinished, seal(payload)) ||
        ::rename(unfinished.c_str(), (folder / kFileName).c_str()) != 0) {
        return fail(ErrorCode::kIo, fmt::format("{}: {}", unfinished.string(),
                                                std::generic_category().message(errno)));
    }
    return {};
}

CatalogRows read_catalog_copy(const std::filesystem::path& folder) {
    std::ifstream file(folder / kFileName, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    const auto payload = unseal(bytes);
    if (!payload) {
        return {};
    }
    CatalogRows rows;
    PartReader parts(*payload);
    while (!parts.done()) {
        const auto key = parts.text();
        const auto value = parts.text();
        if (!key || !value) {
            return {};
        }
        rows.emplace(*key, *value);
    }
    return rows;
}

}  // namespace meridian::store
