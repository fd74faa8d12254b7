// TableStore: the port through which everything above reads and writes tables.
//
// Semantics are those of one region of a DynamoDB table: items found by key, writes with
// conditions, reads that see every acknowledged write. One writer orders all writes of a store:
// each gets a sequence number, and the change log holds them in that order.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "expression/condition.h"
#include "expression/update.h"
#include "item/key.h"
#include "item/value.h"
#include "store/image.h"

namespace meridian::store {

// Position in a store's change log. The first change has 1; 0 stands for "before everything". Never
// reused, also not across restarts. There are no gaps.
using SequenceNumber = std::uint64_t;

struct TableSchema {
    std::string name;
    item::KeySchema key;
    friend bool operator==(const TableSchema&, const TableSchema&) = default;
};

// ---- Secondary indexes

// Which attributes of an item its entry in an index shows, beside the keys of both.
enum class Projected : std::uint8_t { kAll, kKeysOnly, kInclude };

// Finds a table's items by other attributes. Items that lack one of the index's key attributes, or
// have it of another type, or empty, are not in it. Several items may have one key.
struct IndexSchema {
    std::string name;
    item::KeySchema key;
    Projected projected = Projected::kAll;
    std::vector<std::string> include = {};  // read by kInclude only
    friend bool operator==(const IndexSchema&, const IndexSchema&) = default;
};

// How much a table or an index holds: exact numbers of items; bytes as the store encodes them, so
// about what DynamoDB would count.
struct Extent {
    std::uint64_t items = 0;
    std::uint64_t bytes = 0;
};

struct IndexStatus {
    IndexSchema schema;
    bool ready = false;  // false: items of before are still being entered
    Extent extent;
};

// ---- Writes

struct PutItem {
    item::Item item;
};
struct UpdateItem {
    item::Key key;
    expression::Update update;  // of an item that does not exist: of one that holds only its key
};
struct DeleteItem {
    item::Key key;  // not an error: the item does not exist
};
// Changes nothing; only its condition counts (TransactWriteItems' ConditionCheck).
struct CheckItem {
    item::Key key;
};

struct Write {
    std::string table;
    std::variant<PutItem, UpdateItem, DeleteItem, CheckItem> action;
    std::optional<expression::Condition>
        condition;  // evaluated on the item as it is before the write
};

// What became of one write.
struct WriteOutcome {
    std::optional<Error> error;  // nothing: the write is durable
    Image before;                // the item as it was; also when the condition failed
    Image after;                 // the item as it is now
    SequenceNumber sequence =
        0;  // 0 when nothing changed: refused, a check, or a delete of nothing
};

// kEach: every write stands for itself (BatchWriteItem), in the order given. kAll: either all are
// made, in one step that no reader sees half of, or none (TransactWriteItems); those that were fine
// get kTransactionCanceled. Two writes of one kAll to the same item are refused (kInvalidInput).
enum class Atomicity : std::uint8_t { kEach, kAll };

// Called exactly once, with one outcome per write, on a thread of the store's; must not block or
// call back into the store's blocking members.
using WriteDone = std::move_only_function<void(std::vector<WriteOutcome>)>;

// ---- The change log

struct Change {
    SequenceNumber sequence = 0;
    Instant at;  // the writer's wall clock
    std::string table;
    item::Key key;
    Image before;
    Image after;  // nothing: the item was deleted
};

// Called on a thread of the store's after the changes are durable and readable, and before their
// writers are told. In order, without gaps. Must be quick: the next commit waits for it.
using CommitObserver = std::function<void(std::span<const Change>)>;

// ---- Reads

// Changes of one table, and how far the log was read for them.
struct TableChanges {
    std::vector<Change> changes;
    SequenceNumber through = 0;  // there are no others of the table up to here
};

struct ItemRef {
    std::string table;
    item::Key key;
};

// A condition on the sort key, for Query. `second` is read by kBetween only.
struct SortCondition {
    enum class Op : std::uint8_t {
        kEqual,
        kLess,
        kLessOrEqual,
        kGreater,
        kGreaterOrEqual,
        kBetween,
        kBeginsWith
    };
    Op op = Op::kEqual;
    item::Value first;
    item::Value second;
};

// Items of one partition, in the order of the sort key. Of an index: `partition`, `sort` are about
// its key; items of one key come in the order of the table's rows; a page's last_key and
// `start_after` hold the attributes of both keys; items are as the index shows them, unless
// `whole_items`.
struct Query {
    std::string table;
    item::Value partition;
    std::optional<SortCondition> sort = std::nullopt;
    bool forward = true;
    std::optional<item::Key> start_after = std::nullopt;  // a page's last_key
    std::size_t limit = 0;  // items examined; 0: until the page is full
    std::optional<expression::Condition> filter = std::nullopt;
    std::string index = {};  // none: the table itself
    bool whole_items = false;
};

// All items of a table or an index, or of one of `segments` disjoint parts that together are it.
struct Scan {
    std::string table;
    std::optional<item::Key> start_after = std::nullopt;
    std::size_t limit = 0;
    std::optional<expression::Condition> filter = std::nullopt;
    std::uint32_t segment = 0;
    std::uint32_t segments = 1;
    std::string index = {};  // none: the table itself
    bool whole_items = false;
};

// A page ends at the limit or at 1 MB of examined items. `last_key` is absent at the end.
struct Page {
    std::vector<item::Item> items;
    std::size_t examined = 0;
    std::size_t bytes = 0;  // of what was examined, as item::size_bytes counts
    std::optional<item::Key> last_key;
    std::vector<item::Key> damaged = {};  // left out: their bytes are not what was stored
};
inline constexpr std::size_t kPageBytesMax = std::size_t{1024} * 1024;

// Role: port. Ownership: whoever makes a store owns it; observers must outlive it. Threads: every
// member may be called from any thread at any time. Errors: kTableNotFound names the table;
// kInvalidInput names the attribute; kTooLarge the size; kDiskFull, kIo and kCorruption leave the
// tables as they were and reads working. kCorruption names the item or the folder that is damaged:
// reads of other items go on, queries and scans leave it out and say so, and a put or a delete
// without a condition replaces it, whatever it was.
class TableStore {
  public:
    TableStore() = default;
    TableStore(const TableStore&) = delete;
    TableStore& operator=(const TableStore&) = delete;
    virtual ~TableStore() = default;

    // Not an error: a table of that name and schema exists. kTableExists: it has another schema.
    [[nodiscard]] virtual Result<void> create_table(const TableSchema& schema) = 0;
    [[nodiscard]] virtual Result<TableSchema> describe_table(std::string_view table) const = 0;
    [[nodiscard]] virtual std::vector<TableSchema> list_tables() const = 0;

    // ---- What a store need not have: kNotSupported, unless it is overridden.
    // Forgets the table with all its items and indexes, in this region; what the log says of it
    // stays readable by its name. The name is never used again: items that other regions send for
    // it are passed over, create_table() says kTableExists. Not an error: it was dropped before.
    [[nodiscard]] virtual Result<void> drop_table(std::string_view table);
    // Adds an index, which later writes keep; items of before are entered in the background, also
    // after a restart, while the store serves. Reads of an index that isn't ready say kUnavailable.
    // Indexes are this region's own: they don't travel. Not an error: it exists with that schema.
    // kTableExists: it exists with another one.
    [[nodiscard]] virtual Result<void> create_index(std::string_view table,
                                                    const IndexSchema& index);
    // Not an error: there is none of that name.
    [[nodiscard]] virtual Result<void> drop_index(std::string_view table, std::string_view index);
    // In the order of their names.
    [[nodiscard]] virtual Result<std::vector<IndexStatus>> list_indexes(
        std::string_view table) const;
    [[nodiscard]] virtual Result<Extent> extent(std::string_view table) const;

    // Queues the writes; they are made in the order in which submit() was called. When the queue is
    // full (its bound is the implementation's) every outcome is kOverloaded, nothing was done, and
    // `done` is called before submit() returns.
    virtual void submit(std::vector<Write> writes, Atomicity atomicity, WriteDone done) = 0;

    // Not an error: no such item.
    [[nodiscard]] virtual Result<std::optional<item::Item>> get(const ItemRef& ref) const = 0;
    // Items in the order of the refs, all as of one moment.
    [[nodiscard]] virtual Result<std::vector<std::optional<item::Item>>> get_many(
        std::span<const ItemRef> refs) const = 0;
    [[nodiscard]] virtual Result<Page> query(const Query& query) const = 0;
    [[nodiscard]] virtual Result<Page> scan(const Scan& scan) const = 0;

    // The newest durable change; 0 in an empty store.
    [[nodiscard]] virtual SequenceNumber last_sequence() const = 0;
    // Up to `count` changes after `after`, oldest first; fewer when they would pass 1 MB (never
    // none because of it). kLogTrimmed: changes after `after` are no longer kept, or the next one
    // is damaged.
    [[nodiscard]] virtual Result<std::vector<Change>> read_log(SequenceNumber after,
                                                               std::size_t count) const = 0;
    // The same of one table, also of one that was dropped: up to `count` of its changes, fewer when
    // they stand far apart, perhaps none.
    [[nodiscard]] virtual Result<TableChanges> read_table_log(std::string_view table,
                                                              SequenceNumber after,
                                                              std::size_t count) const;
    // The newest change that read_log() no longer has; 0: it has all.
    [[nodiscard]] virtual SequenceNumber trimmed() const { return 0; }
    // Observes every commit from now on.
    virtual void observe(CommitObserver observer) = 0;

    // What of the tables' files was found to be damaged since the last salvage; nothing: nothing
    // was.
    [[nodiscard]] virtual std::optional<std::string> damage() const { return std::nullopt; }

    // ---- Waits for one or several writes, which are made after all that the calling thread has
    // submitted. Not to be called from observers or WriteDone.
    [[nodiscard]] WriteOutcome write(Write write);
    [[nodiscard]] virtual std::vector<WriteOutcome> write_all(std::vector<Write> writes,
                                                              Atomicity atomicity);
};

}  // namespace meridian::store
