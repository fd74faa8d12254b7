#include "store/rocksdb/damaged_folder.h"

#include <fmt/format.h>
#include <rocksdb/options.h>
#include <rocksdb/sst_file_reader.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <set>
#include <system_error>
#include <utility>

#include "base/log.h"
#include "store/rocksdb/errors.h"
#include "store/rocksdb/layout.h"
#include "store/rocksdb/manifest.h"
#include "store/rocksdb/options.h"
#include "store/rocksdb/wal_reader.h"

namespace meridian::store {
namespace {

namespace fs = std::filesystem;

constexpr const char* kKeptWals = "replayed";
constexpr const char* kTableEnding = ".sst";
constexpr const char* kWalEnding = ".log";

std::unexpected<Error> failed(const fs::path& path, std::error_code error) {
    const bool full = error.value() == ENOSPC || error.value() == EDQUOT || error.value() == EFBIG;
    return fail(full ? ErrorCode::kDiskFull : ErrorCode::kIo,
                fmt::format("{}: {}", path.string(), error.message()));
}

// What is in a folder; nothing when it isn't there.
std::vector<fs::path> files_in(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        if (entry->is_regular_file(error)) {
            files.push_back(entry->path());
        }
    }
    std::ranges::sort(files);  // numbers of files have leading zeros
    return files;
}

std::error_code link_or_copy(const fs::path& from, const fs::path& to) {
    std::error_code error;
    fs::create_hard_link(from, to, error);
    if (error) {
        fs::copy_file(from, to, error);
    }
    return error;
}

bool has_tables(const fs::path& folder) {
    return std::ranges::any_of(files_in(folder),
                               [](const auto& file) { return file.extension() == kTableEnding; });
}

bool is_numbered(const fs::path& file, std::string_view ending) {
    const auto stem = file.stem().string();
    return file.extension() == ending &&
           std::ranges::all_of(stem, [](char c) { return c >= '0' && c <= '9'; });
}

rocksdb::DBOptions lenient_options(rocksdb::Env* env) {
    auto options = database_options(env);
    options.create_if_missing = false;
    options.create_missing_column_families = false;
    options.paranoid_checks = false;
    options.track_and_verify_wals_in_manifest = false;
    return options;
}

// Takes the puts out of a batch. What is deleted is known by versions (tombstones), or doesn't
// matter any more.
class Puts final : public rocksdb::WriteBatch::Handler {
  public:
    Puts(bool damaged, std::size_t record, std::vector<DamagedFolder::Written>& into)
        : damaged_(damaged), record_(record), into_(into) {}

    rocksdb::Status PutCF(std::uint32_t family, const rocksdb::Slice& key,
                          const rocksdb::Slice& value) override {
        if (family < kFamilies) {
            into_.push_back(
                {static_cast<Family>(family), key.ToString(), value.ToString(), damaged_, record_});
        }
        return rocksdb::Status::OK();
    }
    rocksdb::Status DeleteCF(std::uint32_t /*family*/, const rocksdb::Slice& /*key*/) override {
        return rocksdb::Status::OK();
    }
    rocksdb::Status SingleDeleteCF(std::uint32_t /*family*/,
                                   const rocksdb::Slice& /*key*/) override {
        return rocksdb::Status::OK();
    }
    rocksdb::Status DeleteRangeCF(std::uint32_t /*family*/, const rocksdb::Slice& /*low*/,
                                  const rocksdb::Slice& /*high*/) override {
        return rocksdb::Status::OK();
    }
    rocksdb::Status MergeCF(std::uint32_t /*family*/, const rocksdb::Slice& /*key*/,
                            const rocksdb::Slice& /*value*/) override {
        return rocksdb::Status::OK();
    }

    // Marks of transactions, which we don't have, and values of other kinds: a damaged entry may
    // pass for one, and Iterate() ends the process where a mark is refused.
    rocksdb::Status MarkBeginPrepare(bool /*unprepared*/) override { return rocksdb::Status::OK(); }
    rocksdb::Status MarkEndPrepare(const rocksdb::Slice& /*id*/) override {
        return rocksdb::Status::OK();
    }
    rocksdb::Status MarkNoop(bool /*empty*/) override { return rocksdb::Status::OK(); }
    rocksdb::Status MarkRollback(const rocksdb::Slice& /*id*/) override {
        return rocksdb::Status::OK();
    }
    rocksdb::Status MarkCommit(const rocksdb::Slice& /*id*/) override {
        return rocksdb::Status::OK();
    }
    rocksdb::Status MarkCommitWithTimestamp(const rocksdb::Slice& /*id*/,
                                            const rocksdb::Slice& /*time*/) override {
        return rocksdb::Status::OK();
    }
    rocksdb::Status PutBlobIndexCF(std::uint32_t /*family*/, const rocksdb::Slice& /*key*/,
                                   const rocksdb::Slice& /*value*/) override {
        return rocksdb::Status::OK();
    }
    rocksdb::Status PutEntityCF(std::uint32_t /*family*/, const rocksdb::Slice& /*key*/,
                                const rocksdb::Slice& /*entity*/) override {
        return rocksdb::Status::OK();
    }

  private:
    const bool damaged_;
    const std::size_t record_;
    std::vector<DamagedFolder::Written>& into_;
};

}  // namespace

DamagedFolder::~DamagedFolder() {
    close();
}

void DamagedFolder::close() {
    for (auto& family : families_) {
        family.reset();
    }
    db_.reset();
}

Result<DamagedFolder> DamagedFolder::open(const fs::path& folder, const fs::path& copy,
                                          rocksdb::Env* env) {
    DamagedFolder opened(copy, env);
    if (auto copied = opened.copy_from(folder); !copied) {
        return std::unexpected(std::move(copied).error());
    }
    if (const auto status = opened.open_tables(); !status.ok()) {
        log(LogLevel::kError, "salvage", "no table file of {} can be read: {}", folder.string(),
            status.ToString());
        opened.lacks_rows_ = true;
    }
    return opened;
}

Result<void> DamagedFolder::copy_from(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(copy_, error);
    if (error) {
        return failed(copy_, error);
    }
    std::set<std::string> wal_names;
    for (const auto& from : {folder / kKeptWals, folder}) {
        for (const auto& file : files_in(from)) {
            if (is_numbered(file, kWalEnding) && wal_names.insert(file.filename()).second) {
                wals_.push_back(file);
            }
        }
    }
    std::ranges::sort(wals_, {}, [](const auto& wal) { return wal.filename(); });
    for (const auto& file : files_in(folder)) {
        const auto name = file.filename().string();
        const auto to = copy_ / name;
        if (file.extension() == kTableEnding) {
            error = link_or_copy(file, to);
        } else if (name == "CURRENT" || name.starts_with("MANIFEST-")) {
            fs::copy_file(file, to, error);
        }
        if (error) {
            return failed(to, error);
        }
    }
    return {};
}

// Which file is of which family, while the list can be read.
void DamagedFolder::read_list() {
    if (!open_listed().ok()) {
        return;
    }
    std::vector<rocksdb::LiveFileMetaData> files;
    db_->GetLiveFilesMetaData(&files);
    for (const auto& file : files) {
        listed_.emplace(file.relative_filename, file.column_family_name);
    }
    close();
}

void DamagedFolder::miss(const std::string& table_file) {
    const auto listed = listed_.find(table_file);
    lacks_rows_ = lacks_rows_ || listed == listed_.end() || listed->second == kItemsFamily ||
                  listed->second == kTombstonesFamily;
}

// False: there were some.
bool DamagedFolder::remove_unreadable_tables() {
    const rocksdb::Options options(lenient_options(env_), column_families().front().options);
    bool all_readable = true;
    for (const auto& file : files_in(copy_)) {
        if (file.extension() != kTableEnding) {
            continue;
        }
        rocksdb::SstFileReader reader(options);
        if (const auto status = reader.Open(file.string()); !status.ok()) {
            log(LogLevel::kError, "salvage", "{} can't be read at all: {}",
                file.filename().string(), status.ToString());
            miss(file.filename().string());
            std::error_code ignored;
            fs::remove(file, ignored);
            all_readable = false;
        }
    }
    return all_readable;
}

rocksdb::Status DamagedFolder::open_tables() {
    read_list();
    const bool all_readable = remove_unreadable_tables();
    const bool all_listed = check_manifest(copy_).has_value();
    const auto listed = all_readable && all_listed ? open_listed() : rocksdb::Status::Corruption();
    if (listed.ok() || listed.IsInvalidArgument() || !has_tables(copy_)) {
        return listed.IsInvalidArgument() ? listed : rocksdb::Status::OK();
    }
    log(LogLevel::kWarn, "salvage", "the list of table files is made anew");
    auto repaired = rocksdb::RepairDB(copy_.string(), lenient_options(env_), column_families());
    if (repaired.ok()) {
        repaired = open_listed();
    }
    // It puts table files with damaged blocks aside.
    for (const auto& file : files_in(copy_ / "lost")) {
        if (file.extension() == kTableEnding) {
            miss(file.filename().string());
        }
    }
    return repaired;
}

rocksdb::Status DamagedFolder::open_listed() {
    const auto options = lenient_options(env_);
    std::vector<std::string> names;
    auto status = rocksdb::DB::ListColumnFamilies(options, copy_.string(), &names);
    if (!status.ok()) {
        return status;
    }
    std::vector<rocksdb::ColumnFamilyDescriptor> there;
    std::vector<std::size_t> places;
    const auto all = column_families();
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (std::ranges::find(names, all[i].name) != names.end()) {  // former formats had fewer
            there.push_back(all[i]);
            places.push_back(i);
        }
    }
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* db = nullptr;
    status = rocksdb::DB::OpenForReadOnly(options, copy_.string(), there, &handles, &db);
    if (!status.ok()) {
        return status;
    }
    db_.reset(db);
    for (std::size_t i = 0; i < places.size(); ++i) {
        families_.at(places[i]).reset(handles[i]);
    }
    return status;
}

Result<std::size_t> DamagedFolder::read(Family family, const Step& step, const Visit& visit) const {
    const auto& handle = families_.at(static_cast<std::size_t>(family));
    if (!handle) {
        return 0;
    }
    rocksdb::ReadOptions options;
    options.fill_cache = false;
    const std::unique_ptr<rocksdb::Iterator> row(db_->NewIterator(options, handle.get()));
    std::size_t steps = 0;
    std::size_t failures = 0;
    std::string at;
    for (row->Seek(at);; row->Seek(at)) {
        for (; row->Valid(); row->Next()) {
            failures = 0;
            at.assign(row->key().data(), row->key().size());
            if (auto visited = visit(at, row->value().ToStringView()); !visited) {
                return std::unexpected(std::move(visited).error());
            }
        }
        if (row->status().ok()) {
            return steps;
        }
        ++steps;
        at = step(at, failures++);
        if (at.empty()) {
            return steps;
        }
    }
}

Result<DamagedFolder::Wals> DamagedFolder::read_wals() const {
    Wals wals;
    std::size_t records = 0;
    for (const auto& path : wals_) {
        std::ifstream file(path, std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(file),
                                std::istreambuf_iterator<char>()};
        if (!file && !file.eof()) {
            return failed(path, {EIO, std::generic_category()});
        }
        read_wal(bytes, [&](std::string_view record, bool damaged) {
            wals.damaged = wals.damaged || damaged;
            Puts puts(damaged, records++, wals.written);
            // It stops at the first entry that it doesn't understand.
            static_cast<void>(rocksdb::WriteBatch(std::string(record)).Iterate(&puts));
        });
    }
    return wals;
}

Result<void> keep_wals(const fs::path& folder) {
    for (const auto& file : files_in(folder)) {
        if (!is_numbered(file, kWalEnding)) {
            continue;
        }
        std::error_code error;
        fs::create_directories(folder / kKeptWals, error);
        const auto to = folder / kKeptWals / file.filename();
        if (!error && !fs::exists(to, error)) {
            error = link_or_copy(file, to);
        }
        if (error) {
            return failed(to, error);
        }
    }
    return {};
}

bool is_of_database(const fs::path& path) {
    static const std::set<std::string, std::less<>> kNames{
        "CURRENT",      "IDENTITY", "LOCK",    "LOG",         "PROBE",
        "ACKNOWLEDGED", "CATALOG",  "DAMAGED", "CATALOG.new", kKeptWals};
    const auto name = path.filename().string();
    return kNames.contains(name) || is_numbered(path, kWalEnding) ||
           is_numbered(path, kTableEnding) || name.starts_with("MANIFEST-") ||
           name.starts_with("OPTIONS-") || name.starts_with("LOG.old") || name.ends_with(".dbtmp");
}

void forget_kept_wals(const fs::path& folder) {
    std::error_code ignored;
    fs::remove_all(folder / kKeptWals, ignored);
}

}  // namespace meridian::store
