#include "manage/management_client.h"

#include <fmt/format.h>

#include <cstdlib>

#include "aws/encoding.h"
#include "item/json.h"
#include "manage/kind_words.h"
#include "manage/text.h"

namespace meridian::app {
namespace {

std::string header_of(const net::Response& response, std::string_view name) {
    for (const auto& [header, value] : response.headers) {
        if (header.size() == name.size() &&
            std::ranges::equal(header, name, {}, aws::to_lower, aws::to_lower)) {
            return value;
        }
    }
    return {};
}

// What helps against a refusal of that kind.
std::string mend_of(const Answer& answer) {
    if (answer.status == 403) {
        return answer.error_type.starts_with("AccessDenied")
                   ? "; use --profile with the name of somebody who may"
                   : "; the credentials are not the server's: check --profile, or --data";
    }
    return answer.status == 429 || answer.status == 503 ? "; try again later" : "";
}

// As an administrator: what of it they may do is AWS's to say.
net::Response answer_by_tables(cloud::CloudRegion& region, const api::ApiRequest& request) {
    const char* user = std::getenv("USER");  // NOLINT(concurrency-mt-unsafe): nobody sets it
    management::Caller caller;
    caller.name = user == nullptr ? "meridian" : user;
    caller.role = management::Role::kAdmin;
    caller.address = "local";
    rest::Request asked;
    asked.method = request.method;
    asked.target = request.target;
    asked.body = request.body;
    asked.headers.assign(request.headers.begin(), request.headers.end());
    if (!request.body.empty() && asked.header("Content-Type").empty()) {
        asked.headers.emplace_back("Content-Type", "application/json");
    }
    auto answer = region.management().handle(asked, caller);
    return {answer.status, std::move(answer.headers), std::move(answer.body)};
}

}  // namespace

Target&& Target::segment(std::string_view text) && {
    text_ += '/';
    const auto start = text_.size();
    aws::append_uri_encoded(text_, text, aws::Slash::kEncoded);
    if (text == "." || text == "..") {  // else a path of another meaning
        text_.replace(start, 1, "%2E");
    }
    return std::move(*this);
}

Target&& Target::query(std::string_view name, std::string_view value) && {
    if (!value.empty()) {
        text_ += has_query_ ? '&' : '?';
        has_query_ = true;
        text_.append(name).push_back('=');
        aws::append_uri_encoded(text_, value, aws::Slash::kEncoded);
    }
    return std::move(*this);
}

Target&& Target::flag(std::string_view name, bool is_set) && {
    return std::move(*this).query(name, is_set ? "true" : "");
}

Target target_of(const management::EntityId& id) {
    auto target = Target("/" + std::string(to_string(id.kind))).segment(id.first);
    return id.kind == management::Kind::kRule ? std::move(target).segment(id.second) : target;
}

Target history_target(const management::EntityId& id) {
    return Target("/history").segment(management::to_text(id));
}

const item::Map& Answer::map() const {
    static const item::Map kNone;
    const auto* map = body.as<item::Map>();
    return map == nullptr ? kNone : *map;
}

Error refusal_of(const Answer& answer) {
    constexpr std::size_t kFaultsShown = 5;
    const auto faults = faults_of(answer.map(), "errors");
    auto message = faults.empty() ? text_at(answer.map(), "message") : "refused: ";
    for (std::size_t i = 0; i < std::min(faults.size(), kFaultsShown); ++i) {
        message += fmt::format("{}{}", i == 0 ? "" : "; ", fault_text(faults[i]));
    }
    if (faults.size() > kFaultsShown) {
        message += fmt::format("; and {} more", faults.size() - kFaultsShown);
    }
    if (message.empty()) {
        message = fmt::format("the server answered with status {}", answer.status);
    }
    while (message.ends_with('.')) {
        message.pop_back();
    }
    const bool may_pass = answer.status == 429 || answer.status >= 500;
    const auto code = may_pass ? ErrorCode::kUnavailable : ErrorCode::kInvalidInput;
    return {code, printable(message + mend_of(answer))};
}

ManagementClient::ManagementClient(Endpoint endpoint, const Clock& clock)
    : base_path_(std::move(endpoint.base_path)),
      cloud_(std::move(endpoint.cloud)),
      session_(std::move(endpoint.address), std::move(endpoint.credentials), clock) {}

Result<net::Response> ManagementClient::exchange(api::ApiRequest request) {
    if (cloud_) {
        return answer_by_tables(*cloud_, request);
    }
    request.target.insert(0, base_path_);
    auto response = session_.send(std::move(request));
    if (!response) {
        return fail(response.error().code,
                    fmt::format("{}; does it run, and at that address?", response.error().message));
    }
    return response;
}

Result<Answer> ManagementClient::send(api::ApiRequest request) {
    const auto response = exchange(std::move(request));
    if (!response) {
        return std::unexpected(response.error());
    }
    Answer answer;
    answer.status = response->status;
    answer.etag = header_of(*response, "ETag");
    answer.error_type = header_of(*response, "X-Amzn-ErrorType");
    if (response->body.empty()) {
        return answer;
    }
    auto body = item::parse_plain_json(response->body);
    if (!body) {
        return fail(ErrorCode::kUnavailable,
                    fmt::format("region {} answered with status {} and a body that is not JSON: is "
                                "it a Meridian endpoint?",
                                region(), answer.status));
    }
    answer.body = std::move(*body);
    return answer;
}

Result<Answer> ManagementClient::ask(api::ApiRequest request) {
    auto answer = send(std::move(request));
    if (answer && answer->status != 200) {
        return std::unexpected(refusal_of(*answer));
    }
    return answer;
}

Result<Answer> ManagementClient::get(const Target& target) {
    return ask({"GET", target.text(), {}, {}});
}

Result<Answer> ManagementClient::get(const management::EntityId& id) {
    auto answer = send({"GET", target_of(id).text(), {}, {}});
    if (answer && answer->status == 404) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("{}: not stored; `meridian {} list` shows those that are",
                                name_of(id), words_of(id.kind).command));
    }
    return answer && answer->status != 200 ? std::unexpected(refusal_of(*answer)) : answer;
}

Result<Answer> ManagementClient::post(const Target& target, const item::Map& body) {
    return ask({"POST", target.text(), {}, item::to_plain_json(body)});
}

Result<ManagementClient> connect(const EndpointOptions& options, const Clock& clock) {
    auto endpoint = find_endpoint(options);
    return endpoint ? Result<ManagementClient>(ManagementClient(std::move(*endpoint), clock))
                    : std::unexpected(endpoint.error());
}

}  // namespace meridian::app
