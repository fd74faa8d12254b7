// Versions as bytes, for the metadata of sealed values.
//
//   1 (the kind) · the version's stamp · the stamps that it has seen, by region
//   a stamp: number of the region (1 byte: RegionDirectory) · time (8, big-endian)
//
// No bytes stand for no version: what was stored before there were any has unversioned_stamp().
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "store/region_directory.h"
#include "store/version.h"

namespace meridian::store {

// REQUIRES: the directory knows the regions, and the version passes check_version().
[[nodiscard]] std::string encode_version(const RegionDirectory& regions, const Version& version);

// kCorruption for bytes that encode_version() did not write.
[[nodiscard]] Result<Version> decode_version(const RegionDirectory& regions,
                                             std::string_view bytes);

// Whether a version's own stamp is of the region with that number. False for no version.
[[nodiscard]] bool is_of_region(std::string_view bytes, std::uint8_t region);

}  // namespace meridian::store
