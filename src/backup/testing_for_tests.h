// What the tests of backups share: stores with something in them, and their hashes.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "base/clock.h"
#include "base/random.h"
#include "store/memory/memory_store.h"
#include "store/replica_store.h"
#include "store/rocksdb/rocksdb_store.h"
#include "store/rocksdb/temporary_folder.h"

namespace meridian::backup {

inline const store::TableSchema kPlain{"Plain", {{"id", item::KeyType::kString}, {}}};
inline const store::TableSchema kSorted{
    "Sorted", {{"id", item::KeyType::kString}, item::KeyAttribute{"n", item::KeyType::kNumber}}};

inline item::Item plain(const std::string& id, std::int64_t value) {
    return {{"id", id}, {"value", item::Number(value)}};
}
inline store::Write put(const std::string& id, std::int64_t value) {
    return {kPlain.name, store::PutItem{plain(id, value)}, {}};
}
inline store::Write erase(const std::string& id) {
    return {kPlain.name, store::DeleteItem{{{"id", id}}}, {}};
}
inline store::Write put_sorted(const std::string& id, std::int64_t n) {
    return {
        kSorted.name,
        store::PutItem{{{"id", id}, {"n", item::Number(n)}, {"more", item::Binary{"\x00\xff"}}}},
        {}};
}

inline void make(store::TableStore& store, store::Write write) {
    const auto made = store.write(std::move(write));
    ASSERT_FALSE(made.error) << made.error->message;
}

// By table; tables without an item are left out.
using Hashes = std::map<std::string, std::string>;
inline Hashes hashes_of(const store::StoreView& view, const store::ReplicaStore& store) {
    Hashes hashes;
    for (const auto& table : store.list_tables()) {
        const auto hash = view.table_hash(table.name);
        EXPECT_TRUE(hash);
        if (hash && hash->items > 0) {
            hashes[table.name] = to_string(*hash) + " " + std::to_string(hash->items);
        }
    }
    return hashes;
}
inline Hashes hashes_of(const store::ReplicaStore& store) {
    const auto view = store.open_view();
    EXPECT_TRUE(view);
    return hashes_of(**view, store);
}

inline std::string read_all(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}
inline void write_all(const std::filesystem::path& file, std::string_view bytes) {
    std::ofstream stream(file, std::ios::binary);
    stream << bytes;
    CHECK(stream.flush().good());
}

inline const Instant kStart = *parse_instant("2026-02-26T15:00:00Z");

// A region in a folder of its own.
struct TestPlace {
    store::TemporaryFolder folder;
    ManualClock clock{kStart};
    SeededRandom random{7};
    std::unique_ptr<store::ReplicaStore> store = store::open_memory_store(clock, "us-east-1");

    TestPlace() {
        CHECK(store->create_table(kPlain));
        CHECK(store->create_table(kSorted));
    }
    [[nodiscard]] std::unique_ptr<store::ReplicaStore> empty_store() const {
        return store::open_memory_store(clock, "elsewhere");
    }
    // The same folder, and nothing but what is durable in it.
    void open_durable(std::uint64_t log_changes_kept = 1'000'000) {
        store.reset();
        auto opened = store::open_rocksdb_store({.folder = folder.path() / "tables",
                                                 .region = "us-east-1",
                                                 .log_changes_kept = log_changes_kept},
                                                clock);
        CHECK(opened);
        store = *std::move(opened);
        CHECK(store->create_table(kPlain));
        CHECK(store->create_table(kSorted));
    }
};

}  // namespace meridian::backup
