// Handlers and requests that several tests of this module use.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "net/http.h"
#include "net/server.h"

namespace meridian::net {

// Says back what it understood: "POST /path body".
inline void echo(const Request& request, Reply reply) {
    std::string text(request.method);
    text += ' ';
    text += request.target;
    text += ' ';
    text += request.body;
    reply({.status = 200, .headers = {}, .body = std::move(text)});
}

// Says which connection a request came on.
inline void name_connection(const Request& request, Reply reply) {
    reply({.status = 200, .headers = {}, .body = std::string(request.peer)});
}

inline std::unique_ptr<Server> start_server(ServerOptions options, Handler handler) {
    if (options.threads == 0) {
        options.threads = 2;
    }
    auto server = Server::start(options, std::move(handler));
    EXPECT_TRUE(server) << server.error().message;
    return server ? *std::move(server) : nullptr;
}

inline std::string get(std::string_view target) {
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
}

inline std::string post(std::string_view target, std::string_view body) {
    return "POST " + std::string(target) +
           " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + std::string(body);
}

}  // namespace meridian::net
