#include "replication/collector.h"

namespace meridian::replication {

Result<std::size_t> Collector::collect() {
    const auto now = clock_.monotonic();
    const auto everywhere = heard_.everywhere();
    if (!everywhere) {
        known_.reset();  // a region lost its tables: what was known of it means nothing
        return 0;
    }
    if (!known_) {
        known_ = {*everywhere, now};
        return 0;
    }
    if (now - known_->since < margin_) {
        return 0;
    }
    const auto ripe = known_->everywhere;
    known_ = {*everywhere, now};
    return store_.collect_tombstones(ripe);
}

}  // namespace meridian::replication
