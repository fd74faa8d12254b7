// A request's headers in the order that a signature needs.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace meridian::aws {

using HeaderViews = std::span<const std::pair<std::string_view, std::string_view>>;

// Headers sorted by lower-case name; those of one name stay in the order in which they came. Views
// the request's values; owns the names. O(n log n) for n headers, whatever they are.
class HeaderIndex {
  public:
    struct Entry {
        std::string_view name;   // lower case
        std::string_view value;  // as sent
        std::uint32_t order;
    };

    explicit HeaderIndex(HeaderViews headers);
    HeaderIndex(const HeaderIndex&) = delete;
    HeaderIndex& operator=(const HeaderIndex&) = delete;

    [[nodiscard]] std::span<const Entry> entries() const { return entries_; }

    // All of one (lower-case) name.
    [[nodiscard]] std::span<const Entry> named(std::string_view name) const;

  private:
    std::string names_;
    std::vector<Entry> entries_;
};

// The headers that a signature covers.
struct SignedHeaders {
    std::string names;                                        // "host;x-amz-date"
    std::vector<std::span<const HeaderIndex::Entry>> groups;  // one a name, in the names' order
};

// Those that a verifier is told of. Refuses what no honest signer sends: a list that is not sorted,
// lower case and unique; a name without a header; a header that must be signed and isn't (host, and
// every x-amz-* but the session token, which is compared by itself); values with control
// characters, which could pretend to be a further header.
[[nodiscard]] Result<SignedHeaders> select_signed_headers(std::string_view names,
                                                          const HeaderIndex& headers);

// Those that a signer covers: all but what proxies and HTTP libraries change on the way.
[[nodiscard]] SignedHeaders select_headers_to_sign(const HeaderIndex& headers);

}  // namespace meridian::aws
