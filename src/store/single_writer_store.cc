#include "store/single_writer_store.h"

#include <utility>

#include "store/wait_for.h"

namespace meridian::store {

void SingleWriterStore::submit(std::vector<Write> writes, Atomicity atomicity, WriteDone done) {
    queue(make_job(std::move(writes), atomicity, std::move(done)));
}

void SingleWriterStore::submit_remote(RemoteBatch batch, ApplyDone done) {
    queue(make_job(std::move(batch), std::move(done)));
}

Result<Mark> SingleWriterStore::mark() {
    return wait_for<Result<Mark>>([&](MarkDone done) { queue(make_job(std::move(done))); });
}

Result<std::size_t> SingleWriterStore::collect_tombstones(HybridTime up_to) {
    std::size_t collected = 0;
    std::string from;
    do {
        auto page = find_tombstones(from, up_to);
        if (!page) {
            return std::unexpected(std::move(page).error());
        }
        const auto gone = wait_for<Result<std::size_t>>([&](CollectDone done) {
            queue(make_job(std::move(page->rows), up_to, std::move(done)));
        });
        if (!gone) {
            return gone;
        }
        collected += *gone;
        from = std::move(page->next);
    } while (!from.empty());
    return collected;
}

}  // namespace meridian::store
