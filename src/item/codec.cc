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

#include <cstddef>
#include <cstdint>
#include <optional>
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

// Each read() fills its argument and says whether the bytes were right; after a false the decoder
// stands where they were not.
class Decoder {
  public:
    explicit Decoder(std::string_view bytes)
        : begin_(bytes.data()), at_(begin_), end_(begin_ + bytes.size()) {}

    bool item(Item& into) { return byte() == kVersion && read(into, 1) && at_ == end_; }

    [[nodiscard]] std::size_t position() const { return static_cast<std::size_t>(at_ - begin_); }

  private:
    [[nodiscard]] std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }

    // -1 at the end.
    int byte() { return at_ == end_ ? -1 : static_cast<unsigned char>(*at_++); }

    // Every counted thing takes at least one byte, so a count beyond what is left is wrong.
    std::optional<std::size_t> count() {
        std::size_t value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            const int next = byte();
            if (next < 0 || (next == 0 && shift > 0)) {
                return std::nullopt;
            }
            value |= static_cast<std::size_t>(next & 0x7F) << shift;
            if (next < 0x80) {
                return value <= left() ? std::optional(value) : std::nullopt;
            }
        }
        return std::nullopt;
    }

    bool read(std::string& into) {
        const auto length = count();
        if (!length) {
            return false;
        }
        into.assign(at_, *length);
        at_ += *length;
        return true;
    }
    bool read(Binary& into) { return read(into.bytes); }

    bool read(Number& into) {
        const int head = byte();
        if (head < 0) {
            return false;
        }
        const auto digits_count = static_cast<std::size_t>(head & ~kNegative);
        const bool negative = (head & kNegative) != 0;
        if (digits_count == 0) {
            into = Number{};
            return !negative;
        }
        const int exponent = byte();
        const std::size_t pairs = (digits_count + 1) / 2;
        if (exponent < 0 || pairs > left()) {
            return false;
        }
        std::string digits(pairs * 2, '0');
        for (std::size_t i = 0; i < digits.size(); i += 2) {
            const int pair = byte();
            if (pair > 99) {
                return false;
            }
            digits[i] = static_cast<char>('0' + pair / 10);
            digits[i + 1] = static_cast<char>('0' + pair % 10);
        }
        const bool padded = digits.back() == '0';
        digits.resize(digits_count);
        auto number =
            Number::from_parts(negative, exponent + Number::kExponentMin, std::move(digits));
        if (!number || (digits_count % 2 == 1 && !padded)) {
            return false;
        }
        into = *std::move(number);
        return true;
    }

    // `level` is that of the elements: an item's attributes have 1.
    bool read(List& into, int level) {
        const auto size = count();
        if (!size || (*size > 0 && level > kLevelsMax)) {
            return false;
        }
        into.resize(*size);
        for (auto& element : into) {
            if (!read(element, level)) {
                return false;
            }
        }
        return true;
    }

    bool read(Map& into, int level) {
        const auto size = count();
        if (!size || (*size > 0 && level > kLevelsMax)) {
            return false;
        }
        for (std::size_t i = 0; i < *size; ++i) {
            std::string name;
            if (!read(name) || (!into.empty() && name <= into.rbegin()->first)) {
                return false;
            }
            const auto added = into.emplace_hint(into.end(), std::move(name), Value{});
            if (!read(added->second, level)) {
                return false;
            }
        }
        return true;
    }

    template <typename T>
    bool read(std::set<T>& into) {
        const auto size = count();
        if (!size) {
            return false;
        }
        for (std::size_t i = 0; i < *size; ++i) {
            T element;
            if (!read(element) || (!into.empty() && element <= *into.rbegin())) {
                return false;
            }
            into.emplace_hint(into.end(), std::move(element));
        }
        return true;
    }

    template <typename T, typename... Level>
    bool read_as(Value& into, Level... level) {
        T content;
        if (!read(content, level...)) {
            return false;
        }
        into = Value(std::move(content));
        return true;
    }

    bool read(Value& into, int level) {
        switch (const int tag = byte(); static_cast<Tag>(tag)) {
            case Tag::kNull:
                return true;  // what a new value is
            case Tag::kFalse:
            case Tag::kTrue:
                into = Value(static_cast<Tag>(tag) == Tag::kTrue);
                return true;
            case Tag::kNumber:
                return read_as<Number>(into);
            case Tag::kString:
                return read_as<std::string>(into);
            case Tag::kBinary:
                return read_as<Binary>(into);
            case Tag::kList:
                return read_as<List>(into, level + 1);
            case Tag::kMap:
                return read_as<Map>(into, level + 1);
            case Tag::kStringSet:
                return read_as<StringSet>(into);
            case Tag::kNumberSet:
                return read_as<NumberSet>(into);
            case Tag::kBinarySet:
                return read_as<BinarySet>(into);
        }
        return false;
    }

    const char* begin_;
    const char* at_;
    const char* end_;
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
    Item item;
    Decoder decoder(bytes);
    if (!decoder.item(item)) {
        return fail(ErrorCode::kCorruption,
                    fmt::format("not an item as it was stored: wrong at byte {} of {}",
                                decoder.position(), bytes.size()));
    }
    return item;
}

}  // namespace meridian::item
