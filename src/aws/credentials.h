// AWS's shared-credentials file ("~/.aws/credentials"), and new credentials of our own.
//
// Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files".
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "aws/sigv4.h"
#include "base/random.h"
#include "base/result.h"

namespace meridian::aws {

struct Setting {
    std::string value;
    int line = 0;  // of the file
};

struct Profile {
    Credentials credentials;
    // meridian_role, as it stands: what whoever has these credentials may do. A setting of our
    // own, which AWS's tools pass over.
    std::optional<Setting> role = std::nullopt;
    int line = 0;  // of its [name]
};

// By the name of the profile.
using Profiles = std::map<std::string, Profile, std::less<>>;

// Reads the text of a file. Not an error: other settings, and profiles without keys of their own
// (they are left out). Errors: kConfiguration, "FILE:LINE: …", never with a secret in it.
[[nodiscard]] Result<Profiles> parse_credentials(std::string_view text, std::string_view file_name);

// Errors: kConfiguration when there is no such file, or it is malformed or over 1 MiB; kIo.
[[nodiscard]] Result<Profiles> read_credentials(const std::filesystem::path& file);

// ---- Editing. All else in the text stays as it is, other settings and comments too. Errors:
// kConfiguration, the text is malformed; kInvalidInput, the name is taken (not there), or a name or
// a value is one that the format cannot hold.

// With one profile more, after all others.
[[nodiscard]] Result<std::string> with_profile(std::string_view text, std::string_view file_name,
                                               std::string_view name, const Profile& profile);
[[nodiscard]] Result<std::string> without_profile(std::string_view text, std::string_view file_name,
                                                  std::string_view name);

// The same with a file, which add_profile() makes where there is none. It is replaced in one step,
// keeps its owner, is readable by that one only (mode 0600), and is on the disk before this
// returns. Two edits at once are the caller's to prevent. Errors, beside those: kDiskFull, kIo; the
// old file stands.
[[nodiscard]] Result<void> add_profile(const std::filesystem::path& file, std::string_view name,
                                       const Profile& profile);
[[nodiscard]] Result<void> remove_profile(const std::filesystem::path& file, std::string_view name);

// Whether anybody but its owner may read the file: worth a warning. Errors: kConfiguration, there
// is no such file; kIo.
[[nodiscard]] Result<bool> is_readable_by_others(const std::filesystem::path& file);

// A new key pair of the shape that AWS's tools expect: an id of 20 upper-case letters and digits
// that starts with MRDN, so that no scanner takes it for a key of AWS, and a secret of 40
// characters. REQUIRES: `random` is fit for secrets, except in tests.
[[nodiscard]] Credentials generate_credentials(Random& random);

}  // namespace meridian::aws
