#include "replication/parts.h"

#include <utility>

namespace meridian::replication {
namespace {

constexpr std::size_t kFixedBytes = 8;
constexpr unsigned kVarintBits = 7;
constexpr std::uint8_t kMore = 0x80;

const std::string kNoName;

}  // namespace

void PartWriter::fixed(std::uint64_t number) {
    for (int shift = 56; shift >= 0; shift -= 8) {
        out_.push_back(static_cast<char>(number >> shift));
    }
}

void PartWriter::number(std::uint64_t number) {
    for (; number >= kMore; number >>= kVarintBits) {
        byte(static_cast<std::uint8_t>(number | kMore));
    }
    byte(static_cast<std::uint8_t>(number));
}

void PartWriter::text(std::string_view text) {
    number(text.size());
    out_.append(text);
}

void PartWriter::name(std::string_view name) {
    if (const auto known = places_.find(name); known != places_.end()) {
        number(known->second);
        return;
    }
    number(places_.size());
    text(name);
    places_.emplace(name, places_.size());
}

void PartReader::spoil() {
    ok_ = false;
    rest_ = {};
}

std::string_view PartReader::take(std::size_t bytes) {
    if (bytes > rest_.size()) {
        spoil();
        return {};
    }
    const auto taken = rest_.substr(0, bytes);
    rest_.remove_prefix(bytes);
    return taken;
}

std::uint8_t PartReader::byte() {
    const auto taken = take(1);
    return taken.empty() ? 0 : static_cast<std::uint8_t>(taken[0]);
}

bool PartReader::flag() {
    const auto flag = byte();
    if (flag > 1) {
        spoil();
    }
    return flag == 1;
}

std::uint64_t PartReader::fixed() {
    std::uint64_t number = 0;
    for (const char byte : take(kFixedBytes)) {
        number = (number << 8) | static_cast<unsigned char>(byte);
    }
    return number;
}

std::uint64_t PartReader::number() {
    std::uint64_t number = 0;
    for (unsigned shift = 0; shift < 64; shift += kVarintBits) {
        const auto part = byte();
        const std::uint64_t bits = part & (kMore - 1U);
        const bool runs_over = shift == 63 && bits > 1;
        const bool longer_than_needed = part == 0 && shift != 0;
        if (!ok_ || runs_over || longer_than_needed) {
            break;
        }
        number |= bits << shift;
        if (part < kMore) {
            return number;
        }
    }
    spoil();
    return 0;
}

std::string_view PartReader::text() {
    return take(number());
}

const std::string& PartReader::name() {
    const auto place = number();
    if (place < names_.size()) {
        return *names_[place];
    }
    const auto added = text();
    if (place == names_.size() && ok_) {
        const auto [name, is_new] = places_.try_emplace(std::string(added), names_.size());
        if (is_new) {
            names_.push_back(&name->first);
            return name->first;
        }
    }
    spoil();
    return kNoName;
}

std::size_t PartReader::count(std::size_t element_bytes_min) {
    const auto count = number();
    if (count > rest_.size() / element_bytes_min || count > kElementsMax) {
        spoil();
        return 0;
    }
    return count;
}

}  // namespace meridian::replication
