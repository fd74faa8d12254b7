#include "routing/content_hash.h"

#include <openssl/evp.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/check.h"

namespace meridian::routing {
namespace {

static_assert(std::endian::native == std::endian::little, "the encodings and the words say so");

// SHA-256, set up once a thread: looking the algorithm up costs more than hashing a rule.
class Sha256 {
  public:
    Sha256()
        : algorithm_(EVP_MD_fetch(nullptr, "SHA256", nullptr), &EVP_MD_free),
          context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
        CHECK(algorithm_ != nullptr && context_ != nullptr);
    }

    void digest(std::span<const std::byte> text, std::span<std::uint64_t, 4> into) {
        auto* const out = reinterpret_cast<unsigned char*>(into.data());
        CHECK(EVP_DigestInit_ex2(context_.get(), algorithm_.get(), nullptr) == 1);
        CHECK(EVP_DigestUpdate(context_.get(), text.data(), text.size()) == 1);
        CHECK(EVP_DigestFinal_ex(context_.get(), out, nullptr) == 1);
    }

  private:
    std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> algorithm_;
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

void put_number(std::string& out, std::int64_t number) {
    out.append(reinterpret_cast<const char*>(&number), sizeof number);
}

void put_text(std::string& out, std::string_view text) {
    put_number(out, static_cast<std::int64_t>(text.size()));
    out.append(text);
}

}  // namespace

void ContentSum::add(std::span<const std::byte> element) {
    const Words added = digest(element);
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < words_.size(); ++i) {
        words_[i] = __builtin_addcl(words_[i], added[i], carry, &carry);
    }
}

void ContentSum::remove(std::span<const std::byte> element) {
    const Words removed = digest(element);
    std::uint64_t borrow = 0;
    for (std::size_t i = 0; i < words_.size(); ++i) {
        words_[i] = __builtin_subcl(words_[i], removed[i], borrow, &borrow);
    }
}

std::array<std::uint8_t, 32> ContentSum::bytes() const {
    return std::bit_cast<std::array<std::uint8_t, 32>>(words_);
}

ContentSum::Words ContentSum::digest(std::span<const std::byte> element) {
    thread_local Sha256 sha256;
    Words words;
    sha256.digest(element, words);
    return words;
}

std::string canonical(const calendar::Schedule& schedule) {
    std::string out = "schedule";  // a rule begins with two bytes 0xFF
    put_text(out, schedule.id);
    put_text(out, schedule.zone.name());
    for (const auto& day : schedule.week) {
        put_number(out, static_cast<std::int64_t>(day.size()));
        for (const auto& period : day) {
            put_number(out, period.open.count());
            put_number(out, period.close.count());
        }
    }
    put_number(out, static_cast<std::int64_t>(schedule.holidays.size()));
    for (const auto& [date, name] : schedule.holidays) {
        put_number(out, date.time_since_epoch().count());
        put_text(out, name);
    }
    put_number(out, schedule.emergency ? 1 : 0);
    put_text(out, schedule.emergency.value_or(""));
    return out;
}

}  // namespace meridian::routing
