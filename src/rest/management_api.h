// The management REST API: requests as values in, responses as values out. The same code serves a
// region's HTTP endpoint and the UpdateRouting function; neither sockets nor signatures are known
// here.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "item/value.h"
#include "management/caller.h"
#include "management/editor.h"
#include "replication/replicator.h"
#include "rest/replica_parts.h"
#include "routing/snapshot.h"
#include "store/table_store.h"

namespace meridian::faults {
class Switchboard;
}  // namespace meridian::faults
namespace meridian::backup {
class Backups;
}  // namespace meridian::backup

namespace meridian::rest {

// Views: of the caller's bytes. Header names in any case.
struct Request {
    std::string_view method;
    std::string_view target;  // path and query, percent-encoded, with or without a stage prefix
    std::vector<std::pair<std::string_view, std::string_view>> headers;
    std::string_view body;
    std::string_view via = "rest";  // the door, for the history: "rest", "lambda"

    // The first header of that name, or an empty view.
    [[nodiscard]] std::string_view header(std::string_view name) const;
};

struct Response {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
};

// What became of the items of an import that was no dry run.
struct ImportCounts {
    std::int64_t created = 0;
    std::int64_t updated = 0;
    std::int64_t unchanged = 0;
    std::int64_t failed = 0;
};

// What GET /health answers.
struct Health {
    int status = 200;
    std::string body;
};

// Everything must outlive the API. Functions may be called from any thread.
struct ManagementParts {
    std::string region;
    std::vector<std::string> regions;  // the deployment's, in order of preference
    management::Editor& editor;
    const store::TableStore& store;
    const Clock& clock;
    // Empty: nobody keeps all rules in memory; they are read from the table each time.
    std::function<routing::Snapshot()> snapshot;
    // RouteCall::explain: a contact event and an instant (nothing: now) to JSON.
    std::function<std::string(std::string_view event, std::optional<Instant> at)> explain;
    std::function<Health()> health;
    std::function<item::List()> list_regions;  // maps: region, endpoint, self, …
    // The links from the peers to this region. Empty: its tables don't replicate.
    std::function<std::vector<replication::LinkStatus>()> links = nullptr;
    // Called for each import; may be empty.
    std::function<void(const ImportCounts&)> on_import = nullptr;
    const ReplicaParts* replica = nullptr;  // nothing: /proof, /repair and /conflicts answer 501
    backup::Backups* backups = nullptr;     // null: there are none (501)
    faults::Switchboard* faults = nullptr;  // null: the region does not let itself be broken
    // What 501 says, of all that is missing here. Empty: each operation says why it is.
    std::string not_served_because = {};
};

// Role: routes, checks the caller's role, parses, calls the editor and the readers, renders.
// Threads: handle() from any thread; it may block for the time of a durable write or of a page's
// read. Errors: in the response; it never throws. HEAD is answered as GET, body included: who sends
// the answer leaves it out. Not here: GET /events (501), which takes a connection.
class ManagementApi {
  public:
    explicit ManagementApi(ManagementParts parts);

    [[nodiscard]] Response handle(const Request& request, const management::Caller& caller) const;

    // The operationId (of openapi.json) that a request is for, for metrics: one of a fixed set.
    // HEAD counts as GET. Nothing: no operation has that method and path.
    [[nodiscard]] static std::optional<std::string_view> operation_of(std::string_view method,
                                                                      std::string_view target);

  private:
    ManagementParts parts_;
};

// The OpenAPI 3.1 document, as GET /openapi.json answers it.
[[nodiscard]] std::string_view openapi_document();

}  // namespace meridian::rest
