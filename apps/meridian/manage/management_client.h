// The management API as the commands use it: JSON in, JSON out, refusals as one sentence.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/region_client.h"
#include "base/clock.h"
#include "base/result.h"
#include "item/value.h"
#include "manage/endpoint_options.h"
#include "management/entity.h"

namespace meridian::app {

// A path with a query, built from texts that are not encoded yet.
class Target {
  public:
    explicit Target(std::string path) : text_(std::move(path)) {}
    Target&& segment(std::string_view text) &&;
    // Nothing is added for an empty value.
    Target&& query(std::string_view name, std::string_view value) &&;
    Target&& flag(std::string_view name, bool is_set) &&;
    [[nodiscard]] const std::string& text() const { return text_; }

  private:
    std::string text_;
    bool has_query_ = false;
};
// "/routing/%2B1800/us-east-1".
[[nodiscard]] Target target_of(const management::EntityId& id);
// "/history/routing%2F%2B1800%2Fus-east-1".
[[nodiscard]] Target history_target(const management::EntityId& id);

struct Answer {
    int status = 200;
    item::Value body;
    std::string etag;
    std::string error_type;  // X-Amzn-ErrorType

    // The body, or an empty map.
    [[nodiscard]] const item::Map& map() const;
};

// What the server said against a request, as one sentence with the mend.
[[nodiscard]] Error refusal_of(const Answer& answer);

// Role: one connection to one region, or the tables of one on AWS, by which this process answers.
// Threads: one at a time.
class ManagementClient {
  public:
    ManagementClient(Endpoint endpoint, const Clock& clock);

    // Not an error: a status of 400 or more.
    [[nodiscard]] Result<Answer> send(api::ApiRequest request);
    // A status that isn't 200 is an error: refusal_of().
    [[nodiscard]] Result<Answer> ask(api::ApiRequest request);
    [[nodiscard]] Result<Answer> get(const Target& target);
    // The entity itself; the error names it when it isn't stored.
    [[nodiscard]] Result<Answer> get(const management::EntityId& id);
    [[nodiscard]] Result<Answer> post(const Target& target, const item::Map& body);

    [[nodiscard]] const std::string& region() const { return session_.address().region; }

  private:
    [[nodiscard]] Result<net::Response> exchange(api::ApiRequest request);

    std::string base_path_;
    std::shared_ptr<cloud::CloudRegion> cloud_;  // null: the session is asked
    api::RegionSession session_;
};

[[nodiscard]] Result<ManagementClient> connect(const EndpointOptions& options, const Clock& clock);

}  // namespace meridian::app
