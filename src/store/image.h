// An item as it was at one moment.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "item/value.h"

namespace meridian::store {

// What std::optional<item::Item> is, but copies share the item: the one who wrote it, the change
// log and every observer hold the same. Threads: immutable; any.
class Image {
  public:
    Image() = default;
    Image(std::nullopt_t) {}  // NOLINT(google-explicit-constructor)
    Image(item::Item item)    // NOLINT(google-explicit-constructor)
        : item_(std::make_shared<const item::Item>(std::move(item))) {}
    Image(std::optional<item::Item> item) {  // NOLINT(google-explicit-constructor)
        if (item) {
            *this = Image(*std::move(item));
        }
    }

    explicit operator bool() const { return item_ != nullptr; }
    // REQUIRES: there was an item.
    const item::Item& operator*() const { return *item_; }
    const item::Item* operator->() const { return item_.get(); }
    // The item, or null.
    [[nodiscard]] const item::Item* get() const { return item_.get(); }

    friend bool operator==(const Image& a, const Image& b) {
        return a.item_ == b.item_ || (a && b && *a == *b);
    }
    friend bool operator==(const Image& a, const item::Item& b) { return a && *a == b; }
    friend bool operator==(const Image& a, std::nullopt_t) { return !a; }
    // Else std::optional's own comparison would take an Image for a value.
    friend bool operator==(const Image& a, const std::optional<item::Item>& b) {
        return b ? a == *b : !a;
    }

  private:
    std::shared_ptr<const item::Item> item_;
};

}  // namespace meridian::store
