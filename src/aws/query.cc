#include "aws/query.h"

#include <algorithm>
#include <tuple>

#include "aws/encoding.h"

namespace meridian::aws {
namespace {

struct Position {
    std::size_t name, value, end;
};

}  // namespace

Query::Query(std::string_view raw) {
    if (raw.empty()) {
        return;
    }
    decoded_.reserve(raw.size());  // decoding never makes a text longer, so views stay good
    for (std::size_t start = 0; start < raw.size();) {
        const auto end = std::min(raw.find('&', start), raw.size());
        const auto pair = raw.substr(start, end - start);
        start = end + 1;
        if (pair.empty()) {
            continue;
        }
        const auto equals = std::min(pair.find('='), pair.size());
        const auto name = decoded_.size();
        append_uri_decoded(decoded_, pair.substr(0, equals));
        const auto value = decoded_.size();
        append_uri_decoded(decoded_, pair.substr(std::min(equals + 1, pair.size())));
        const std::string_view all = decoded_;
        parameters_.push_back({all.substr(name, value - name), all.substr(value)});
    }
}

std::string Query::canonical(std::optional<std::string_view> without) const {
    if (parameters_.empty()) {
        return {};
    }
    std::string encoded;
    std::vector<Position> positions;
    positions.reserve(parameters_.size());
    for (const auto& [name, value] : parameters_) {
        if (name == without) {
            continue;
        }
        const auto name_at = encoded.size();
        append_uri_encoded(encoded, name, Slash::kEncoded);
        const auto value_at = encoded.size();
        append_uri_encoded(encoded, value, Slash::kEncoded);
        positions.push_back({name_at, value_at, encoded.size()});
    }
    const std::string_view all = encoded;
    const auto parts = [all](const Position& p) {
        return std::tuple(all.substr(p.name, p.value - p.name),
                          all.substr(p.value, p.end - p.value));
    };
    std::ranges::sort(positions, {}, parts);
    std::string text;
    text.reserve(encoded.size() + 2 * positions.size());
    for (const auto& position : positions) {
        const auto [name, value] = parts(position);
        if (!text.empty()) {
            text.push_back('&');
        }
        text.append(name).append(1, '=').append(value);
    }
    return text;
}

}  // namespace meridian::aws
