#include "store/merge.h"

namespace meridian::store {

Merged merge(const VersionedImage& stored, const VersionedImage& arriving) {
    if (includes(stored.version, arriving.version.stamp)) {
        return {Arrival::kKnown, stored.version};
    }
    const bool wins = stored.version.stamp < arriving.version.stamp;
    const bool concurrent = stored.version && !includes(arriving.version, stored.version.stamp);
    return {wins ? Arrival::kWins : Arrival::kLoses, join(stored.version, arriving.version),
            concurrent && stored.image != arriving.image};
}

}  // namespace meridian::store
