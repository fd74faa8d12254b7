// Items as bytes, version 1.
//
//   item     01, then the attributes as a map's content
//   map      count, then for each name in byte order: length, name, value
//   value    one byte of type, then its content:
//     00 NULL · 01 false · 02 true   nothing
//     03 N     one byte: count of digits, + 80 hex when negative; unless the count is 0 then one
//              byte of exponent (Number::exponent() + 129) and the digits, two a byte (0…99; an odd
//              last one is paired with 0)
//     04 S · 05 B                    length, bytes
//     06 L     count, then the values
//     07 M     as above
//     08 SS · 09 NS · 0A BS          count, then the contents of S, N or B, ascending
//
// Counts and lengths are base-128 varints, low bits first, in their shortest form. Each item has
// exactly one encoding, and decode() accepts nothing else.
#include "item/codec.h"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace meridian::item {
namespace {

constexpr char kVersion = 1;

// Bounds the stack. Too deep an item is refused where it enters; one that has entered is read back.
constexpr int kLevelsMax = 4 * kNestingMax;

enum class Tag : std::uint8_t {
    kNull,
    kFalse,
    kTrue,
    kNumber,
    kString,
    kBinary,
    kList,
    kMap,
    kStringSet,
    kNumberSet,
    kBinarySet
};

constexpr std::uint8_t kNegative = 0x80;

class Encoder {
  public:
    explicit Encoder(std::string& out) : out_(out) {}

    void content(const std::string& text) {
        count(text.size());
        out_.append(text);
    }
    void content(const Binary& binary) { content(binary.bytes); }

    void content(const Number& number) {
        const auto& digits = number.digits();
        byte(static_cast<std::uint8_t>(digits.size() | (number.negative() ? kNegative : 0U)));
        if (digits.empty()) {
            return;
        }
        byte(static_cast<std::uint8_t>(number.exponent() - Number::kExponentMin));
        for (std::size_t i = 0; i < digits.size(); i += 2) {
            const int second = i + 1 < digits.size() ? digits[i + 1] - '0' : 0;
            byte(static_cast<std::uint8_t>((digits[i] - '0') * 10 + second));
        }
    }

    void content(const List& list) {
        count(list.size());
        for (const auto& element : list) {
            std::visit(*this, element.variant());
        }
    }

    void content(const Map& map) {
        count(map.size());
        for (const auto& [name, value] : map) {
            content(name);
            std::visit(*this, value.variant());
        }
    }

    template <typename T>
    void content(const std::set<T>& set) {
        count(set.size());
        for (const auto& element : set) {
            content(element);
        }
    }

    void operator()(Null) { tag(Tag::kNull); }
    void operator()(bool value) { tag(value ? Tag::kTrue : Tag::kFalse); }
    void operator()(const Number& value) { tagged(Tag::kNumber, value); }
    void operator()(const std::string& value) { tagged(Tag::kString, value); }
    void operator()(const Binary& value) { tagged(Tag::kBinary, value); }
    void operator()(const List& value) { tagged(Tag::kList, value); }
    void operator()(const Map& value) { tagged(Tag::kMap, value); }
    void operator()(const StringSet& value) { tagged(Tag::kStringSet, value); }
    void operator()(const NumberSet& value) { tagged(Tag::kNumberSet, value); }
    void operator()(const BinarySet& value) { tagged(Tag::kBinarySet, value); }

  private:
    void byte(std::uint8_t value) { out_.push_back(static_cast<char>(value)); }
    void tag(Tag tag) { byte(static_cast<std::uint8_t>(tag)); }

    template <typename T>
    void tagged(Tag type, const T& value) {
        tag(type);
        content(value);
    }

    void count(std::size_t value) {
        for (; value >= 0x80; value >>= 7) {
            byte(static_cast<std::uint8_t>(value | 0x80));
        }
        byte(static_cast<std::uint8_t>(value));
    }

    std::string& out_;
};

// After the first wrong byte ok() is false, nothing more is read, and what is returned means
// nothing.
class Decoder {
  public:
    explicit Decoder(std::string_view bytes)
        : begin_(bytes.data()), at_(begin_), end_(begin_ + bytes.size()) {}

    Item item() {
        require(byte() == kVersion);
        auto item = map(1);
        require(at_ == end_);
        return item;
    }

    [[nodiscard]] bool ok() const { return ok_; }
    // How far it came.
    [[nodiscard]] std::size_t position() const { return static_cast<std::size_t>(at_ - begin_); }

  private:
    [[nodiscard]] std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }

    bool require(bool condition) {
        ok_ = ok_ && condition;
        return ok_;
    }

    std::uint8_t byte() {
        if (!require(at_ != end_)) {
            return 0;
        }
        return static_cast<std::uint8_t>(*at_++);
    }

    // Every counted thing takes at least one byte, so a count beyond what is left is wrong.
    std::size_t count() {
        std::size_t value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            const std::uint8_t next = byte();
            value |= static_cast<std::size_t>(next & 0x7F) << shift;
            if (next < 0x80) {
                const bool shortest = next > 0 || shift == 0;
                return require(shortest && value <= left()) ? value : 0;
            }
        }
        require(false);
        return 0;
    }

    std::string_view bytes() {
        const auto length = count();
        at_ += length;
        return {at_ - length, length};
    }
    std::string text() { return std::string(bytes()); }

    void read(std::string& into) { into = text(); }
    void read(Binary& into) { into.bytes = text(); }
    void read(Number& into) { into = number(); }

    Number number() {
        const std::uint8_t head = byte();
        const std::size_t size = head & 0x7FU;
        const bool negative = (head & kNegative) != 0;
        if (size == 0) {
            require(!negative);
            return {};
        }
        const int exponent = byte() + Number::kExponentMin;
        std::array<char, kPairsMax * 2> digits{};
        const std::size_t pairs = (size + 1) / 2;
        if (!require(pairs <= kPairsMax)) {
            return {};
        }
        for (std::size_t i = 0; i < pairs; ++i) {
            const std::uint8_t pair = byte();
            require(pair <= 99);
            digits[2 * i] = static_cast<char>('0' + pair / 10);
            digits[2 * i + 1] = static_cast<char>('0' + pair % 10);
        }
        require(size % 2 == 0 || digits[size] == '0');
        auto number = Number::from_parts(negative, exponent, std::string(digits.data(), size));
        return require(number.has_value()) ? *std::move(number) : Number{};
    }

    // `level` is that of the elements: an item's attributes have 1.
    List list(int level) {
        const auto size = count();
        List list;
        if (!require(size == 0 || level <= kLevelsMax)) {
            return list;
        }
        list.reserve(size);
        for (std::size_t i = 0; i < size && ok_; ++i) {
            list.push_back(value(level));
        }
        return list;
    }

    Map map(int level) {
        const auto size = count();
        Map map;
        if (!require(size == 0 || level <= kLevelsMax)) {
            return map;
        }
        std::string_view last;
        for (std::size_t i = 0; i < size && ok_; ++i) {
            const auto name = bytes();
            if (require(i == 0 || last < name)) {
                map.emplace_hint(map.end(), name, value(level));
            }
            last = name;
        }
        return map;
    }

    template <typename T>
    std::set<T> set() {
        const auto size = count();
        std::set<T> set;
        for (std::size_t i = 0; i < size && ok_; ++i) {
            T element;
            read(element);
            if (require(set.empty() || *set.rbegin() < element)) {
                set.emplace_hint(set.end(), std::move(element));
            }
        }
        return set;
    }

    Value value(int level) {
        switch (static_cast<Tag>(byte())) {
            case Tag::kNull:
                return Null{};
            case Tag::kFalse:
                return false;
            case Tag::kTrue:
                return true;
            case Tag::kNumber:
                return number();
            case Tag::kString:
                return text();
            case Tag::kBinary:
                return Binary{text()};
            case Tag::kList:
                return list(level + 1);
            case Tag::kMap:
                return map(level + 1);
            case Tag::kStringSet:
                return set<std::string>();
            case Tag::kNumberSet:
                return set<Number>();
            case Tag::kBinarySet:
                return set<Binary>();
        }
        require(false);
        return {};
    }

    static constexpr std::size_t kPairsMax = (Number::kDigitsMax + 1) / 2;

    const char* begin_;
    const char* at_;
    const char* end_;
    bool ok_ = true;
};

}  // namespace

void append_encoded(const Item& item, std::string& out) {
    out.push_back(kVersion);
    Encoder(out).content(item);
}

std::string encode(const Item& item) {
    std::string out;
    out.reserve(size_bytes(item) + 4 * item.size() + 4);
    append_encoded(item, out);
    return out;
}

Result<Item> decode(std::string_view bytes) {
    Decoder decoder(bytes);
    auto item = decoder.item();
    if (!decoder.ok()) {
        return fail(ErrorCode::kCorruption,
                    fmt::format("not an item as it was stored: wrong at byte {} of {}",
                                decoder.position(), bytes.size()));
    }
    return item;
}

}  // namespace meridian::item
