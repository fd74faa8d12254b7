#include "store/dynamodb/dynamodb_store.h"

#include <span>
#include <utility>
#include <vector>

#include "store/dynamodb/link.h"
#include "store/dynamodb/pages.h"
#include "store/dynamodb/point_reads.h"
#include "store/dynamodb/single_writes.h"
#include "store/dynamodb/submissions.h"
#include "store/dynamodb/table_shape.h"
#include "store/dynamodb/tables.h"
#include "store/dynamodb/transactions.h"
#include "store/dynamodb/written_items.h"

namespace meridian::store {
namespace {

class DynamoDbStore final : public TableStore {
  public:
    DynamoDbStore(std::shared_ptr<aws::JsonService> service, DynamoDbOptions options,
                  const Clock& clock, Random& random)
        : link_(std::move(service), std::move(options), clock, random),
          shapes_(link_),
          submissions_(
              link_.options().queue_writes_max,
              [this](std::span<const Write> writes) {
                  return dynamodb::written_items(shapes_, writes);
              },
              [this](std::vector<Write> writes, Atomicity atomicity) {
                  return make(std::move(writes), atomicity);
              }) {}

    // ---- Tables

    Result<void> create_table(const TableSchema& schema) override {
        shapes_.forget(schema.name);
        return dynamodb::create_table(link_, schema);
    }
    Result<TableSchema> describe_table(std::string_view table) const override {
        const auto shape = dynamodb::describe(link_, table);
        return shape ? Result<TableSchema>(shape->schema) : std::unexpected(shape.error());
    }
    std::vector<TableSchema> list_tables() const override {
        return dynamodb::list_tables(link_).value_or(std::vector<TableSchema>{});
    }
    Result<void> drop_table(std::string_view table) override {
        auto dropped = dynamodb::drop_table(link_, table);
        shapes_.forget(table);
        return dropped;
    }
    Result<void> create_index(std::string_view table, const IndexSchema& index) override {
        auto created = dynamodb::create_index(link_, table, index);
        shapes_.forget(table);
        return created;
    }
    Result<void> drop_index(std::string_view table, std::string_view index) override {
        auto dropped = dynamodb::drop_index(link_, table, index);
        shapes_.forget(table);
        return dropped;
    }
    Result<std::vector<IndexStatus>> list_indexes(std::string_view table) const override {
        return dynamodb::list_indexes(link_, table);
    }
    Result<Extent> extent(std::string_view table) const override {
        const auto shape = dynamodb::describe(link_, table);
        return shape ? Result<Extent>(shape->extent) : std::unexpected(shape.error());
    }

    // ---- Writes

    void submit(std::vector<Write> writes, Atomicity atomicity, WriteDone done) override {
        submissions_.add(std::move(writes), atomicity, std::move(done));
    }
    // On the caller's own thread, unless that would be before what it submitted.
    std::vector<WriteOutcome> write_all(std::vector<Write> writes, Atomicity atomicity) override {
        return submissions_.pending() ? TableStore::write_all(std::move(writes), atomicity)
                                      : make(std::move(writes), atomicity);
    }

    // ---- Reads

    Result<std::optional<item::Item>> get(const ItemRef& ref) const override {
        return dynamodb::get(link_, ref);
    }
    Result<std::vector<std::optional<item::Item>>> get_many(
        std::span<const ItemRef> refs) const override {
        return dynamodb::get_many(link_, refs);
    }
    Result<Page> query(const Query& query) const override {
        return dynamodb::query(link_, shapes_, query);
    }
    Result<Page> scan(const Scan& scan) const override {
        return dynamodb::scan(link_, shapes_, scan);
    }

    // ---- The change log, which there isn't

    SequenceNumber last_sequence() const override { return 0; }
    Result<std::vector<Change>> read_log(SequenceNumber /*after*/,
                                         std::size_t /*count*/) const override {
        return fail(ErrorCode::kNotSupported,
                    "DynamoDB's tables have no change log: read their streams");
    }
    void observe(CommitObserver /*observer*/) override {}

  private:
    std::vector<WriteOutcome> make(std::vector<Write> writes, Atomicity atomicity) const {
        if (atomicity == Atomicity::kAll && writes.size() != 1) {
            return dynamodb::make_transaction(link_, shapes_, std::move(writes));
        }
        std::vector<WriteOutcome> outcomes;
        outcomes.reserve(writes.size());
        for (auto& write : writes) {
            outcomes.push_back(dynamodb::make_write(link_, std::move(write)));
        }
        return outcomes;
    }

    const dynamodb::Link link_;
    const dynamodb::Shapes shapes_;
    dynamodb::Submissions submissions_;  // goes first: it uses the others until it has gone
};

}  // namespace

std::unique_ptr<TableStore> open_dynamodb_store(std::shared_ptr<aws::JsonService> service,
                                                DynamoDbOptions options, const Clock& clock,
                                                Random& random) {
    return std::make_unique<DynamoDbStore>(std::move(service), std::move(options), clock, random);
}

}  // namespace meridian::store
