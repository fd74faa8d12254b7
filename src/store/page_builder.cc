#include "store/page_builder.h"

#include <algorithm>

#include "base/check.h"

namespace meridian::store {
namespace {

constexpr std::size_t kPassedMax = 100'000;

}  // namespace

Result<void> PageBuilder::examine(item::Item item) {
    ++page_.examined;
    bytes_ += item::size_bytes(item);
    if (page_.examined == limit_ || bytes_ >= kPageBytesMax) {
        auto key = item::key_of(schema_, item);
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

void PageBuilder::leave_out(item::Key key) {
    if (++page_.examined == limit_) {
        page_.last_key = key;
    }
    page_.damaged.push_back(std::move(key));
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

bool OwnChangePage::full() const {
    return page_.changes.size() >= count_ || bytes_ >= kPageBytesMax || passed_ >= kPassedMax;
}

void OwnChangePage::add(OwnChange change) {
    const auto& item = change.item;
    bytes_ += item::size_bytes(item.key);
    bytes_ += item.state.image ? item::size_bytes(*item.state.image) : 0;
    if (std::ranges::find(page_.tables, item.table, &TableSchema::name) == page_.tables.end()) {
        const auto table = tables_.find(item.table);
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
