#include "store/rocksdb/options.h"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>

#include "store/rocksdb/engine_log.h"
#include "store/rocksdb/layout.h"

namespace meridian::store {
namespace {

constexpr std::size_t kMiB = 1024UL * 1024;
constexpr double kBloomBitsPerKey = 10;

// Keeps RocksDB from resuming by itself after a full disk: what becomes of a failed write is
// Database's to settle, and a resumption on RocksDB's own thread would meet its closing.
class NoSelfRecovery final : public rocksdb::EventListener {
  public:
    void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason /*reason*/, rocksdb::Status /*error*/,
                              bool* auto_recovery) override {
        *auto_recovery = false;
    }
};

// The first of the wished kinds that this build of RocksDB has.
rocksdb::CompressionType compression(std::initializer_list<rocksdb::CompressionType> wished) {
    const auto built_in = rocksdb::GetSupportedCompressions();
    for (const auto kind : wished) {
        if (std::ranges::find(built_in, kind) != built_in.end()) {
            return kind;
        }
    }
    return rocksdb::kNoCompression;
}

rocksdb::BlockBasedTableOptions table_options(const std::shared_ptr<rocksdb::Cache>& cache) {
    rocksdb::BlockBasedTableOptions table;
    table.block_cache = cache;
    table.block_size = 8UL * 1024;
    table.checksum = rocksdb::kXXH3;
    // Index and filters count against the cache, so that memory is bounded whatever the tables
    // hold.
    table.cache_index_and_filter_blocks = true;
    table.pin_l0_filter_and_index_blocks_in_cache = true;
    // In small blocks: a whole file's filter has hundreds of kilobytes, and reading one again for
    // each look at a key that isn't there made a bulk of new items five times slower.
    table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
    table.partition_filters = true;
    table.metadata_block_size = 8UL * 1024;
    table.pin_top_level_index_and_filter = true;
    return table;
}

rocksdb::ColumnFamilyOptions family_options(const rocksdb::BlockBasedTableOptions& table,
                                            std::size_t write_buffer_bytes) {
    rocksdb::ColumnFamilyOptions family;
    family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    family.write_buffer_size = write_buffer_bytes;
    family.level_compaction_dynamic_level_bytes = true;
    // The same on every level, so that files whose keys don't overlap, as the change log's never
    // do, go down without being written again.
    family.compression = compression({rocksdb::kLZ4Compression, rocksdb::kSnappyCompression});
    return family;
}

}  // namespace

rocksdb::DBOptions database_options(rocksdb::Env* env) {
    rocksdb::DBOptions options;
    options.env = env;
    options.create_if_missing = true;
    options.create_missing_column_families = true;

    // A group is acknowledged after its fsync, and the next one is written only then, so that only
    // the last record of the log can be torn. kAbsoluteConsistency would refuse to open after every
    // power loss in the middle of a write; kTolerateCorruptedTailRecords would too, when a record
    // has its length but not yet all of its bytes. kPointInTimeRecovery drops the torn record, but
    // would also drop acknowledged ones after a damaged one and say nothing: DurableMark tells the
    // two apart. Log files are not recycled, so that old records cannot stand behind new ones.
    options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
    options.track_and_verify_wals_in_manifest = true;
    options.recycle_log_file_num = 0;
    options.manual_wal_flush = false;
    options.paranoid_checks = true;
    options.listeners.push_back(std::make_shared<NoSelfRecovery>());
    options.max_bgerror_resume_count = 0;

    // What is replayed at a start after a crash, and what memory unflushed writes take.
    options.max_total_wal_size = 48 * kMiB;
    options.db_write_buffer_size = 32 * kMiB;

    options.allow_concurrent_memtable_write = false;  // there is one writer
    options.enable_write_thread_adaptive_yield = false;
    options.max_background_jobs = 2;
    options.max_open_files = 512;
    options.bytes_per_sync = kMiB;  // flushes and compactions leave the disk to the log's fsyncs
    options.skip_stats_update_on_db_open = true;
    options.max_manifest_file_size = 4 * kMiB;
    options.info_log = make_engine_log();
    options.info_log_level = rocksdb::WARN_LEVEL;
    options.stats_dump_period_sec = 0;
    options.stats_persist_period_sec = 0;
    return options;
}

std::vector<rocksdb::ColumnFamilyDescriptor> column_families() {
    // Few shards, so that each has room for what is asked for often.
    const auto cache = rocksdb::NewLRUCache(64 * kMiB, /*num_shard_bits=*/2);
    const auto by_range = table_options(cache);
    auto by_key = by_range;
    by_key.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBitsPerKey));
    by_key.data_block_index_type =
        rocksdb::BlockBasedTableOptions::kDataBlockBinaryAndHash;  // most reads are of one key
    auto items = family_options(by_key, 16 * kMiB);
    items.memtable_prefix_bloom_size_ratio = 0.02;  // most puts look for an item that isn't there
    items.memtable_whole_key_filtering = true;
    auto tombstones = items;  // a put looks there too
    tombstones.write_buffer_size = 4 * kMiB;
    return {
        {rocksdb::kDefaultColumnFamilyName, family_options(by_range, kMiB)},
        {std::string(kItemsFamily), items},
        {std::string(kLogFamily), family_options(by_range, 16 * kMiB)},
        {std::string(kTombstonesFamily), tombstones},
        {std::string(kConflictsFamily), family_options(by_range, kMiB)},
        {std::string(kIndexesFamily), family_options(by_range, 8 * kMiB)},
    };
}

}  // namespace meridian::store
