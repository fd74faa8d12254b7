#include "store/rocksdb/version_bytes.h"

#include "base/check.h"
#include "store/rocksdb/seal.h"

namespace meridian::store {
namespace {

constexpr char kKind = 1;
constexpr std::size_t kTimeBytes = 8;
constexpr std::size_t kStampBytes = 1 + kTimeBytes;
// A version of all regions, "every region" and "no region" included, fits the metadata.
static_assert(1 + (kRegionsMax + 2) * kStampBytes <= kMetadataBytesMax);

void append_stamp(const RegionDirectory& regions, const Stamp& stamp, std::string& out) {
    const auto id = regions.find(stamp.region);
    CHECK(id);
    out.push_back(static_cast<char>(*id));
    append_number(stamp.time.bits, kTimeBytes, out);
}

std::unexpected<Error> damaged() {
    return fail(ErrorCode::kCorruption, "a version of another kind");
}

}  // namespace

std::string encode_version(const RegionDirectory& regions, const Version& version) {
    std::string bytes(1, kKind);
    bytes.reserve(1 + (1 + version.seen.size()) * kStampBytes);
    append_stamp(regions, version.stamp, bytes);
    for (const auto& stamp : version.seen) {
        append_stamp(regions, stamp, bytes);
    }
    return bytes;
}

Result<Version> decode_version(const RegionDirectory& regions, std::string_view bytes) {
    if (bytes.size() < 1 + kStampBytes || bytes[0] != kKind ||
        (bytes.size() - 1) % kStampBytes != 0) {
        return damaged();
    }
    Version version;
    version.seen.reserve((bytes.size() - 1) / kStampBytes - 1);
    PartReader parts(bytes.substr(1));
    for (bool first = true; !parts.done(); first = false) {
        const auto id = parts.number(1);
        const auto time = parts.number(kTimeBytes);
        const auto* name = id ? regions.name(static_cast<std::uint8_t>(*id)) : nullptr;
        if (name == nullptr || !time) {
            return damaged();
        }
        if (first) {
            version.stamp = {HybridTime{*time}, *name};
        } else {
            version.seen.push_back({HybridTime{*time}, *name});
        }
    }
    return version;
}

bool is_of_region(std::string_view bytes, std::uint8_t region) {
    return bytes.size() > 1 && static_cast<std::uint8_t>(bytes[1]) == region;
}

}  // namespace meridian::store
