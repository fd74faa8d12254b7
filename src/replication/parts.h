// The parts that messages are made of, as bytes (wire.h has the list).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace meridian::replication {

// Appends parts to a message.
class PartWriter {
  public:
    explicit PartWriter(std::string& out) : out_(out) {}

    void byte(std::uint8_t byte) { out_.push_back(static_cast<char>(byte)); }
    void fixed(std::uint64_t number);  // 8 bytes
    void number(std::uint64_t number);
    void text(std::string_view text);
    void name(std::string_view name);
    // What `append` appends, as a text.
    template <typename Append>
    void nested(std::string& scratch, Append append) {
        scratch.clear();
        append(scratch);
        text(scratch);
    }

  private:
    std::string& out_;
    std::map<std::string, std::size_t, std::less<>> places_;
};

// Takes parts off the front. What isn't there, or isn't in its one form, spoils the reader: from
// then on everything is zero or empty, and ok() says so. So a message is read without a look at
// each part; but what is read must be bounded by left() where it costs memory.
class PartReader {
  public:
    explicit PartReader(std::string_view bytes) : rest_(bytes) {}

    [[nodiscard]] bool ok() const { return ok_; }
    [[nodiscard]] bool done() const { return ok_ && rest_.empty(); }
    [[nodiscard]] std::size_t left() const { return rest_.size(); }
    void spoil();

    std::uint8_t byte();
    bool flag();
    std::uint64_t fixed();
    std::uint64_t number();
    std::string_view text();
    // The name and its place among the message's; it is valid as long as the reader.
    const std::string& name();
    // The count of a list whose elements have at least so many bytes each; not more than
    // kElementsMax, since an element takes more memory than bytes.
    std::size_t count(std::size_t element_bytes_min);
    static constexpr std::size_t kElementsMax = 65'536;

  private:
    std::string_view take(std::size_t bytes);

    std::string_view rest_;
    bool ok_ = true;
    std::vector<const std::string*> names_;
    std::map<std::string, std::size_t, std::less<>> places_;
};

}  // namespace meridian::replication
