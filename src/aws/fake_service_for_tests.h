// A service on loopback that answers as a test says, and remembers what it was asked.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/aws_config.h"
#include "net/server.h"

namespace meridian::aws::testing {

struct Received {
    std::string method;
    std::string target;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::string peer;

    [[nodiscard]] std::string header(std::string_view name) const {
        for (const auto& [key, value] : headers) {
            if (key == name) {
                return value;
            }
        }
        return {};
    }
};

class FakeService {
  public:
    using Answer = std::function<net::Response(const Received&)>;

    explicit FakeService(Answer answer, std::optional<net::TlsOptions> tls = {})
        : answer_(std::move(answer)) {
        auto server = net::Server::start(
            {.threads = 2, .tls = std::move(tls)},
            [this](const net::Request& request, net::Reply reply) { reply(serve(request)); });
        EXPECT_TRUE(server) << server.error().message;
        server_ = *std::move(server);
    }
    // One answer after the other; the last one for ever.
    explicit FakeService(std::vector<net::Response> answers,
                         std::optional<net::TlsOptions> tls = {})
        : FakeService(
              [answers = std::move(answers), next = std::size_t{0}](const Received&) mutable {
                  return answers[std::min(next++, answers.size() - 1)];
              },
              std::move(tls)) {}

    [[nodiscard]] std::uint16_t port() const { return server_->port(); }
    [[nodiscard]] std::string url() const { return fmt::format("http://127.0.0.1:{}", port()); }
    [[nodiscard]] std::vector<Received> received() const {
        const std::lock_guard lock(mutex_);
        return received_;
    }
    [[nodiscard]] std::size_t connections() const {
        std::set<std::string> peers;
        for (const auto& request : received()) {
            peers.insert(request.peer);
        }
        return peers.size();
    }

  private:
    net::Response serve(const net::Request& request) {
        Received one{.method = std::string(request.method),
                     .target = std::string(request.target),
                     .headers = {request.headers.begin(), request.headers.end()},
                     .body = std::string(request.body),
                     .peer = std::string(request.peer)};
        const std::lock_guard lock(mutex_);
        received_.push_back(one);
        return answer_(one);
    }

    mutable std::mutex mutex_;
    Answer answer_;
    std::vector<Received> received_;
    std::unique_ptr<net::Server> server_;  // the last member: it goes first
};

[[nodiscard]] inline net::Response ok(std::string body = "{}") {
    return {.status = 200, .headers = {}, .body = std::move(body)};
}
// An error of a JSON service.
[[nodiscard]] inline net::Response refusal(int status, std::string_view type,
                                           std::string_view message = "") {
    return {
        .status = status,
        .headers = {},
        .body = fmt::format(R"({{"__type":"com.amazonaws.dynamodb.v20120810#{}","message":"{}"}})",
                            type, message)};
}

// An environment of these variables alone.
[[nodiscard]] inline Environment environment_of(
    std::map<std::string, std::string, std::less<>> variables) {
    return [variables = std::move(variables)](const char* name) -> std::optional<std::string> {
        const auto found = variables.find(std::string_view(name));
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
}

}  // namespace meridian::aws::testing
