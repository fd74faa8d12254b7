// Where a page of items, or of changes, ends.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "base/result.h"
#include "expression/condition.h"
#include "item/key.h"
#include "item/value.h"
#include "store/table_store.h"

namespace meridian::store {

// Collects the items that a query or a scan examines, in order.
//
// As in DynamoDB a page that its limit ended has a last_key even when nothing comes after it; the
// item that passes 1 MB is the last one of its page. Ownership: schema and filter must outlive it.
class PageBuilder {
  public:
    PageBuilder(const item::KeySchema& schema, std::size_t limit,
                const std::optional<expression::Condition>& filter)
        : schema_(schema), limit_(limit), filter_(filter) {}

    // REQUIRES: not full(). kInvalidInput: the filter cannot be meant.
    [[nodiscard]] Result<void> examine(item::Item item);
    [[nodiscard]] bool full() const { return page_.last_key.has_value(); }
    [[nodiscard]] Page take() && { return std::move(page_); }

  private:
    const item::KeySchema& schema_;
    const std::size_t limit_;
    const std::optional<expression::Condition>& filter_;
    std::size_t bytes_ = 0;
    Page page_;
};

// Collects changes for read_log: up to `count`, and up to 1 MB unless it is the first.
class ChangePage {
  public:
    explicit ChangePage(std::size_t count) : count_(count) {}

    // False when the change has no room any more; then it was not taken.
    [[nodiscard]] bool add(Change change);
    [[nodiscard]] std::vector<Change> take() && { return std::move(changes_); }

  private:
    const std::size_t count_;
    std::size_t bytes_ = 0;
    std::vector<Change> changes_;
};

}  // namespace meridian::store
