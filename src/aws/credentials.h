// AWS's shared-credentials file ("~/.aws/credentials"), and new credentials of our own.
//
// Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files".
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "aws/sigv4.h"
#include "base/random.h"
#include "base/result.h"

namespace meridian::aws {

// By the name of the profile.
using Profiles = std::map<std::string, Credentials, std::less<>>;

// Reads the text of a file. Not an error: other settings, and profiles without keys of their own
// (they are left out). Errors: kConfiguration, "FILE:LINE: …", never with a secret in it.
[[nodiscard]] Result<Profiles> parse_credentials(std::string_view text, std::string_view file_name);

// Errors: kConfiguration when there is no such file, or it is malformed or over 1 MiB; kIo.
[[nodiscard]] Result<Profiles> read_credentials(const std::filesystem::path& file);

// Replaces the file in one step, readable by its owner only (mode 0600), and on the disk before
// this returns. Errors: kInvalidInput for a name or a value that the format cannot hold; kDiskFull,
// kIo: the old file stands.
[[nodiscard]] Result<void> write_credentials(const std::filesystem::path& file,
                                             const Profiles& profiles);

// Whether anybody but its owner may read the file: worth a warning. Errors: kConfiguration, there
// is no such file; kIo.
[[nodiscard]] Result<bool> is_readable_by_others(const std::filesystem::path& file);

// A new key pair of the shape that AWS's tools expect: an id of 20 upper-case letters and digits
// that starts with MRDN, so that no scanner takes it for a key of AWS, and a secret of 40
// characters. REQUIRES: `random` is fit for secrets, except in tests.
[[nodiscard]] Credentials generate_credentials(Random& random);

}  // namespace meridian::aws
