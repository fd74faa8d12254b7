#include "store/page_builder.h"

#include <algorithm>

#include "base/check.h"
#include "store/index_row.h"

namespace meridian::store {
namespace {

constexpr std::size_t kPassedMax = 100'000;
constexpr std::size_t kUsualItemBytes = 64UL * 1024;  // before one was seen

}  // namespace

Result<void> PageBuilder::examine(item::Item item) {
    if (source_.index != nullptr && !whole_items_) {
        item = shown_in(*source_.index, source_.table.schema.key, std::move(item));
    }
    ++page_.examined;
    page_.bytes += item::size_bytes(item);
    if (page_.examined == limit_ || page_.bytes >= kPageBytesMax) {
        auto key = position_of(source_, item);
        if (!key) {
            return std::unexpected(std::move(key).error());
        }
        page_.last_key = *std::move(key);
    }
    if (filter_) {
        const auto passes = expression::evaluate(*filter_, &item);
        if (!passes) {
            return std::unexpected(passes.error());
        }
        if (!*passes) {
            return {};
        }
    }
    page_.items.push_back(std::move(item));
    return {};
}

void PageBuilder::leave_out(item::Key key, item::Key position) {
    if (++page_.examined == limit_) {
        page_.last_key = std::move(position);
    }
    page_.damaged.push_back(std::move(key));
}

std::size_t PageBuilder::room() const {
    const auto left = kPageBytesMax - std::min(page_.bytes, kPageBytesMax);
    const auto usual =
        std::max<std::size_t>(page_.bytes == 0 ? kUsualItemBytes : page_.bytes / page_.examined, 1);
    const auto by_bytes = left / usual + 1;
    return limit_ == 0 ? by_bytes : std::min(by_bytes, limit_ - page_.examined);
}

bool ChangePage::add(Change change) {
    std::size_t bytes = item::size_bytes(change.key);
    for (const auto* image : {&change.before, &change.after}) {
        bytes += *image ? item::size_bytes(**image) : 0;
    }
    if (changes_.size() == count_ || (!changes_.empty() && bytes_ + bytes > kPageBytesMax)) {
        return false;
    }
    bytes_ += bytes;
    changes_.push_back(std::move(change));
    return true;
}

bool TableChangePage::add(Change change) {
    const auto sequence = change.sequence;
    if (!page_.add(std::move(change))) {
        return false;
    }
    through_ = sequence;
    return true;
}

bool TableChangePage::pass(SequenceNumber change_of_another_table) {
    through_ = change_of_another_table;
    return ++passed_ < kPassedMax;
}

bool OwnChangePage::full() const {
    return page_.changes.size() >= count_ || bytes_ >= kPageBytesMax || passed_ >= kPassedMax;
}

void OwnChangePage::add(OwnChange change) {
    const auto& item = change.item;
    bytes_ += item::size_bytes(item.key);
    bytes_ += item.state.image ? item::size_bytes(*item.state.image) : 0;
    if (std::ranges::find(page_.tables, item.table, &TableSchema::name) == page_.tables.end()) {
        const auto table = tables_.find_ever(item.table);
        CHECK(table);
        page_.tables.push_back((*table)->schema);
    }
    page_.through = change.sequence;
    page_.changes.push_back(std::move(change));
}

void OwnChangePage::pass(SequenceNumber change_of_another_region) {
    page_.through = change_of_another_region;
    ++passed_;
}

}  // namespace meridian::store
