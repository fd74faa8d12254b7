#include "store/table_store.h"

#include <fmt/format.h>

#include <utility>

#include "base/check.h"
#include "store/wait_for.h"

namespace meridian::store {

namespace {

std::unexpected<Error> no_such_thing(std::string_view what) {
    return fail(ErrorCode::kNotSupported, fmt::format("This store has no {}", what));
}

}  // namespace

Result<void> TableStore::drop_table(std::string_view /*table*/) {
    return no_such_thing("way to drop tables");
}
Result<void> TableStore::create_index(std::string_view /*table*/, const IndexSchema& /*index*/) {
    return no_such_thing("indexes");
}
Result<void> TableStore::drop_index(std::string_view /*table*/, std::string_view /*index*/) {
    return no_such_thing("indexes");
}
Result<std::vector<IndexStatus>> TableStore::list_indexes(std::string_view /*table*/) const {
    return std::vector<IndexStatus>{};
}
Result<Extent> TableStore::extent(std::string_view /*table*/) const {
    return no_such_thing("counts of items");
}
Result<TableChanges> TableStore::read_table_log(std::string_view /*table*/,
                                                SequenceNumber /*after*/,
                                                std::size_t /*count*/) const {
    return no_such_thing("log by table");
}

std::vector<WriteOutcome> TableStore::write_all(std::vector<Write> writes, Atomicity atomicity) {
    return wait_for<std::vector<WriteOutcome>>(
        [&](WriteDone done) { submit(std::move(writes), atomicity, std::move(done)); });
}

WriteOutcome TableStore::write(Write write) {
    std::vector<Write> one;
    one.push_back(std::move(write));
    auto outcomes = write_all(std::move(one), Atomicity::kEach);
    CHECK(outcomes.size() == 1);
    return std::move(outcomes.front());
}

}  // namespace meridian::store
