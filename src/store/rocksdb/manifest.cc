#include "store/rocksdb/manifest.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <string>

#include "store/rocksdb/errors.h"
#include "store/rocksdb/wal_reader.h"

namespace meridian::store {

Result<void> check_manifest(const std::filesystem::path& folder) {
    std::string name;
    std::ifstream current(folder / "CURRENT");
    if (!std::getline(current, name)) {
        return {};
    }
    std::ifstream file(folder / name, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (is_undamaged_wal(bytes)) {
        return {};
    }
    return std::unexpected(
        damaged(folder, fmt::format("{}, the list of its files, has a damaged record", name)));
}

}  // namespace meridian::store
