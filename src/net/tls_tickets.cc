#include "net/tls_tickets.h"

#include <openssl/ssl.h>

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "base/check.h"

namespace meridian::net {
namespace {

constexpr std::size_t kServersMax = 256;
constexpr std::size_t kTicketsMax = 2;  // of one server

using Ticket = std::unique_ptr<SSL_SESSION, decltype(&SSL_SESSION_free)>;

// Threads: any.
class Tickets {
  public:
    void keep(const std::string& server, Ticket ticket) {
        const std::lock_guard lock(mutex_);
        if (all_.size() >= kServersMax && !all_.contains(server)) {
            all_.clear();
        }
        auto& tickets = all_[server];
        if (tickets.size() >= kTicketsMax) {
            tickets.erase(tickets.begin());
        }
        tickets.push_back(std::move(ticket));
    }
    Ticket take(const std::string& server) {
        const std::lock_guard lock(mutex_);
        const auto found = all_.find(server);
        if (found == all_.end() || found->second.empty()) {
            return {nullptr, &SSL_SESSION_free};
        }
        Ticket ticket = std::move(found->second.back());
        found->second.pop_back();
        return ticket;
    }

  private:
    std::mutex mutex_;
    std::map<std::string, std::vector<Ticket>> all_;
};

void free_tickets(void*, void* tickets, CRYPTO_EX_DATA*, int, long, void*) {
    delete static_cast<Tickets*>(tickets);
}

int context_index() {
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, &free_tickets);
    return index;
}
int server_index() {
    static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

Tickets* tickets_of(SSL* ssl) {
    return static_cast<Tickets*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), context_index()));
}

// 1: the session is ours now.
int keep_ticket(SSL* ssl, SSL_SESSION* session) {
    const auto* server = static_cast<const std::string*>(SSL_get_ex_data(ssl, server_index()));
    auto* tickets = tickets_of(ssl);
    if (server == nullptr || tickets == nullptr) {
        return 0;
    }
    tickets->keep(*server, Ticket(session, &SSL_SESSION_free));
    return 1;
}

}  // namespace

void keep_sessions(ssl_ctx_st* context) {
    CHECK(SSL_CTX_set_ex_data(context, context_index(), new Tickets) == 1);
    SSL_CTX_set_session_cache_mode(context,
                                   SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
    SSL_CTX_sess_set_new_cb(context, &keep_ticket);
}

void use_ticket(ssl_st* ssl, const std::string& server) {
    // OpenSSL's own hold nothing but what they are given.
    SSL_set_ex_data(ssl, server_index(), const_cast<std::string*>(&server));
    auto* tickets = tickets_of(ssl);
    if (tickets == nullptr) {
        return;
    }
    if (const auto ticket = tickets->take(server); ticket != nullptr) {
        SSL_set_session(ssl, ticket.get());
    }
}

}  // namespace meridian::net
