#include "store/page_builder.h"

namespace meridian::store {

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

}  // namespace meridian::store
