// A folder with a credentials file: a profile for each role, named like it.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <string>

#include "aws/credentials.h"

namespace meridian::api {

struct CredentialsFolder {
    std::filesystem::path path;

    CredentialsFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "meridian-XXXXXX").string();
        path = mkdtemp(name.data());
        for (const char* role : {"viewer", "editor", "operator", "admin"}) {
            EXPECT_TRUE(aws::add_profile(
                path / "credentials", role,
                {.credentials = credentials_of(role), .role = aws::Setting{role}}));
        }
    }
    ~CredentialsFolder() { std::filesystem::remove_all(path); }
    CredentialsFolder(const CredentialsFolder&) = delete;
    CredentialsFolder& operator=(const CredentialsFolder&) = delete;

    [[nodiscard]] static aws::Credentials credentials_of(const std::string& role) {
        return {"MRDNEXAMPLE" + role, "secret of " + role, "", std::nullopt};
    }
};

}  // namespace meridian::api
