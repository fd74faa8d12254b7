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
#include "store/replica_store.h"
#include "store/row_range.h"
#include "store/table_directory.h"
#include "store/table_store.h"

namespace meridian::store {

// Collects the items that a query or a scan examines, in order.
//
// As in DynamoDB a page that its limit ended has a last_key even when nothing comes after it; the
// item that passes 1 MB is the last one of its page. Ownership: the source, and the query or scan,
// must outlive it.
class PageBuilder {
  public:
    // `Request`: Query or Scan.
    template <typename Request>
    PageBuilder(const Source& source, const Request& request)
        : source_(source),
          limit_(request.limit),
          filter_(request.filter),
          whole_items_(request.whole_items) {}

    // The item as the table has it. REQUIRES: not full(). kInvalidInput: the filter cannot be
    // meant.
    [[nodiscard]] Result<void> examine(item::Item item);
    // Counts an item that cannot be read. REQUIRES: not full(); the position ends with its key.
    void leave_out(item::Key key, item::Key position);
    [[nodiscard]] bool full() const { return page_.last_key.has_value(); }
    // How many more items there may be room for: a guess, from those so far.
    [[nodiscard]] std::size_t room() const;
    [[nodiscard]] Page take() && { return std::move(page_); }

  private:
    const Source source_;
    const std::size_t limit_;
    const std::optional<expression::Condition>& filter_;
    const bool whole_items_;
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

// Collects changes for read_table_log: as read_log's, and not after too long a walk over the
// changes of other tables.
class TableChangePage {
  public:
    TableChangePage(SequenceNumber after, std::size_t count) : page_(count), through_(after) {}

    // False when the change has no room any more; then it was not taken.
    [[nodiscard]] bool add(Change change);
    // False: it was far enough.
    [[nodiscard]] bool pass(SequenceNumber change_of_another_table);
    [[nodiscard]] TableChanges take() && { return {std::move(page_).take(), through_}; }

  private:
    ChangePage page_;
    SequenceNumber through_;
    std::size_t passed_ = 0;
};

// Collects changes for read_own: up to `count`, up to 1 MB and the change that passes it, and not
// after too long a walk over the changes of others.
class OwnChangePage {
  public:
    OwnChangePage(const TableDirectory& tables, SequenceNumber after, std::size_t count)
        : tables_(tables), count_(count) {
        page_.through = after;
    }

    [[nodiscard]] bool full() const;
    // REQUIRES: not full().
    void add(OwnChange change);
    void pass(SequenceNumber change_of_another_region);
    [[nodiscard]] OwnChanges take() && { return std::move(page_); }

  private:
    const TableDirectory& tables_;
    const std::size_t count_;
    std::size_t bytes_ = 0;
    std::size_t passed_ = 0;
    OwnChanges page_;
};

}  // namespace meridian::store
