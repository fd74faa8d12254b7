// A running region's hashes, over its management API.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "item/value.h"
#include "manage/management_client.h"
#include "proof/hash_source.h"

namespace meridian::app {

// Role: GET /proof and what is below it. Asks again for a while when the region says that it is
// busy. Threads: one at a time. Everything must outlive it.
class HttpRegion final : public proof::RegionSource {
  public:
    using Pause = std::function<void(std::chrono::milliseconds)>;

    // `asked` is called after each question; may be empty.
    HttpRegion(ManagementClient& client, Pause pause, std::function<void()> asked)
        : client_(client), pause_(std::move(pause)), asked_(std::move(asked)) {}

    [[nodiscard]] const std::string& region() const override { return client_.region(); }
    [[nodiscard]] Result<std::vector<proof::TableState>> tables() override;
    [[nodiscard]] Result<std::vector<store::RangeHash>> ranges(const std::string& table,
                                                               const std::string& prefix) override;
    [[nodiscard]] Result<proof::ItemStatePage> items(const std::string& table,
                                                     const std::string& prefix,
                                                     const std::string& position) override;
    [[nodiscard]] Result<proof::Progress> progress() override;

    // items() with at most that many.
    [[nodiscard]] Result<proof::ItemStatePage> some_items(const std::string& table,
                                                          const std::string& prefix,
                                                          const std::string& position,
                                                          std::size_t count);
    // What POST /explain says to the question.
    [[nodiscard]] Result<item::Map> explain(const item::Map& question);

    // What tables() was told, and what snapshot it or progress() saw last.
    [[nodiscard]] const item::Map& proof() const { return proof_; }
    [[nodiscard]] const std::string& snapshot() const { return snapshot_; }

  private:
    [[nodiscard]] Result<item::Map> ask(api::ApiRequest request);
    [[nodiscard]] Result<item::Map> get(const Target& target);

    ManagementClient& client_;
    const Pause pause_;
    const std::function<void()> asked_;
    item::Map proof_;
    std::string snapshot_;
};

}  // namespace meridian::app
