#include "store/rocksdb/first_read.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/log.h"
#include "base/mask.h"
#include "store/index_edit.h"
#include "store/rocksdb/errors.h"
#include "store/rocksdb/layout.h"
#include "store/rocksdb/seal.h"
#include "store/row_key.h"

namespace meridian::store {
namespace {

constexpr std::uint64_t kVerifiedBytesMax = 256UL * 1024 * 1024;
constexpr std::size_t kNamedMax = 10;

std::uint64_t bytes_of(const OpenDatabase& open) {
    std::uint64_t bytes = 0;
    for (const auto* family : {&open.catalog, &open.items, &open.log, &open.tombstones,
                               &open.conflicts, &open.indexes}) {
        std::uint64_t of_family = 0;
        open.db->GetIntProperty(family->get(), rocksdb::DB::Properties::kTotalSstFilesSize,
                                &of_family);
        bytes += of_family;
    }
    return bytes;
}

// Counts the items of tables, and of indexes that are ready. Of the others Upkeep does.
class Counting {
  public:
    explicit Counting(const TableDirectory& tables) : tables_(tables) {}
    Counting(const Counting&) = delete;
    Counting& operator=(const Counting&) = delete;
    ~Counting() { settle(); }

    void count(std::string_view row, std::string_view sealed) {
        if (prefix_.empty() || !row.starts_with(prefix_)) {
            settle();
            const auto decoded = decode_row_key(row);
            const auto table =
                decoded ? tables_.find(decoded->table_id) : std::unexpected(decoded.error());
            table_ = table ? *table : nullptr;
            prefix_ = row.substr(0, kRowIdBytes);
        }
        ++items_;
        bytes_ += static_cast<std::int64_t>(payload_bytes(sealed));
        if (table_ != nullptr && !table_->indexes.empty()) {
            count_entries(row, sealed);
        }
    }

  private:
    void settle() {
        if (table_ != nullptr && table_->is_live()) {
            table_->extent->add(items_, bytes_);
        }
        items_ = 0;
        bytes_ = 0;
    }
    void count_entries(std::string_view row, std::string_view sealed) const {
        const auto item = unseal_item(sealed);
        if (!item) {
            return;
        }
        for (const auto& edit : index_edits(*table_, row, {}, {&*item, payload_bytes(sealed)})) {
            if (edit.index->state == Index::State::kReady) {
                edit.index->extent->add(edit.items(), edit.bytes);
            }
        }
    }

    const TableDirectory& tables_;
    const Table* table_ = nullptr;
    std::string prefix_;  // of the rows that are being counted
    std::int64_t items_ = 0;
    std::int64_t bytes_ = 0;
};

}  // namespace

Result<void> read_through(const Database& database, const TableDirectory& tables) {
    const auto open = database.access();
    if (!open) {
        return std::unexpected(open.error());
    }
    rocksdb::ReadOptions options;
    options.fill_cache = false;
    const std::unique_ptr<rocksdb::Iterator> row(
        (*open)->db->NewIterator(options, (*open)->items.get()));
    std::size_t damaged_items = 0;
    Counting counting(tables);
    for (row->SeekToFirst(); row->Valid(); row->Next()) {
        counting.count(row->key().ToStringView(), row->value().ToStringView());
        const auto parts = unseal_all(row->value().ToStringView());
        if (!parts && ++damaged_items <= kNamedMax) {
            const auto error =
                damaged_item(tables, row->key().ToStringView(), parts.error().message);
            log(LogLevel::kError, "store", "{}", mask_numbers_in(error.message));
        }
    }
    if (damaged_items > kNamedMax) {
        log(LogLevel::kError, "store", "{} items are damaged; `meridian verify` names them",
            damaged_items);
    }
    auto status = row->status();
    if (status.ok() && bytes_of(**open) <= kVerifiedBytesMax) {
        status = (*open)->db->VerifyChecksum(options);
    }
    if (!status.ok()) {
        return std::unexpected(error_of(status, database.folder()));
    }
    return {};
}

}  // namespace meridian::store
