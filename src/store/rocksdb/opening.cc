#include "store/rocksdb/opening.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <system_error>
#include <vector>

#include "store/rocksdb/errors.h"
#include "store/rocksdb/layout.h"
#include "store/rocksdb/options.h"

namespace meridian::store {
namespace {

constexpr std::size_t kProbeBytes = 8UL * 1024 * 1024;
constexpr std::size_t kProbeStepBytes = 1024UL * 1024;

rocksdb::Status open_in(const std::string& path, rocksdb::Env* env, OpenFor purpose,
                        std::vector<rocksdb::ColumnFamilyHandle*>& handles, rocksdb::DB*& db) {
    const auto options = database_options(env);
    const auto families = column_families();
    if (purpose == OpenFor::kWriting) {
        return rocksdb::DB::Open(options, path, families, &handles, &db);
    }
    return rocksdb::DB::OpenForReadOnly(options, path, families, &handles, &db);
}

rocksdb::Status fill(rocksdb::Env* env, const std::string& path) {
    std::unique_ptr<rocksdb::WritableFile> file;
    auto status = env->NewWritableFile(path, &file, rocksdb::EnvOptions());
    const std::string step(kProbeStepBytes, '\0');
    for (std::size_t written = 0; status.ok() && written < kProbeBytes; written += step.size()) {
        status = file->Append(step);
    }
    if (status.ok()) {
        status = file->Sync();
    }
    return status;
}

}  // namespace

Result<OpenDatabase> open_database(const std::filesystem::path& folder, rocksdb::Env* env,
                                   OpenFor purpose) {
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    if (failed) {
        return fail(ErrorCode::kIo, fmt::format("{}: {}", folder.string(), failed.message()));
    }
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* db = nullptr;
    const auto status = open_in(folder.string(), env, purpose, handles, db);
    if (!status.ok()) {
        return std::unexpected(opening_error_of(status, folder));
    }
    OpenDatabase open;
    open.db.reset(db);
    open.catalog.reset(handles.at(0));
    open.items.reset(handles.at(1));
    open.log.reset(handles.at(2));
    open.tombstones.reset(handles.at(3));
    open.conflicts.reset(handles.at(4));
    open.indexes.reset(handles.at(5));
    open.pins = std::make_unique<Pins>(*db);
    return open;
}

Result<void> settle_format(const OpenDatabase& open, const std::filesystem::path& folder) {
    const auto format = read_catalog_number(open, folder, {}, kFormatKey);
    if (!format) {
        return std::unexpected(format.error());
    }
    if (*format > kFormat) {
        return std::unexpected(newer_format(folder, fmt::format("format {}", *format)));
    }
    if (*format == kFormat) {
        return {};
    }
    rocksdb::WriteOptions synced;
    synced.sync = true;
    const auto status =
        open.db->Put(synced, open.catalog.get(), kFormatKey, seal(encode_number(kFormat)));
    if (!status.ok()) {
        return std::unexpected(error_of(status, folder));
    }
    return {};
}

Result<void> probe_room(const std::filesystem::path& folder, rocksdb::Env* env) {
    const auto path = (folder / "PROBE").string();
    const auto filled = fill(env, path);
    const auto deleted = env->DeleteFile(path);
    for (const auto& status : {filled, deleted}) {
        if (!status.ok()) {
            return std::unexpected(error_of(status, folder));
        }
    }
    return {};
}

Result<std::uint64_t> read_catalog_number(const OpenDatabase& open,
                                          const std::filesystem::path& folder,
                                          const rocksdb::ReadOptions& options,
                                          std::string_view key) {
    std::string sealed;
    const auto status = open.db->Get(options, open.catalog.get(), key, &sealed);
    if (status.IsNotFound()) {
        return 0;
    }
    if (!status.ok()) {
        return std::unexpected(error_of(status, folder));
    }
    const auto payload = unseal(sealed);
    const auto number = payload ? decode_number(*payload) : std::unexpected(payload.error());
    if (!number) {
        return std::unexpected(damaged(folder, number.error().message));
    }
    return *number;
}

Result<LogEnds> read_log_ends(const OpenDatabase& open, const std::filesystem::path& folder,
                              const rocksdb::ReadOptions& options) {
    const auto trimmed = read_catalog_number(open, folder, options, kTrimmedKey);
    if (!trimmed) {
        return std::unexpected(trimmed.error());
    }
    const std::unique_ptr<rocksdb::Iterator> last(open.db->NewIterator(options, open.log.get()));
    last->SeekToLast();
    if (!last->status().ok()) {
        return std::unexpected(error_of(last->status(), folder));
    }
    if (!last->Valid()) {
        return LogEnds{*trimmed, *trimmed};
    }
    const auto newest = decode_number(last->key().ToStringView());
    if (!newest) {
        return std::unexpected(damaged(folder, newest.error().message));
    }
    return LogEnds{*trimmed, std::max(*newest, *trimmed)};
}

}  // namespace meridian::store
