#include "store/single_writer_store.h"

#include <algorithm>
#include <utility>

#include "store/redefinition.h"
#include "store/wait_for.h"

namespace meridian::store {

Result<TableSchema> SingleWriterStore::describe_table(std::string_view table) const {
    const auto found = directory().find(table);
    return found ? Result<TableSchema>((*found)->schema) : std::unexpected(found.error());
}

std::vector<TableSchema> SingleWriterStore::list_tables() const {
    return directory().list();
}

std::vector<std::string> SingleWriterStore::dropped_tables() const {
    std::vector<std::string> names;
    for (const auto* table : directory().all()) {
        if (!table->is_live()) {
            names.push_back(table->schema.name);
        }
    }
    return names;
}

Result<void> SingleWriterStore::redefine(Redefinition redefinition) {
    return wait_for<Result<void>>(
        [&](RedefineDone done) { queue(make_job(std::move(redefinition), std::move(done))); });
}

Result<void> SingleWriterStore::drop_table(std::string_view table) {
    return redefine(dropping(std::string(table)));
}

Result<void> SingleWriterStore::create_index(std::string_view table, const IndexSchema& index) {
    return redefine(adding_index(std::string(table), index));
}

Result<void> SingleWriterStore::drop_index(std::string_view table, std::string_view index) {
    return redefine(removing_index(std::string(table), std::string(index)));
}

Result<std::vector<IndexStatus>> SingleWriterStore::list_indexes(std::string_view table) const {
    const auto found = directory().find(table);
    if (!found) {
        return std::unexpected(found.error());
    }
    std::vector<IndexStatus> indexes;
    for (const auto& index : (*found)->indexes) {
        if (index.is_kept()) {
            indexes.push_back(
                {index.schema, index.state == Index::State::kReady, index.extent->get()});
        }
    }
    std::ranges::sort(indexes, {}, [](const IndexStatus& index) { return index.schema.name; });
    return indexes;
}

Result<Extent> SingleWriterStore::extent(std::string_view table) const {
    const auto found = directory().find(table);
    return found ? Result<Extent>((*found)->extent->get()) : std::unexpected(found.error());
}

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
