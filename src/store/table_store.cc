#include "store/table_store.h"

#include <utility>

#include "base/check.h"
#include "store/wait_for.h"

namespace meridian::store {

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
