// `meridian route`: one call, routed by a running region or from a file of tables.

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "api/region_client.h"
#include "base/clock.h"
#include "base/log.h"
#include "catalog/live_catalog.h"
#include "catalog/point_reads.h"
#include "catalog/tables.h"
#include "cloud/cloud_region.h"
#include "cloud_options.h"
#include "commands.h"
#include "connect/contact_event.h"
#include "data_folder.h"
#include "decision_text.h"
#include "functions/route_call.h"
#include "item/json.h"
#include "item/value.h"
#include "settings.h"
#include "store/memory/memory_store.h"
#include "tables_file.h"

namespace meridian::app {
namespace {

constexpr std::chrono::milliseconds kTimeout{10'000};
constexpr std::string_view kFirstRegion = "us-east-1";

// What a person asked, in the form that both ways of routing take.
struct Question {
    std::string event;
    std::optional<Instant> at;
};

Result<Question> question_of(const RouteOptions& options, std::string_view region) {
    Question question;
    if (!options.at.empty()) {
        const auto at = parse_instant(options.at);
        if (!at) {
            return fail_within("--at", at.error());
        }
        question.at = *at;
    }
    if (options.event.empty()) {
        question.event = connect::make_contact_event(options.number, region);
        return question;
    }
    auto event = read_file(options.event == "-" ? "/dev/stdin" : options.event);
    if (!event) {
        return std::unexpected(event.error());
    }
    question.event = std::move(*event);
    return question;
}

// The answer, and with --explain what /explain says.
struct Reply {
    std::string answer;
    std::string explanation;
};

// All rules at once, as a region has them: so that the answer is the region's to the byte, and the
// explanation has the rules that lost. A table that the file hasn't can only be met by reading.
std::unique_ptr<catalog::RuleSource> rule_source(store::TableStore& store, const Clock& clock) {
    if (auto all = catalog::LiveCatalog::start(store, clock)) {
        return std::move(*all);
    }
    return catalog::make_point_reads(store, clock);
}

Result<Reply> route_offline(const RouteOptions& options) {
    const auto question =
        question_of(options, options.region.empty() ? kFirstRegion : options.region);
    if (!question) {
        return std::unexpected(question.error());
    }
    const auto file = read_settings(options.config);
    if (!file) {
        return std::unexpected(file.error());
    }
    auto policy = functions::read_policy(setting_source(*file, false));
    if (!policy) {
        return std::unexpected(policy.error());
    }
    const SystemClock clock;
    const auto store = store::open_memory_store(clock);
    if (auto loaded = load_tables(options.tables, *store); !loaded) {
        return std::unexpected(loaded.error());
    }
    const auto source = rule_source(*store, clock);
    functions::RouteCall route_call(*source, std::move(*policy), clock, nullptr);
    const auto at = question->at.value_or(clock.now());
    return Reply{route_call.route(question->event, at).answer,
                 options.explain ? route_call.explain(question->event, at) : std::string()};
}

// By the tables of a region, read from here.
Result<Reply> route_by_cloud(const RouteOptions& options) {
    const auto file = read_settings(options.config);
    if (!file) {
        return std::unexpected(file.error());
    }
    const auto settings = setting_source(*file, false);
    auto policy = functions::read_policy(settings);
    if (!policy) {
        return std::unexpected(policy.error());
    }
    auto wanted =
        cloud_region_options(options.cloud, {.region = options.region, .profile = options.profile},
                             std::move(*policy), settings);
    if (!wanted) {
        return std::unexpected(wanted.error());
    }
    cloud::CloudRegion region(*std::move(wanted));
    const auto question = question_of(options, region.region());
    if (!question) {
        return std::unexpected(question.error());
    }
    auto& route_call = region.route_call();
    const auto at = question->at.value_or(route_call.now());
    auto routed = route_call.route(question->event, at);
    // A caller would get the defaults; whoever asks here is told why.
    if (routed.outcome == functions::Outcome::kNoData) {
        const auto rules =
            region.store().get({std::string(catalog::kRoutingTable),
                                {{"phoneNumber", "+"}, {"region", region.region()}}});
        if (!rules) {
            return std::unexpected(rules.error());
        }
    }
    return Reply{std::move(routed.answer),
                 options.explain ? route_call.explain(question->event, at) : std::string()};
}

// The "answer" of an explanation, byte for byte: it is the last member.
std::string answer_in(const std::string& explanation) {
    constexpr std::string_view kName = "\"answer\":";
    const auto at = explanation.rfind(kName);
    return at == std::string::npos
               ? std::string()
               : explanation.substr(at + kName.size(), explanation.size() - at - kName.size() - 1);
}

Result<Reply> route_online(const RouteOptions& options) {
    const auto folder = data_folder(options.data);
    if (!folder) {
        return std::unexpected(folder.error());
    }
    const auto address = find_region(*folder, options.region);
    if (!address) {
        const bool none_runs = address.error().code == ErrorCode::kUnavailable;
        return fail(
            address.error().code,
            address.error().message + (none_runs ? ", or route offline with --tables" : ""));
    }
    const auto credentials = read_credentials(*folder);
    if (!credentials) {
        return std::unexpected(credentials.error());
    }
    const auto question = question_of(options, address->region);
    if (!question) {
        return std::unexpected(question.error());
    }
    const SystemClock clock;
    const api::RegionClient client(*address, *credentials, clock);
    if (!options.explain && !question->at) {
        auto answer = client.invoke("RouteCall", question->event, kTimeout);
        return answer ? Result<Reply>(Reply{std::move(*answer), {}})
                      : std::unexpected(answer.error());
    }
    item::Map body{{"event", question->event}};
    if (question->at) {
        body["at"] = format_instant(*question->at);
    }
    auto explanation = client.explain(item::to_plain_json(body), kTimeout);
    if (!explanation) {
        return std::unexpected(explanation.error());
    }
    auto answer = answer_in(*explanation);
    return Reply{std::move(answer), std::move(*explanation)};
}

void print_text(const Reply& reply, bool with_explanation) {
    const auto answer = item::parse_plain_json(reply.answer);
    if (!answer || answer->as<item::Map>() == nullptr) {
        fmt::print("{}\n", reply.answer);
        return;
    }
    print_answer(*answer->as<item::Map>());
    const auto explanation = item::parse_plain_json(reply.explanation);
    if (with_explanation && explanation && explanation->as<item::Map>() != nullptr) {
        print_explanation(*explanation->as<item::Map>());
    }
}

}  // namespace

int run_route(const RouteOptions& options) {
    start_log("route", LogLevel::kWarn);  // what of the tables or the event was passed over
    const auto reply = options.cloud.is_on()    ? route_by_cloud(options)
                       : options.tables.empty() ? route_online(options)
                                                : route_offline(options);
    if (!reply) {
        return report(reply.error());
    }
    if (options.json) {
        fmt::print("{}\n", options.explain ? reply->explanation : reply->answer);
    } else {
        print_text(*reply, options.explain);
    }
    return finish_output();
}

}  // namespace meridian::app
