#include "aws/signing_key.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "aws/encoding.h"

namespace meridian::aws {
namespace {

using namespace std::string_literals;  // NOLINT(google-build-using-namespace)

constexpr CredentialScope kScope{"AKID", "20120215", "us-east-1", "iam"};

std::string signature(const HmacKey& key) {
    return hex(key.sign("text"));
}

// AWS General Reference, "Deriving the signing key", the worked example.
TEST(SigningKey, PublishedExample) {
    const auto key = derive_signing_key("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", kScope);
    // The key itself is f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d.
    const std::string bytes =
        "\xf4\x78\x0e\x2d\x9f\x65\xfa\x89\x5f\x9c\x67\xb3\x2c\xe1\xba\xf0\xb0\xd8\xa4\x35\x05\xa0"
        "\x00\xa1\xa9\xe0\x90\xd4\x14\xdb\x40\x4d"s;
    EXPECT_EQ(signature(key), signature(HmacKey(bytes)));
}

TEST(SigningKeyCache, EachPartOfTheScopeHasItsOwnKey) {
    SigningKeyCache cache(10);
    const CredentialScope scopes[] = {
        kScope,
        {"AKIE", "20120215", "us-east-1", "iam"},
        {"AKID", "20120216", "us-east-1", "iam"},
        {"AKID", "20120215", "us-east-2", "iam"},
        {"AKID", "20120215", "us-east-1", "sts"},
    };
    for (int round = 0; round < 2; ++round) {
        for (const auto& scope : scopes) {
            EXPECT_EQ(signature(cache.key(scope, "secret")),
                      signature(derive_signing_key("secret", scope)));
        }
    }
    EXPECT_EQ(cache.size(), std::size(scopes));
}

TEST(SigningKeyCache, AChangedSecretTakesThePlaceOfTheOldOne) {
    SigningKeyCache cache(10);
    for (const std::string_view secret : {"one", "two", "one", "one longer"}) {
        EXPECT_EQ(signature(cache.key(kScope, secret)),
                  signature(derive_signing_key(secret, kScope)));
    }
    EXPECT_EQ(cache.size(), 1U);
}

TEST(SigningKeyCache, TheOldestMakesRoom) {
    SigningKeyCache cache(3);
    for (int i = 0; i < 100; ++i) {
        const auto id = std::to_string(i);
        (void)cache.key({id, "20120215", "us-east-1", "iam"}, "secret");
        EXPECT_LE(cache.size(), 3U);
    }
    EXPECT_EQ(signature(cache.key({"99", "20120215", "us-east-1", "iam"}, "secret")),
              signature(derive_signing_key("secret", {"99", "20120215", "us-east-1", "iam"})));
}

// For ThreadSanitizer: readers, writers and evictions at once, and every key still right.
TEST(SigningKeyCache, ManyThreads) {
    SigningKeyCache cache(4);
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    threads.reserve(4);
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&cache, &wrong, t] {
            for (int i = 0; i < 500; ++i) {
                const auto id = std::to_string((i + t) % 6);
                const std::string secret = i % 7 == 0 ? "new" : "old";
                const CredentialScope scope{id, "20120215", "us-east-1", "iam"};
                wrong += signature(cache.key(scope, secret)) !=
                         signature(derive_signing_key(secret, scope));
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(wrong, 0);
    EXPECT_LE(cache.size(), 4U);
}

}  // namespace
}  // namespace meridian::aws
