#include "functions/update_routing.h"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "item/base64.h"
#include "item/json.h"
#include "rest/answers.h"

namespace meridian::functions {
namespace {

// Longer ones are no principal, address or id of AWS.
constexpr std::size_t kContextTextBytesMax = 2'048;

constexpr std::string_view kUnreserved =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
constexpr std::string_view kPathAlso = "/+:@!$&'()*,;=";

// What an event asks for. `headers` own what a rest::Request has views of.
struct ProxyRequest {
    std::string method;
    std::string target;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
};

std::unexpected<Error> no_proxy_event(std::string_view why) {
    return fail(ErrorCode::kInvalidInput,
                fmt::format("the event is not one of an API Gateway proxy integration: {}", why));
}

// ---- Fields of an event; what is null counts as absent.

const item::Map* map_at(const item::Map& map, std::string_view name) {
    const auto* value = item::find(map, name);
    return value == nullptr ? nullptr : value->as<item::Map>();
}

const item::Map* map_within(const item::Map& map, std::string_view outer, std::string_view inner) {
    const auto* found = map_at(map, outer);
    return found == nullptr ? nullptr : map_at(*found, inner);
}

std::string text_at(const item::Map* map, std::string_view name) {
    const auto* value = map == nullptr ? nullptr : item::find(*map, name);
    const auto* text = value == nullptr ? nullptr : value->as<std::string>();
    return text == nullptr ? std::string{} : *text;
}

// Names and values of a map of texts, or of lists of texts.
std::vector<std::pair<std::string, std::string>> texts_of(const item::Map& map) {
    std::vector<std::pair<std::string, std::string>> texts;
    for (const auto& [name, value] : map) {
        if (const auto* text = value.as<std::string>()) {
            texts.emplace_back(name, *text);
        } else if (const auto* list = value.as<item::List>()) {
            for (const auto& element : *list) {
                if (const auto* one = element.as<std::string>()) {
                    texts.emplace_back(name, *one);
                }
            }
        }
    }
    return texts;
}

// The form with all values, where an event has it.
std::vector<std::pair<std::string, std::string>> texts_at(const item::Map& event,
                                                          std::string_view all,
                                                          std::string_view last) {
    const auto* map = map_at(event, all);
    map = map == nullptr ? map_at(event, last) : map;
    return map == nullptr ? std::vector<std::pair<std::string, std::string>>{} : texts_of(*map);
}

// ---- The target

void append_encoded(std::string& out, char c) {
    out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
}

bool is_escape(std::string_view text) {
    constexpr std::string_view kHex = "0123456789abcdefABCDEF";
    return text.size() > 2 && text[0] == '%' && kHex.contains(text[1]) && kHex.contains(text[2]);
}

// An encoded path as it is; of a decoded one, what can't stand in an encoded one.
std::string encoded_path(std::string_view path) {
    std::string encoded;
    for (std::size_t at = 0; at < path.size(); ++at) {
        const char c = path[at];
        if (kUnreserved.contains(c) || kPathAlso.contains(c) || is_escape(path.substr(at))) {
            encoded.push_back(c);
        } else {
            append_encoded(encoded, c);
        }
    }
    return encoded;
}

std::string encoded_query(const std::vector<std::pair<std::string, std::string>>& parameters) {
    std::string query;
    const auto append = [&query](std::string_view text) {
        for (const char c : text) {
            if (kUnreserved.contains(c)) {
                query.push_back(c);
            } else {
                append_encoded(query, c);
            }
        }
    };
    for (const auto& [name, value] : parameters) {
        query += query.empty() ? "" : "&";
        append(name);
        query.push_back('=');
        append(value);
    }
    return query;
}

std::string target_of(std::string_view path, const std::string& query) {
    return query.empty() ? encoded_path(path) : encoded_path(path) + '?' + query;
}

// ---- Events

bool is_format_2(const item::Map& event) {
    return text_at(&event, "version") == "2.0";
}

Result<std::string> body_of(const item::Map& event) {
    const auto* value = item::find(event, "body");
    if (value == nullptr || value->as<item::Null>() != nullptr) {
        return std::string{};
    }
    const auto* text = value->as<std::string>();
    if (text == nullptr) {
        return no_proxy_event("its body is not a text");
    }
    const auto* encoded = item::find(event, "isBase64Encoded");
    const auto* is_encoded = encoded == nullptr ? nullptr : encoded->as<bool>();
    if (is_encoded == nullptr || !*is_encoded) {
        return *text;
    }
    auto decoded = item::decode_base64(*text);
    if (!decoded) {
        return no_proxy_event("its body is not base64, though isBase64Encoded says so");
    }
    return *std::move(decoded);
}

ProxyRequest format_1(const item::Map& event) {
    return {text_at(&event, "httpMethod"),
            target_of(text_at(&event, "path"),
                      encoded_query(texts_at(event, "multiValueQueryStringParameters",
                                             "queryStringParameters"))),
            texts_at(event, "multiValueHeaders", "headers"),
            {}};
}

ProxyRequest format_2(const item::Map& event) {
    return {text_at(map_within(event, "requestContext", "http"), "method"),
            target_of(text_at(&event, "rawPath"), text_at(&event, "rawQueryString")),
            texts_at(event, "headers", "headers"),
            {}};
}

Result<ProxyRequest> request_of(const item::Map& event) {
    auto body = body_of(event);
    if (!body) {
        return std::unexpected(std::move(body.error()));
    }
    auto request = is_format_2(event) ? format_2(event) : format_1(event);
    if (request.method.empty() && request.target.empty() && !body->empty()) {
        request.method = "POST";
        request.target = "/routing";
    }
    if (request.method.empty() || request.target.empty()) {
        return no_proxy_event("it has no method, no path, or no body");
    }
    request.body = *std::move(body);
    return request;
}

// The first that says anything.
void replace_with(std::string& text, std::string first, std::string second = {}) {
    auto& chosen = first.empty() ? second : first;
    if (!chosen.empty() && chosen.size() <= kContextTextBytesMax) {
        text = std::move(chosen);
    }
}

management::Caller caller_of(const item::Map& event, const management::Caller& invoker) {
    auto caller = invoker;
    const auto* context = map_at(event, "requestContext");
    if (context == nullptr || invoker.role != management::Role::kAdmin) {
        return caller;
    }
    const auto* identity = is_format_2(event) ? map_within(*context, "authorizer", "iam")
                                              : map_at(*context, "identity");
    replace_with(caller.name, text_at(identity, "userArn"), text_at(identity, "caller"));
    replace_with(caller.access_key_id, text_at(identity, "accessKey"));
    replace_with(caller.address, text_at(map_at(*context, "http"), "sourceIp"),
                 text_at(map_at(*context, "identity"), "sourceIp"));
    replace_with(caller.request_id, text_at(context, "requestId"));
    return caller;
}

// Both formats read the same answer.
FunctionResult proxy_response(rest::Response response) {
    item::Map headers;
    for (auto& [name, value] : response.headers) {
        headers[name] = std::move(value);
    }
    return {item::to_plain_json(item::Map{{"statusCode", item::Number(response.status)},
                                          {"headers", std::move(headers)},
                                          {"body", std::move(response.body)},
                                          {"isBase64Encoded", false}}),
            std::nullopt};
}

}  // namespace

FunctionResult UpdateRouting::call(std::string_view payload, const management::Caller& invoker) {
    const auto value = item::parse_plain_json(payload);
    const auto* event = value ? value->as<item::Map>() : nullptr;
    const auto request = event != nullptr
                             ? request_of(*event)
                             : Result<ProxyRequest>(no_proxy_event("it is not a JSON object"));
    if (!request) {
        return proxy_response(rest::error_answer(request.error()));
    }
    rest::Request asked{.method = request->method,
                        .target = request->target,
                        .headers = {request->headers.begin(), request->headers.end()},
                        .body = request->body,
                        .via = "lambda"};
    auto response = api_.handle(asked, caller_of(*event, invoker));
    if (observer_) {
        observer_(asked, response.status);
    }
    if (request->method == "HEAD") {
        response.body.clear();
    }
    return proxy_response(std::move(response));
}

}  // namespace meridian::functions
