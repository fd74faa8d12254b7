#include "bulk/json_splitter.h"

#include <fmt/format.h>

namespace meridian::bulk {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::unexpected<Error> malformed(std::size_t line, std::string_view what) {
    return fail(ErrorCode::kInvalidInput, fmt::format("line {}: {}", line, what));
}

}  // namespace

Result<void> JsonSplitter::read(std::string_view piece) {
    for (const char c : piece) {
        if (where_ == Where::kStart && bom_bytes_ < kByteOrderMark.size() &&
            c == kByteOrderMark[bom_bytes_]) {
            ++bom_bytes_;
            continue;
        }
        auto status = Step::kEndsBefore;
        if (where_ == Where::kValue) {
            status = step(c);
            if (status == Step::kBroken) {
                return malformed(value_line_, in_string_
                                                  ? "a text here does not end on its line"
                                                  : "the brackets of this value don't match");
            }
            if (status != Step::kEndsBefore) {
                value_ += c;
            }
            if (value_.size() > kValueBytesMax) {
                return malformed(value_line_, fmt::format("a value over {} bytes", kValueBytesMax));
            }
            if (status != Step::kGoOn) {
                if (auto taken = take_value(); !taken) {
                    return taken;
                }
            }
        }
        if (status == Step::kEndsBefore) {
            if (auto done = between(c); !done) {
                return done;
            }
        }
        line_ += c == '\n' ? 1 : 0;
    }
    return {};
}

JsonSplitter::Step JsonSplitter::step(char c) {
    if (in_string_) {
        if (c == '\n') {
            return Step::kBroken;
        }
        in_string_ = after_backslash_ || c != '"';
        after_backslash_ = !after_backslash_ && c == '\\';
        return in_string_ || !open_.empty() ? Step::kGoOn : Step::kEndsWith;
    }
    if (c == '"') {
        in_string_ = true;
        return Step::kGoOn;
    }
    if (c == '{' || c == '[') {
        open_ += c == '{' ? '}' : ']';
        return Step::kGoOn;
    }
    if (c == '}' || c == ']') {
        if (open_.empty()) {
            return Step::kEndsBefore;  // a number or a word at the end of the array
        }
        if (open_.back() != c) {
            return Step::kBroken;
        }
        open_.pop_back();
        return open_.empty() ? Step::kEndsWith : Step::kGoOn;
    }
    return open_.empty() && (is_blank(c) || c == ',') ? Step::kEndsBefore : Step::kGoOn;
}

Result<void> JsonSplitter::between(char c) {
    if (is_blank(c)) {
        return {};
    }
    if (where_ == Where::kEnd) {
        return malformed(line_, "something stands behind the end of the array");
    }
    if (where_ == Where::kStart && c == '[') {
        in_array_ = true;
        where_ = Where::kBetween;
        return {};
    }
    if (in_array_ && c == ']') {
        where_ = Where::kEnd;
        return {};
    }
    if (expects_comma_ && c == ',') {
        expects_comma_ = false;
        return {};
    }
    if (c == ',' || c == ']' || c == '}' || (in_array_ && expects_comma_)) {
        return malformed(line_, fmt::format("'{}' stands where a {} should", c,
                                            expects_comma_ ? "comma" : "value"));
    }
    where_ = Where::kValue;
    value_line_ = line_;
    value_.clear();
    (void)step(c);
    value_ += c;
    return {};
}

Result<void> JsonSplitter::take_value() {
    where_ = Where::kBetween;
    expects_comma_ = true;
    return take_(value_, value_line_);
}

Result<void> JsonSplitter::finish() {
    if (where_ == Where::kValue) {
        if (in_string_ || !open_.empty()) {
            return malformed(value_line_, "the value that begins here does not end");
        }
        if (auto taken = take_value(); !taken) {
            return taken;
        }
    }
    if (in_array_ && where_ != Where::kEnd) {
        return malformed(line_, "the array does not end");
    }
    return {};
}

}  // namespace meridian::bulk
