// Numbers and texts as bytes: little-endian, texts with their length (4 bytes) before them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace meridian::backup {

void append_number(std::uint64_t number, std::size_t bytes, std::string& out);
// REQUIRES: less than 4 GB.
void append_text(std::string_view text, std::string& out);

// Takes them off again. After the first one that is not there everything is 0 or empty, and good()
// is false. The bytes must outlive what text() gives. Threads: one.
class ByteReader {
  public:
    explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

    [[nodiscard]] std::uint64_t number(std::size_t bytes);
    [[nodiscard]] std::string_view text();

    [[nodiscard]] bool good() const { return good_; }
    // All of it was taken, and all of that was there.
    [[nodiscard]] bool done() const { return good_ && bytes_.empty(); }
    [[nodiscard]] std::size_t left() const { return bytes_.size(); }

  private:
    [[nodiscard]] std::string_view take(std::size_t bytes);

    std::string_view bytes_;
    bool good_ = true;
};

}  // namespace meridian::backup
