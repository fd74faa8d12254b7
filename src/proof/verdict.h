// Which region is right about an item that is not the same in all of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "store/version.h"

namespace meridian::proof {

// What a region says of an item. Without a version: it knows nothing of it.
struct Opinion {
    std::string region;
    store::VersionedImage state;
};

enum class Fault : std::uint8_t {
    kDamaged,    // the bytes here are not what was stored
    kAltered,    // other content than others have under the same stamp
    kMissing,    // a write that this region should have
    kNotCarried  // the same, of a region that cannot be asked for its log
};
[[nodiscard]] std::string_view to_string(Fault fault);

struct Verdict {
    std::size_t peer = 0;  // whose version is to be taken
    Fault fault = Fault::kMissing;
};

// What this region is to take from a peer; nothing: it is right, or nobody has anything better.
//
// The newest stamp is right. Under one stamp only one content can be: an item before its delete,
// then the one that most regions have, then that of the region which wrote it, then the one with
// the greater bytes. Every region comes to the same end, whoever asks, as long as all are heard.
// `own` is nothing when what is here is damaged.
[[nodiscard]] std::optional<Verdict> judge(const std::optional<Opinion>& own,
                                           std::span<const Opinion> peers);

}  // namespace meridian::proof
