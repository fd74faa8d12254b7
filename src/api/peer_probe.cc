#include "api/peer_probe.h"

#include <optional>
#include <string>
#include <utility>

#include "item/json.h"

namespace meridian::api {
namespace {

using functions::Probed;
using functions::RegionStatus;

RegionStatus status_of(const item::Map& entry) {
    const auto* status = item::find(entry, "status");
    if (status != nullptr && *status == item::Value("healthy")) {
        return RegionStatus::kHealthy;
    }
    return status != nullptr && *status == item::Value("degraded") ? RegionStatus::kDegraded
                                                                   : RegionStatus::kUnhealthy;
}

// A region's entry in the text of HealthCheck's answer.
std::optional<item::Map> entry_of(const std::string& answer, std::string_view region) {
    const auto outer = item::parse_plain_json(answer);
    const auto* envelope = outer ? outer->as<item::Map>() : nullptr;
    const auto* body = envelope == nullptr ? nullptr : item::find(*envelope, "body");
    const auto* text = body == nullptr ? nullptr : body->as<std::string>();
    if (text == nullptr) {
        return std::nullopt;
    }
    const auto inner = item::parse_plain_json(*text);
    const auto* regions = inner ? inner->as<item::Map>() : nullptr;
    const auto* entry = regions == nullptr ? nullptr : item::find(*regions, region);
    const auto* map = entry == nullptr ? nullptr : entry->as<item::Map>();
    return map == nullptr ? std::nullopt : std::optional(*map);
}

class PeerProbe final : public functions::RegionProbe {
  public:
    PeerProbe(RegionAddress address, OwnCredentials credentials, const Clock& clock)
        : address_(std::move(address)), credentials_(std::move(credentials)), clock_(clock) {}

    [[nodiscard]] std::string_view region() const override { return address_.region; }

    Probed probe(std::chrono::milliseconds deadline) override {
        const auto answer = ask(deadline);
        if (!answer) {
            return {RegionStatus::kUnhealthy, {{"error", answer.error().message}}};
        }
        auto entry = entry_of(*answer, region());
        if (!entry) {
            return {RegionStatus::kUnhealthy, {{"error", "the region's answer could not be read"}}};
        }
        const auto status = status_of(*entry);
        return {status, std::move(*entry)};
    }

  private:
    [[nodiscard]] Result<std::string> ask(std::chrono::milliseconds deadline) const {
        auto credentials = credentials_();
        return credentials ? RegionClient(address_, std::move(*credentials), clock_)
                                 .invoke("HealthCheck", R"({"scope":"local"})", deadline)
                           : std::unexpected(credentials.error());
    }

    RegionAddress address_;
    OwnCredentials credentials_;
    const Clock& clock_;
};

}  // namespace

std::shared_ptr<functions::RegionProbe> make_peer_probe(RegionAddress address,
                                                        OwnCredentials credentials,
                                                        const Clock& clock) {
    return std::make_shared<PeerProbe>(std::move(address), std::move(credentials), clock);
}

}  // namespace meridian::api
