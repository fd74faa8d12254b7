// Where randomness comes from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace meridian {

class Random {
  public:
    virtual ~Random() = default;
    virtual void fill(std::span<std::byte> bytes) = 0;

    [[nodiscard]] std::uint64_t next();
    // Letters and digits, for ids and secrets.
    [[nodiscard]] std::string alphanumeric(std::size_t length);
};

// The kernel's generator (getrandom), fit for secrets. Threads: any.
class SystemRandom final : public Random {
  public:
    void fill(std::span<std::byte> bytes) override;
};

// The same sequence for the same seed, for tests and simulations. Not for secrets. Threads: one at
// a time.
class SeededRandom final : public Random {
  public:
    explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
    void fill(std::span<std::byte> bytes) override;

  private:
    std::uint64_t state_;
};

}  // namespace meridian
