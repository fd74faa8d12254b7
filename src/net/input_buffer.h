// Received bytes, contiguous and waiting to be understood.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace meridian::net {

// Grows by doubling, so that memory follows what a peer has sent and not what it has announced.
// Views into it live until the next call of a member that is not const, except commit().
class InputBuffer {
  public:
    [[nodiscard]] std::string_view bytes() const {
        return {storage_.get() + begin_, end_ - begin_};
    }
    [[nodiscard]] char* data() { return storage_.get() + begin_; }
    [[nodiscard]] std::size_t size() const { return end_ - begin_; }
    [[nodiscard]] std::size_t capacity() const { return capacity_; }
    // What an idle connection may keep.
    static constexpr std::size_t kCapacityKeptBytes = std::size_t{16} * 1024;
    [[nodiscard]] bool empty() const { return begin_ == end_; }

    // Room for the next bytes behind the last, never empty; commit() says how many came.
    [[nodiscard]] std::span<char> free_space();
    void commit(std::size_t count);

    // Drops bytes at the front. Not moving the others, it leaves views into them valid.
    void consume(std::size_t count);
    // Drops bytes in the middle and closes the gap.
    void erase(std::size_t offset, std::size_t count);
    void clear();
    // Gives back the memory of a past large message. REQUIRES: empty().
    void release_excess();

  private:
    void move_to(std::size_t capacity);

    std::unique_ptr<char[]> storage_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace meridian::net
