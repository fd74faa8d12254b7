#include "store/dynamodb/dynamodb_store.h"

#include <algorithm>
#include <utility>

#include "store/dynamodb/link.h"
#include "store/dynamodb/pages.h"
#include "store/dynamodb/point_reads.h"
#include "store/dynamodb/single_writes.h"
#include "store/dynamodb/table_shape.h"

namespace meridian::store {
namespace {

std::unexpected<Error> no_log() {
    return fail(ErrorCode::kNotSupported,
                "DynamoDB has no change log for this: read the table's stream");
}

class DynamoDbStore final : public TableStore {
  public:
    DynamoDbStore(std::shared_ptr<aws::JsonService> service, DynamoDbOptions options,
                  const Clock& clock, Random& random)
        : link_(std::move(service), std::move(options), clock, random), shapes_(link_) {}

    Result<void> create_table(const TableSchema& /*schema*/) override { return no_log(); }
    Result<TableSchema> describe_table(std::string_view table) const override {
        const auto shape = shapes_.fresh(table);
        return shape ? Result<TableSchema>((*shape)->schema) : std::unexpected(shape.error());
    }
    std::vector<TableSchema> list_tables() const override { return {}; }

    void submit(std::vector<Write> writes, Atomicity /*atomicity*/, WriteDone done) override {
        std::vector<WriteOutcome> outcomes;
        for (auto& write : writes) {
            outcomes.push_back(dynamodb::make_write(link_, std::move(write)));
        }
        done(std::move(outcomes));
    }

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

    SequenceNumber last_sequence() const override { return 0; }
    Result<std::vector<Change>> read_log(SequenceNumber /*after*/,
                                         std::size_t /*count*/) const override {
        return no_log();
    }
    void observe(CommitObserver /*observer*/) override {}

  private:
    const dynamodb::Link link_;
    const dynamodb::Shapes shapes_;
};

}  // namespace

std::unique_ptr<TableStore> open_dynamodb_store(std::shared_ptr<aws::JsonService> service,
                                                DynamoDbOptions options, const Clock& clock,
                                                Random& random) {
    return std::make_unique<DynamoDbStore>(std::move(service), std::move(options), clock, random);
}

}  // namespace meridian::store
