#include "aws/canonical.h"

#include <algorithm>

#include "aws/encoding.h"
#include "aws/hash.h"
#include "aws/sigv4.h"

namespace meridian::aws {
namespace {

bool has_runs_of_blanks(std::string_view value) {
    bool found = false;
    char previous = '\0';
    for (const char c : value) {
        found |= c == '\t' || (c == ' ' && previous == ' ');
        previous = c;
    }
    return found;
}

// Trimmed, with each run of blanks made one space.
void append_value(std::string& out, std::string_view value) {
    value = trim(value);
    if (!has_runs_of_blanks(value)) {
        out.append(value);
        return;
    }
    bool blank = false;
    for (const char c : value) {
        const bool is_blank = c == ' ' || c == '\t';
        if (!is_blank) {
            out.push_back(c);
        } else if (!blank) {
            out.push_back(' ');
        }
        blank = is_blank;
    }
}

void append_headers(std::string& out, const SignedHeaders& headers) {
    for (const auto& group : headers.groups) {
        out.append(group.front().name);
        char separator = ':';
        for (const auto& entry : group) {
            out.push_back(separator);
            append_value(out, entry.value);
            separator = ',';
        }
        out.push_back('\n');
    }
}

// S3 signs the name of the object: "%2f" and "%2F" are one, but an encoded slash is no separator.
void append_encoded_once(std::string& out, std::string_view path) {
    std::string decoded;
    for (std::size_t start = 0; start <= path.size();) {
        const auto end = std::min(path.find('/', start), path.size());
        decoded.clear();
        append_uri_decoded(decoded, path.substr(start, end - start));
        append_uri_encoded(out, decoded, Slash::kEncoded);
        if (end < path.size()) {
            out.push_back('/');
        }
        start = end + 1;
    }
}

}  // namespace

Target split_target(std::string_view target) {
    const auto mark = std::min(target.find('?'), target.size());
    return {target.substr(0, mark), target.substr(std::min(mark + 1, target.size()))};
}

std::string normalized_path(std::string_view path) {
    const bool plain = path.starts_with('/') && !path.contains("//") && !path.contains("/.");
    if (plain) {
        return std::string(path);
    }
    std::string out;
    for (std::size_t start = 0; start <= path.size();) {
        const auto end = std::min(path.find('/', start), path.size());
        const auto segment = path.substr(start, end - start);
        start = end + 1;
        if (segment == "..") {
            out.resize(out.empty() ? 0 : out.rfind('/'));
        } else if (!segment.empty() && segment != ".") {
            out.append(1, '/').append(segment);
        }
    }
    if (out.empty() || path.ends_with('/')) {
        out.push_back('/');
    }
    return out;
}

std::string canonical_path(std::string_view path, PathStyle style) {
    std::string out;
    if (path.empty()) {
        out.push_back('/');
    } else if (style == PathStyle::kAsSent) {
        out = path;
    } else if (style == PathStyle::kS3) {
        append_encoded_once(out, path);
    } else {
        append_uri_encoded(out, normalized_path(path), Slash::kKept);
    }
    return out;
}

std::string render(const CanonicalRequest& request) {
    std::size_t bytes = 2 * request.path.size() + request.query.size() +
                        request.headers.names.size() + request.payload_hash.size() + 64;
    for (const auto& group : request.headers.groups) {
        for (const auto& entry : group) {
            bytes += entry.name.size() + entry.value.size() + 2;
        }
    }
    std::string text;
    text.reserve(bytes);
    text.append(request.method).push_back('\n');
    text.append(canonical_path(request.path, request.path_style)).push_back('\n');
    text.append(request.query).push_back('\n');
    append_headers(text, request.headers);
    text.push_back('\n');
    text.append(request.headers.names).push_back('\n');
    text.append(request.payload_hash);
    return text;
}

std::string string_to_sign(std::string_view timestamp, std::string_view scope,
                           std::string_view canonical_request) {
    std::string text;
    text.reserve(kAlgorithm.size() + timestamp.size() + scope.size() + 80);
    text.append(kAlgorithm).push_back('\n');
    text.append(timestamp).push_back('\n');
    text.append(scope).push_back('\n');
    append_hex(text, sha256(canonical_request));
    return text;
}

}  // namespace meridian::aws
