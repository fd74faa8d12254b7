#include "net/input_buffer.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/check.h"

namespace meridian::net {
namespace {

// Holds an ordinary signed request; what an idle connection keeps.
constexpr std::size_t kCapacityFirstBytes = std::size_t{4} * 1024;
// Below this much room a read is hardly worth its system call.
constexpr std::size_t kRoomMinBytes = 1024;

}  // namespace

std::span<char> InputBuffer::free_space() {
    if (capacity_ - end_ < kRoomMinBytes) {
        if (capacity_ - size() >= capacity_ / 2 && capacity_ > 0) {
            move_to(capacity_);
        } else {
            move_to(std::max(kCapacityFirstBytes, capacity_ * 2));
        }
    }
    return {storage_.get() + end_, capacity_ - end_};
}

void InputBuffer::move_to(std::size_t capacity) {
    if (capacity == capacity_) {
        std::memmove(storage_.get(), data(), size());
    } else {
        auto larger = std::make_unique_for_overwrite<char[]>(capacity);
        if (!empty()) {
            std::memcpy(larger.get(), data(), size());
        }
        storage_ = std::move(larger);
        capacity_ = capacity;
    }
    end_ = size();
    begin_ = 0;
}

void InputBuffer::commit(std::size_t count) {
    CHECK(count <= capacity_ - end_);
    end_ += count;
}

void InputBuffer::consume(std::size_t count) {
    CHECK(count <= size());
    begin_ += count;
    if (begin_ == end_) {
        clear();
    }
}

void InputBuffer::erase(std::size_t offset, std::size_t count) {
    CHECK(offset <= size() && count <= size() - offset);
    if (count == 0) {
        return;
    }
    char* const gap = data() + offset;
    std::memmove(gap, gap + count, size() - offset - count);
    end_ -= count;
}

void InputBuffer::clear() {
    begin_ = 0;
    end_ = 0;
}

void InputBuffer::release_excess() {
    CHECK(empty());
    if (capacity_ > kCapacityKeptBytes) {
        storage_.reset();
        capacity_ = 0;
        clear();
    }
}

}  // namespace meridian::net
