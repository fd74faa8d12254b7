#include "net/host_lookup.h"

#include <fmt/core.h>
#include <netdb.h>
#include <netinet/in.h>

#include <condition_variable>
#include <cstring>
#include <map>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

namespace meridian::net {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kFresh{10};
constexpr std::size_t kLookupsMax = 16;
constexpr std::size_t kNamesMax = 256;

Result<HostAddresses> ask(const std::string& host, int flags) {
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_flags = flags;
    addrinfo* found = nullptr;
    if (const int code = ::getaddrinfo(host.c_str(), nullptr, &wanted, &found); code != 0) {
        return fail(ErrorCode::kUnavailable,
                    fmt::format("looking up the host {}: {}", host, ::gai_strerror(code)));
    }
    HostAddresses addresses;
    for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
        HostAddress& one = addresses.emplace_back();
        std::memcpy(&one.address, at->ai_addr, at->ai_addrlen);
        one.bytes = at->ai_addrlen;
    }
    ::freeaddrinfo(found);
    return addresses;
}

HostAddresses with_port(HostAddresses addresses, std::uint16_t port) {
    for (auto& [address, bytes] : addresses) {
        if (address.ss_family == AF_INET6) {
            reinterpret_cast<sockaddr_in6&>(address).sin6_port = htons(port);
        } else {
            reinterpret_cast<sockaddr_in&>(address).sin_port = htons(port);
        }
    }
    return addresses;
}

}  // namespace

struct HostLookup::State {
    // What is known of a name. Whoever waits for it holds on to it.
    struct Name {
        std::optional<HostAddresses> addresses = {};  // the last that were found
        steady_clock::time_point found_at = {};
        std::optional<Error> error = {};  // of the last lookup
        bool is_asked = false;
        std::uint64_t answers = 0;

        [[nodiscard]] bool is_fresh() const {
            return addresses && steady_clock::now() - found_at < kFresh;
        }
    };

    explicit State(Resolve with) : resolve(std::move(with)) {}

    // REQUIRES: the lock.
    std::shared_ptr<Name> name_of(const std::string& host) {
        if (names.size() >= kNamesMax && !names.contains(host)) {
            names.clear();
        }
        auto& name = names[host];
        if (!name) {
            name = std::make_shared<Name>();
        }
        return name;
    }

    void answer(Name& name, Result<HostAddresses> found) {
        {
            const std::lock_guard lock(mutex);
            --lookups;
            name.is_asked = false;
            ++name.answers;
            if (found) {
                name.addresses = *std::move(found);
                name.found_at = steady_clock::now();
            } else {
                name.error = std::move(found.error());
            }
        }
        answered.notify_all();
    }

    const Resolve resolve;
    std::mutex mutex;  // of everything below, and the names
    std::condition_variable answered;
    std::map<std::string, std::shared_ptr<Name>> names;
    std::size_t lookups = 0;  // on their way
};

HostLookup::HostLookup() : HostLookup([](const std::string& host) { return ask(host, 0); }) {}

HostLookup::HostLookup(Resolve resolve) : state_(std::make_shared<State>(std::move(resolve))) {}

Result<HostAddresses> HostLookup::find(const std::string& host, std::uint16_t port,
                                       steady_clock::time_point deadline) {
    if (auto literal = ask(host, AI_NUMERICHOST)) {
        return with_port(*std::move(literal), port);
    }
    std::unique_lock lock(state_->mutex);
    const auto name = state_->name_of(host);
    if (name->is_fresh()) {
        return with_port(*name->addresses, port);
    }
    if (!name->is_asked && state_->lookups >= kLookupsMax) {
        return fail(ErrorCode::kUnavailable,
                    fmt::format("looking up the host {}: too many other lookups wait", host));
    }
    if (!name->is_asked) {
        name->is_asked = true;
        ++state_->lookups;
        std::thread([state = state_, name, host] {
            state->answer(*name, state->resolve(host));
        }).detach();
    }
    const bool is_answered = state_->answered.wait_until(
        lock, deadline, [&name, before = name->answers] { return name->answers != before; });
    if (name->addresses) {
        return with_port(*name->addresses, port);
    }
    return std::unexpected(is_answered && name->error
                               ? *name->error
                               : Error{ErrorCode::kUnavailable,
                                       fmt::format("looking up the host {}: the resolver did not "
                                                   "answer in time; check this machine's DNS",
                                                   host)});
}

HostLookup& system_lookup() {
    // Never destroyed: threads may still wait for the resolver when the process ends.
    static HostLookup& lookup = *new HostLookup();
    return lookup;
}

}  // namespace meridian::net
