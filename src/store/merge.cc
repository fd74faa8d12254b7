#include "store/merge.h"

#include <utility>

namespace meridian::store {

Merged merge(const VersionedImage& stored, const VersionedImage& arriving) {
    auto joined = join(stored.version, arriving.version);
    if (includes(stored.version, arriving.version.stamp)) {
        return {Arrival::kKnown, std::move(joined)};
    }
    const bool wins = stored.version.stamp < arriving.version.stamp;
    const bool concurrent = stored.version && !includes(arriving.version, stored.version.stamp);
    return {wins ? Arrival::kWins : Arrival::kLoses, std::move(joined),
            concurrent && stored.image != arriving.image};
}

}  // namespace meridian::store
