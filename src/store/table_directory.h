// The tables of one store, by name, with their indexes.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/table_store.h"

namespace meridian::store {

// How much there is of something, kept up to date with every write. Threads: add() from one at a
// time, get() from any.
class ExtentCounter {
  public:
    void add(std::int64_t items, std::int64_t bytes);
    [[nodiscard]] Extent get() const;

  private:
    std::atomic<std::int64_t> items_ = 0;
    std::atomic<std::int64_t> bytes_ = 0;
};

// An index as an implementation knows it. The id stands for it in stored keys, apart from those of
// tables; not reused while the store is open.
struct Index {
    enum class State : std::uint8_t {
        kFilling,  // later writes are in it, not yet all of before
        kReady,
        kRemoved,  // nobody reads or writes it; its rows are still to be deleted
    };

    std::uint32_t id = 0;
    IndexSchema schema;
    State state = State::kFilling;
    std::shared_ptr<ExtentCounter> extent = nullptr;  // the directory's; null elsewhere

    [[nodiscard]] bool is_kept() const { return state != State::kRemoved; }
};

// A table as an implementation knows it. The id stands for the name in stored keys; never reused.
struct Table {
    enum class State : std::uint8_t {
        kLive,
        kDropped,  // what it held is still to be deleted
        kGone,     // only its name and its log are left
    };

    std::uint32_t id = 0;
    TableSchema schema;
    std::vector<Index> indexes = {};
    State state = State::kLive;
    std::shared_ptr<ExtentCounter> extent = nullptr;  // the directory's; null elsewhere

    [[nodiscard]] bool is_live() const { return state == State::kLive; }
    // Null when there is none of that name.
    [[nodiscard]] const Index* index(std::string_view name) const;
    // Null when no index has that number.
    [[nodiscard]] const Index* index(std::uint32_t index_id) const;
};

// kInvalidInput for a schema that no table, or no index, can have.
[[nodiscard]] Result<void> check_schema(const TableSchema& schema);
[[nodiscard]] Result<void> check_schema(const IndexSchema& schema);

// Threads: every member may be called from any thread. A table never changes: redefine() puts
// another one in its place, and what find() has pointed to stays as it was, as long as the
// directory lives. There are few, and they are small.
class TableDirectory {
  public:
    // kTableNotFound names the table: there is none of that name, or it was dropped.
    [[nodiscard]] Result<const Table*> find(std::string_view name) const;
    // Also a table that was dropped.
    [[nodiscard]] Result<const Table*> find_ever(std::string_view name) const;
    [[nodiscard]] Result<const Table*> find(std::uint32_t id) const;
    [[nodiscard]] bool is_dropped(std::string_view name) const;
    // Sorted by name, without those that were dropped.
    [[nodiscard]] std::vector<TableSchema> list() const;
    // All of them, also those that were dropped.
    [[nodiscard]] std::vector<const Table*> all() const;
    // An id that no table has had: one more than the highest.
    [[nodiscard]] std::uint32_t next_id() const;
    // An id that no index has, and that is given out once.
    [[nodiscard]] std::uint32_t new_index_id() const { return ++newest_index_id_; }
    // REQUIRES: neither the name nor the id is taken. From one thread at a time, with redefine().
    void add(Table table);
    // REQUIRES: it has a name and an id that the directory has together. Counters go on.
    void redefine(Table table);

  private:
    void count_on(Table& table) const;
    const Table* keep(Table table);

    mutable std::shared_mutex mutex_;
    std::deque<Table> definitions_;
    std::map<std::string, const Table*, std::less<>> by_name_;
    std::map<std::uint32_t, const Table*> by_id_;
    mutable std::atomic<std::uint32_t> newest_index_id_ = 0;
};

// What create_table answers when the name is taken: fine for the same schema, else kTableExists,
// as for a table that was dropped.
[[nodiscard]] Result<void> check_same_schema(const Table& existing, const TableSchema& wanted);

}  // namespace meridian::store
