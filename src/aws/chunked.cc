#include "aws/chunked.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <map>

#include "aws/encoding.h"

namespace meridian::aws {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kChunkSignature = ";chunk-signature=";
constexpr std::string_view kTrailerSignature = "x-amz-trailer-signature";
constexpr std::size_t kSignatureCharacters = 64;
constexpr std::size_t kTrailersMax = 32;

std::unexpected<Error> malformed(std::string_view what) {
    return fail(ErrorCode::kIncompleteSignature,
                std::string("The aws-chunked body is malformed: ").append(what));
}

std::unexpected<Error> changed(std::string_view what) {
    return fail(ErrorCode::kInvalidSignature, std::string(what));
}

// Takes the line at the front of `rest`; nothing when there is no end of line.
std::optional<std::string_view> take_line(std::string_view& rest) {
    const auto end = rest.find(kLineEnd);
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end + kLineEnd.size());
    return line;
}

bool is_signature(std::string_view text) {
    return text.size() == kSignatureCharacters && is_lower_hex(text);
}

bool same_signature(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// 1 to 8 hexadecimal digits: no body is larger than 4 GB.
std::optional<std::size_t> read_size(std::string_view digits) {
    if (digits.empty() || digits.size() > 8) {
        return std::nullopt;
    }
    std::size_t size = 0;
    for (const char digit : digits) {
        const int value = hex_value(digit);
        if (value < 0) {
            return std::nullopt;
        }
        size = size * 16 + static_cast<std::size_t>(value);
    }
    return size;
}

bool has_trailers(ChunkedForm form) {
    return form != ChunkedForm::kSigned;
}

// A trailer's name and value, fit to stand in a line of the canonical form.
bool is_trailer(std::string_view name, std::string_view value) {
    const auto is_visible = [](char c) { return c > ' ' && c <= '~'; };
    return !name.empty() && std::ranges::all_of(name, is_visible) &&
           std::ranges::all_of(value, [=](char c) { return is_visible(c) || c == ' '; });
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), to_lower);
    return out;
}

}  // namespace

std::optional<ChunkedForm> chunked_form(std::string_view payload_hash) {
    if (payload_hash == "STREAMING-AWS4-HMAC-SHA256-PAYLOAD") {
        return ChunkedForm::kSigned;
    }
    if (payload_hash == "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER") {
        return ChunkedForm::kSignedWithTrailer;
    }
    if (payload_hash == "STREAMING-UNSIGNED-PAYLOAD-TRAILER") {
        return ChunkedForm::kUnsignedWithTrailer;
    }
    return std::nullopt;
}

Result<Chunk> ChunkReader::next() {
    constexpr std::size_t kLineBytesMax = 128;
    auto head = rest_.substr(0, kLineBytesMax);
    const auto line = take_line(head);
    if (!line) {
        return malformed("a chunk has no size line.");
    }
    const auto digits = line->substr(0, line->find(';'));
    const auto size = read_size(digits);
    if (!size) {
        return malformed("a chunk's size is not a hexadecimal number.");
    }
    auto extension = line->substr(digits.size());
    if (form_ == ChunkedForm::kUnsignedWithTrailer) {
        if (!extension.empty()) {
            return malformed("a chunk of an unsigned payload has an extension.");
        }
    } else if (!extension.starts_with(kChunkSignature) ||
               !is_signature(extension.substr(kChunkSignature.size()))) {
        return malformed("a chunk has no signature.");
    } else {
        extension.remove_prefix(kChunkSignature.size());
    }
    rest_.remove_prefix(line->size() + kLineEnd.size());
    const auto data = rest_.substr(0, *size);
    const bool ends_here = *size == 0 && has_trailers(form_);
    if (data.size() < *size || (!ends_here && !rest_.substr(*size).starts_with(kLineEnd))) {
        return malformed("a chunk is not as long as it says.");
    }
    rest_.remove_prefix(*size + (ends_here ? 0 : kLineEnd.size()));
    return Chunk{data, extension};
}

Result<Trailers> ChunkReader::trailers() {
    Trailers trailers;
    std::map<std::string, std::string_view> values;
    while (has_trailers(form_)) {
        const auto line = take_line(rest_);
        if (!line || values.size() > kTrailersMax) {
            return malformed("the trailing headers have no end, or are too many.");
        }
        if (line->empty()) {
            break;
        }
        const auto colon = std::min(line->find(':'), line->size());
        const auto value = trim(line->substr(std::min(colon + 1, line->size())));
        auto name = lower(line->substr(0, colon));
        const bool is_last = !trailers.signature.empty();
        if (colon == line->size() || is_last || !is_trailer(name, value)) {
            return malformed("a trailing header is not a name and a value, or is out of place.");
        }
        if (name == kTrailerSignature) {
            trailers.signature = value;
        } else if (!values.emplace(std::move(name), value).second) {
            return malformed("a trailing header is there twice.");
        }
    }
    if (!rest_.empty()) {
        return malformed("there is something after its end.");
    }
    const bool is_signed = form_ == ChunkedForm::kSignedWithTrailer;
    if (is_signed ? !is_signature(trailers.signature) : !trailers.signature.empty()) {
        return malformed("the trailing headers' signature is missing or out of place.");
    }
    for (const auto& [name, value] : values) {
        trailers.canonical.append(name).append(1, ':').append(value).append(1, '\n');
        trailers.names.push_back(name);
    }
    return trailers;
}

const std::string& ChunkSigner::sign_chunk(std::string_view data) {
    static const std::string empty_hash = hex(sha256({}));
    return sign("AWS4-HMAC-SHA256-PAYLOAD", empty_hash, data);
}

const std::string& ChunkSigner::sign_trailers(std::string_view canonical) {
    return sign("AWS4-HMAC-SHA256-TRAILER", {}, canonical);
}

const std::string& ChunkSigner::sign(std::string_view algorithm, std::string_view between,
                                     std::string_view content) {
    std::string text;
    text.reserve(algorithm.size() + timestamp_.size() + scope_.size() + 3 * std::size_t{65});
    for (const auto line : {algorithm, timestamp_, scope_, std::string_view(previous_)}) {
        text.append(line).push_back('\n');
    }
    if (!between.empty()) {
        text.append(between).push_back('\n');
    }
    append_hex(text, sha256(content));
    previous_.clear();
    append_hex(previous_, key_.sign(text));
    return previous_;
}

Result<void> verify_chunks(std::string_view body, const ChunkedPromise& promise,
                           ChunkSigner signer) {
    ChunkReader reader(body, promise.form);
    const bool is_signed = promise.form != ChunkedForm::kUnsignedWithTrailer;
    std::size_t decoded_bytes = 0;
    for (bool more = true; more;) {
        const auto chunk = reader.next();
        if (!chunk) {
            return std::unexpected(chunk.error());
        }
        if (is_signed && !same_signature(signer.sign_chunk(chunk->data), chunk->signature)) {
            return changed("A chunk of the body does not match its signature.");
        }
        decoded_bytes += chunk->data.size();
        more = !chunk->data.empty();
    }
    const auto trailers = reader.trailers();
    if (!trailers) {
        return std::unexpected(trailers.error());
    }
    if (promise.form == ChunkedForm::kSignedWithTrailer &&
        !same_signature(signer.sign_trailers(trailers->canonical), trailers->signature)) {
        return changed("The trailing headers do not match their signature.");
    }
    if (trailers->names != promise.trailers) {
        return changed("The trailing headers are not those that x-amz-trailer names.");
    }
    if (decoded_bytes != promise.decoded_bytes) {
        return changed("The body is not as long as x-amz-decoded-content-length says.");
    }
    return {};
}

Result<std::string> decode_chunks(std::string_view body, ChunkedForm form) {
    ChunkReader reader(body, form);
    std::string payload;
    payload.reserve(body.size());
    for (bool more = true; more;) {
        const auto chunk = reader.next();
        if (!chunk) {
            return std::unexpected(chunk.error());
        }
        payload.append(chunk->data);
        more = !chunk->data.empty();
    }
    if (const auto trailers = reader.trailers(); !trailers) {
        return std::unexpected(trailers.error());
    }
    return payload;
}

}  // namespace meridian::aws
