// A region's hashes, from its own store.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "proof/hash_source.h"
#include "store/replica_store.h"

namespace meridian::proof {

// All tables as of one moment.
struct TablesAt {
    store::SequenceNumber sequence = 0;  // the newest change that is in them
    std::vector<TableState> tables;
};

// Role: answers from views of the store, one a question. Questions read as many rows as they are
// about, the first ones a whole table: beyond kQuestionsAtOnce, they are refused (kOverloaded).
// Threads: any. The store must outlive it.
class StoreSource final : public RegionSource {
  public:
    static constexpr int kQuestionsAtOnce = 2;
    static constexpr std::size_t kItemsAtOnce = 1000;

    // `peers`: the regions whose logs progress() tells of; may be empty.
    StoreSource(const store::ReplicaStore& store,
                std::function<std::vector<std::string>()> peers = nullptr)
        : store_(store), peers_(std::move(peers)) {}

    [[nodiscard]] const std::string& region() const override { return store_.region(); }
    [[nodiscard]] Result<std::vector<TableState>> tables() override;
    [[nodiscard]] Result<std::vector<store::RangeHash>> ranges(const std::string& table,
                                                               const std::string& prefix) override;
    [[nodiscard]] Result<ItemStatePage> items(const std::string& table, const std::string& prefix,
                                              const std::string& position) override;
    [[nodiscard]] Result<Progress> progress() override;

    [[nodiscard]] Result<TablesAt> tables_at();
    // items() with at most that many.
    [[nodiscard]] Result<ItemStatePage> some_items(const std::string& table,
                                                   const std::string& prefix,
                                                   const std::string& position, std::size_t count);

  private:
    template <typename Read>
    auto with_view(Read read) -> decltype(read(std::declval<store::StoreView&>()));

    const store::ReplicaStore& store_;
    const std::function<std::vector<std::string>()> peers_;
    std::atomic<int> questions_ = 0;
};

// The item as the page says it, with its row. kInvalidInput: the key does not fit the table.
[[nodiscard]] Result<ItemState> item_state(const store::TableSchema& table, store::ItemHash hash);

}  // namespace meridian::proof
