// Serves a fixed body of 400 bytes, for a load generator to measure against another server:
//   net_server_bench PORT THREADS    until SIGTERM or SIGINT

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "net/server.h"

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: %s PORT THREADS\n", argv[0]);
        return 2;
    }
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);

    meridian::net::ServerOptions options;
    options.port = static_cast<std::uint16_t>(std::strtoul(argv[1], nullptr, 10));
    options.threads = static_cast<unsigned>(std::strtoul(argv[2], nullptr, 10));
    const std::string body(400, 'x');
    auto server = meridian::net::Server::start(
        options, [&](const meridian::net::Request&, meridian::net::Reply reply) {
            reply({.status = 200, .headers = {{"Content-Type", "application/json"}}, .body = body});
        });
    if (!server) {
        std::fprintf(stderr, "%s\n", server.error().message.c_str());
        return 1;
    }
    std::printf("serving on 127.0.0.1:%d\n", (*server)->port());
    std::fflush(stdout);
    int signal = 0;
    sigwait(&signals, &signal);
    (*server)->stop(std::chrono::milliseconds{100});
    return 0;
}
