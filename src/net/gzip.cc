#include "net/gzip.h"

#include <fmt/core.h>
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "base/check.h"
#include "net/grammar.h"

namespace meridian::net {
namespace {

constexpr int kGzipWindow = 15 + 16;  // zlib's way of saying: the largest, and gzip's frame
constexpr int kMemoryLevel = 8;       // zlib's default
constexpr std::size_t kFirstBytes = std::size_t{16} * 1024;

// zlib's type for input has no const.
Bytef* input_of(std::string_view bytes) {
    return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
}

uInt part_of(std::size_t bytes) {
    return static_cast<uInt>(std::min<std::size_t>(bytes, std::numeric_limits<uInt>::max()));
}

// Thousandths, as RFC 9110, 12.4.2 writes them: "0.5", "1", "0.". Nothing: no weight.
std::optional<int> parse_weight(std::string_view text) {
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1') ||
        (text.size() > 1 && text[1] != '.')) {
        return std::nullopt;
    }
    int thousandths = text[0] == '1' ? 1000 : 0;
    int place = 100;
    for (const char digit : text.substr(std::min<std::size_t>(text.size(), 2))) {
        if (digit < '0' || digit > '9') {
            return std::nullopt;
        }
        thousandths += (digit - '0') * place;
        place /= 10;
    }
    return thousandths <= 1000 ? std::optional(thousandths) : std::nullopt;
}

std::string_view trim(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Takes what stands before the next `separator` off the front of `rest`.
std::string_view take_until(char separator, std::string_view& rest) {
    const std::size_t end = std::min(rest.find(separator), rest.size());
    const std::string_view taken = trim(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return taken;
}

struct Coding {
    std::string_view name;
    int weight = 1000;
};

// One of the list. A weight that is none counts as zero.
Coding parse_coding(std::string_view text) {
    Coding coding{.name = take_until(';', text)};
    while (!text.empty()) {
        std::string_view parameter = take_until(';', text);
        if (equal_ignoring_case(take_until('=', parameter), "q")) {
            coding.weight = parse_weight(parameter).value_or(0);
        }
    }
    return coding;
}

}  // namespace

std::string gzip(std::string_view bytes) {
    z_stream stream{};
    CHECK(deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, kMemoryLevel,
                       Z_DEFAULT_STRATEGY) == Z_OK);
    std::string out;
    out.resize(deflateBound(&stream, bytes.size()));
    int code = Z_OK;
    while (code != Z_STREAM_END) {
        stream.next_in = input_of(bytes.substr(stream.total_in));
        stream.avail_in = part_of(bytes.size() - stream.total_in);
        stream.next_out = reinterpret_cast<Bytef*>(out.data()) + stream.total_out;
        stream.avail_out = part_of(out.size() - stream.total_out);
        const bool is_rest = stream.avail_in == bytes.size() - stream.total_in;
        code = deflate(&stream, is_rest ? Z_FINISH : Z_NO_FLUSH);
        CHECK(code == Z_OK || code == Z_STREAM_END);
    }
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

Result<std::string> gunzip(std::string_view bytes, std::size_t bytes_max) {
    z_stream stream{};
    CHECK(inflateInit2(&stream, kGzipWindow) == Z_OK);
    const std::unique_ptr<z_stream, int (*)(z_stream*)> guard(&stream, &inflateEnd);
    std::string out;
    std::size_t used = 0;
    // One byte more than is allowed shows that there are more.
    const std::size_t room_max = bytes_max + 1;
    for (std::size_t written = 0;;) {
        out.resize(std::min(std::max(kFirstBytes, written * 2), room_max));
        stream.next_in = input_of(bytes.substr(used));
        stream.avail_in = part_of(bytes.size() - used);
        stream.next_out = reinterpret_cast<Bytef*>(out.data()) + written;
        stream.avail_out = part_of(out.size() - written);
        const uInt in_before = stream.avail_in;
        const uInt out_before = stream.avail_out;
        const int code = inflate(&stream, Z_NO_FLUSH);
        used += in_before - stream.avail_in;
        written += out_before - stream.avail_out;
        if (written > bytes_max) {
            return fail(ErrorCode::kTooLarge,
                        fmt::format("the gzip content is over {} bytes", bytes_max));
        }
        if (code == Z_STREAM_END && used == bytes.size()) {
            out.resize(written);
            return out;
        }
        const bool goes_on = code == Z_STREAM_END ? inflateReset(&stream) == Z_OK
                             : code == Z_OK       ? true
                                                  : false;
        if (!goes_on) {
            return fail(ErrorCode::kInvalidInput, "the gzip content is damaged or cut short");
        }
    }
}

bool accepts_gzip(std::string_view accept_encoding) {
    std::optional<int> gzip_weight;
    std::optional<int> any_weight;
    int identity_weight = 0;
    while (!accept_encoding.empty()) {
        const Coding coding = parse_coding(take_until(',', accept_encoding));
        if (equal_ignoring_case(coding.name, "gzip") ||
            equal_ignoring_case(coding.name, "x-gzip")) {
            gzip_weight = coding.weight;
        } else if (equal_ignoring_case(coding.name, "identity")) {
            identity_weight = coding.weight;
        } else if (coding.name == "*") {
            any_weight = coding.weight;
        }
    }
    const int weight = gzip_weight.value_or(any_weight.value_or(0));
    return weight > 0 && weight >= identity_weight;
}

}  // namespace meridian::net
