#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "net/body_stream.h"
#include "net/certificates_for_tests.h"
#include "net/client.h"
#include "net/rude_peer_for_tests.h"
#include "net/server.h"
#include "net/tls_session.h"
#include "testing/handlers.h"
#include "testing/raw_client.h"
#include "testing/raw_tls_client.h"

namespace meridian::net {
namespace {

using std::chrono::milliseconds;

std::unique_ptr<Server> start_tls_server(const TlsOptions& files, ServerOptions options = {},
                                         Handler handler = echo) {
    options.tls = files;
    return start_server(options, std::move(handler));
}

ClientRequest to(const Server& server, const ClientTls& tls) {
    return {.host = "localhost", .port = server.port(), .tls = tls};
}

void write_file(const std::string& path, std::string_view text) {
    std::ofstream(path, std::ios::trunc) << text;
}

TEST(Tls, CarriesRequestsBothWays) {
    const TestAuthority authority;
    auto server = start_tls_server(authority.issue("server"));
    for (const char* host : {"localhost", "127.0.0.1"}) {
        Client client;
        for (const std::size_t bytes : {1U, 100'000U, 3'000'000U, 0U}) {
            std::string body(bytes, 'x');
            for (std::size_t i = 0; i < bytes; i += 97) {
                body[i] = static_cast<char>('a' + i % 26);
            }
            const auto response = client.send({.host = host,
                                               .port = server->port(),
                                               .method = "POST",
                                               .body = body,
                                               .tls = authority.trust()});
            ASSERT_TRUE(response) << response.error().message;
            EXPECT_EQ(response->body, "POST / " + body);
        }
    }
}

TEST(Tls, TrustsOnlyWhoProvesToBeTheHost) {
    const TestAuthority authority;
    const TestAuthority stranger;
    struct Case {
        const char* says;
        TlsOptions files;
    };
    const Case cases[] = {
        {"has expired", authority.issue("old", {.from_days = -9, .until_days = -1})},
        {"not valid yet", authority.issue("new", {.from_days = 1, .until_days = 9})},
        {"another host", authority.issue("other", {.names = "DNS:example.org,IP:127.0.0.2"})},
        {"another host", authority.issue("wild", {.names = "DNS:local*"})},
        {"CA file", stranger.issue("stranger")},
    };
    for (const auto& c : cases) {
        auto server = start_tls_server(c.files);
        for (const char* host : {"localhost", "127.0.0.1"}) {
            const auto response =
                send({.host = host, .port = server->port(), .tls = authority.trust()});
            ASSERT_FALSE(response) << c.says;
            EXPECT_EQ(response.error().code, ErrorCode::kUnavailable);
            EXPECT_NE(response.error().message.find(c.says), std::string::npos)
                << response.error().message;
            EXPECT_NE(response.error().message.find(host), std::string::npos);
        }
    }
    auto server = start_tls_server(authority.issue("good"));
    EXPECT_FALSE(send(to(*server, {}))) << "the system's authorities don't know this one";
    EXPECT_TRUE(send(to(*server, {.ca_file = authority.file("good.pem")})))
        << "a server's own certificate may be what is trusted";
}

TEST(Tls, ClientSaysWhatIsWrongWithItsOwnSide) {
    const TestAuthority authority;
    auto plain = start_server({}, echo);
    const auto no_tls = send(to(*plain, authority.trust()));
    ASSERT_FALSE(no_tls);
    EXPECT_EQ(no_tls.error().code, ErrorCode::kUnavailable);
    EXPECT_NE(no_tls.error().message.find("speaks no TLS"), std::string::npos)
        << no_tls.error().message;

    auto server = start_tls_server(authority.issue("server"));
    write_file(authority.file("garbage.pem"), "no certificate\n");
    for (const char* name : {"absent.pem", "garbage.pem"}) {
        const auto response = send(to(*server, {.ca_file = authority.file(name)}));
        ASSERT_FALSE(response) << name;
        EXPECT_EQ(response.error().code, ErrorCode::kConfiguration);
        EXPECT_NE(response.error().message.find(name), std::string::npos);
    }
    ClientRequest nameless = to(*server, authority.trust());
    nameless.host = "localhost.";
    nameless.host.insert(0, 300, 'x');
    EXPECT_FALSE(send(nameless));
}

// The authorities are read once, and again when their file is another.
TEST(Tls, ClientsShareWhatTheyTrustUntilItChanges) {
    const TestAuthority authority;
    const TestAuthority other;
    auto server = start_tls_server(authority.issue("server"));
    const ClientTls tls{.ca_file = authority.file("trusted.pem")};
    std::filesystem::copy_file(authority.ca_file(), tls.ca_file);
    EXPECT_TRUE(send(to(*server, tls)));
    EXPECT_EQ(*shared_client_context(tls), *shared_client_context(tls));
    std::filesystem::remove(tls.ca_file);
    EXPECT_EQ(send(to(*server, tls)).error().code, ErrorCode::kConfiguration);
    std::filesystem::copy_file(other.ca_file(), tls.ca_file);
    EXPECT_EQ(send(to(*server, tls)).error().code, ErrorCode::kUnavailable);
}

// One request on a connection of its own, as seen from below. Whether an earlier one went on.
bool converse(const Server& server, const TlsContext& context) {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server.port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    TlsSession session(context, socket, TlsSession::Role::kClient);
    EXPECT_TRUE(session.require_peer("localhost"));
    session.resume("localhost");
    EXPECT_EQ(session.handshake().kind, TlsResult::Kind::kDone) << session.failure();
    EXPECT_EQ(session.write(get("/")).kind, TlsResult::Kind::kDone);
    char bytes[4096];
    EXPECT_EQ(session.read(bytes).kind, TlsResult::Kind::kDone) << session.failure();
    const bool is_resumed = session.is_resumed();
    session.finish_writing();
    ::close(socket);
    return is_resumed;
}

TEST(Tls, ClientsGoOnWithEarlierConversations) {
    const TestAuthority authority;
    auto server = start_tls_server(authority.issue("server"));
    const auto context = *make_client_context(authority.trust());
    EXPECT_FALSE(converse(*server, context));
    for (int i = 0; i < 5; ++i) {
        EXPECT_TRUE(converse(*server, context));
    }
    auto other = start_tls_server(authority.issue("other"));
    EXPECT_FALSE(converse(*other, context)) << "it doesn't know the ticket, and says so";
    EXPECT_TRUE(converse(*other, context));
    EXPECT_FALSE(converse(*server, *make_client_context(authority.trust())))
        << "tickets stay with those who trusted";
}

TEST(Tls, ClientStopsAtItsDeadlineDuringTheHandshake) {
    RudePeer silent("");
    const auto response =
        send({.port = silent.port(), .timeout = milliseconds{30}, .tls = ClientTls{}});
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, ErrorCode::kTimeout);
}

// Answers one request with a body that only the connection's end delimits.
class UnendingPeer {
  public:
    UnendingPeer(const TlsOptions& files, bool ends_properly)
        : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        auto* const any = reinterpret_cast<sockaddr*>(&address);
        socklen_t size = sizeof address;
        CHECK(::bind(listener_, any, size) == 0 && ::listen(listener_, 1) == 0 &&
              ::getsockname(listener_, any, &size) == 0);
        port = ntohs(address.sin_port);
        thread_ = std::thread([this, ends_properly, context = *make_server_context(files)] {
            const int socket = ::accept(listener_, nullptr, nullptr);
            const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(context.get()), &SSL_free);
            SSL_set_fd(ssl.get(), socket);
            constexpr std::string_view kAnswer = "HTTP/1.1 200 OK\r\n\r\nwhole?";
            char request[1'000];
            CHECK(SSL_accept(ssl.get()) == 1 && SSL_read(ssl.get(), request, sizeof request) > 0 &&
                  SSL_write(ssl.get(), kAnswer.data(), static_cast<int>(kAnswer.size())) > 0);
            if (ends_properly) {
                SSL_shutdown(ssl.get());
            }
            ::close(socket);
        });
    }
    ~UnendingPeer() {
        thread_.join();
        ::close(listener_);
    }

    std::uint16_t port = 0;

  private:
    int listener_;
    std::thread thread_;
};

// Anybody on the way can cut a connection: that must not pass for the end of a response.
TEST(Tls, ClientSeesATruncatedResponse) {
    const TestAuthority authority;
    for (const bool ends_properly : {true, false}) {
        UnendingPeer peer(authority.issue("server"), ends_properly);
        const auto response = send({.port = peer.port, .tls = authority.trust()});
        ASSERT_EQ(response.has_value(), ends_properly);
        if (ends_properly) {
            EXPECT_EQ(response->body, "whole?");
        } else {
            EXPECT_EQ(response.error().code, ErrorCode::kUnavailable);
        }
    }
}

TEST(Tls, ServerNeedsACertificateAndItsKey) {
    const TestAuthority authority;
    const TlsOptions good = authority.issue("good");
    const TlsOptions other = authority.issue("other");
    const TlsOptions locked = authority.issue("locked", {.key_cipher = EVP_aes_128_cbc()});
    const std::string garbage = authority.file("garbage");
    write_file(garbage, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    struct Case {
        TlsOptions files;
        std::string names;
        const char* says;
    };
    const std::string absent = authority.file("absent");
    const Case cases[] = {
        {{absent, good.key_file}, absent, "No such file"},
        {{good.certificate_file, absent}, absent, "No such file"},
        {{"", ""}, "certificate", "cannot be read"},
        {{garbage, good.key_file}, garbage, "not valid PEM"},
        {{good.key_file, good.key_file}, good.key_file, "not valid PEM"},
        {{good.certificate_file, garbage}, garbage, "not a private key"},
        {{good.certificate_file, good.certificate_file}, good.certificate_file, "private key"},
        {{good.certificate_file, other.key_file}, other.key_file, good.certificate_file.c_str()},
        {{locked.certificate_file, locked.key_file}, locked.key_file, "openssl pkey"},
    };
    for (const auto& c : cases) {
        const auto server = Server::start({.tls = c.files}, echo);
        ASSERT_FALSE(server) << c.says;
        EXPECT_EQ(server.error().code, ErrorCode::kConfiguration);
        EXPECT_NE(server.error().message.find(c.names), std::string::npos)
            << server.error().message;
        EXPECT_NE(server.error().message.find(c.says), std::string::npos) << server.error().message;
    }
}

TEST(Tls, ReloadServesTheNewCertificateToNewConnections) {
    const TestAuthority before;
    const TestAuthority after;
    const TlsOptions files = before.issue("server");
    auto server = start_tls_server(files, {}, name_connection);
    Client old;
    const auto first = old.send(to(*server, before.trust()));
    ASSERT_TRUE(first) << first.error().message;

    const TlsOptions renewed = after.issue("renewed");
    constexpr auto kOver = std::filesystem::copy_options::overwrite_existing;
    std::filesystem::copy_file(renewed.certificate_file, files.certificate_file, kOver);
    const auto mismatched = server->reload_tls();
    ASSERT_FALSE(mismatched);
    EXPECT_EQ(mismatched.error().code, ErrorCode::kConfiguration);
    EXPECT_TRUE(send(to(*server, before.trust()))) << "the old pair stays";

    std::filesystem::copy_file(renewed.key_file, files.key_file, kOver);
    const auto reloaded = server->reload_tls();
    ASSERT_TRUE(reloaded) << reloaded.error().message;
    EXPECT_TRUE(send(to(*server, after.trust())));
    EXPECT_FALSE(send(to(*server, before.trust())));
    const auto last = old.send(to(*server, before.trust()));
    ASSERT_TRUE(last) << last.error().message;
    EXPECT_EQ(last->body, first->body) << "connections of before live on";

    std::filesystem::remove(files.key_file);
    const auto missing = server->reload_tls();
    ASSERT_FALSE(missing);
    EXPECT_NE(missing.error().message.find(files.key_file), std::string::npos);
    EXPECT_TRUE(send(to(*server, after.trust())));
}

TEST(Tls, ReloadsDuringTraffic) {
    const TestAuthority authority;
    auto server = start_tls_server(authority.issue("server"));
    std::thread clients([&] {
        for (int i = 0; i < 50; ++i) {
            const auto response = send(to(*server, authority.trust()));
            ASSERT_TRUE(response) << response.error().message;
        }
    });
    for (int i = 0; i < 50; ++i) {
        EXPECT_TRUE(server->reload_tls());
    }
    clients.join();
}

TEST(Tls, TellsPlainHttpToUseTls) {
    const TestAuthority authority;
    auto server = start_tls_server(authority.issue("server"));
    for (const std::string& request : {get("/"), post("/", std::string(100'000, 'x')),
                                       std::string("DELETE / HTTP/1.1\r\nHost: h\r\n\r\n")}) {
        RawClient client(server->port());
        client.send(request);
        const auto response = client.read_response();
        EXPECT_EQ(response.status, 400) << request.substr(0, 20);
        EXPECT_NE(response.body.find("https"), std::string::npos);
        EXPECT_EQ(response.header("x-amzn-RequestId").size(), 36);
        client.finish_sending();
        EXPECT_EQ(client.read_to_end(), "");
    }
}

TEST(Tls, SurvivesHandshakesThatFail) {
    const TestAuthority authority;
    auto server = start_tls_server(authority.issue("server"));
    for (const std::string_view bytes :
         {std::string_view(""), std::string_view("\x16"),
          std::string_view("\x16\x03\x01\x40\x00\x01", 6),
          std::string_view("\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00", 10),
          std::string_view("\x15\x03\x01\x00\x02\x02\x28", 7),
          std::string_view("\0\0\0\0\0\0", 6)}) {
        RawClient(server->port()).send(bytes);
        RawClient client(server->port());
        client.send(bytes);
        client.finish_sending();
        client.read_to_end();
        RawClient rude(server->port());
        rude.send(bytes);
        rude.reset();
    }
    EXPECT_TRUE(send(to(*server, authority.trust())));
}

TEST(Tls, HandshakeHasADeadline) {
    const TestAuthority authority;
    auto server = start_tls_server(authority.issue("server"), {.header_timeout = milliseconds{50}});
    RawTlsClient idle(server->port());
    ASSERT_TRUE(idle.shake_hands());
    for (int i = 0; i < 4; ++i) {
        RawClient silent(server->port());
        EXPECT_EQ(silent.read_to_end(), "");
        RawClient slow(server->port());
        slow.send("\x16\x03\x01");
        EXPECT_EQ(slow.read_to_end(), "");
    }
    ASSERT_TRUE(idle.send(get("/"))) << "afterwards it may be idle for longer";
    EXPECT_TRUE(idle.read_until("GET / ").ends_with("\r\n\r\nGET / "));
}

TEST(Tls, SpeaksVersionsOneTwoAndOneThreeOnly) {
    const TestAuthority authority;
    auto server = start_tls_server(authority.issue("server"));
    struct Case {
        int version;
        bool works;
    };
    for (const auto& [version, works] : {Case{TLS1_VERSION, false}, Case{TLS1_1_VERSION, false},
                                         Case{TLS1_2_VERSION, true}, Case{TLS1_3_VERSION, true}}) {
        RawTlsClient client(server->port());
        SSL_set_security_level(client.ssl(), 0);
        SSL_set_min_proto_version(client.ssl(), version);
        SSL_set_max_proto_version(client.ssl(), version);
        ASSERT_EQ(client.shake_hands(), works) << version;
        if (works) {
            ASSERT_TRUE(client.send(get("/") + get("/next")));
            EXPECT_TRUE(client.read_until("GET /next ").ends_with("\r\n\r\nGET /next "));
        }
    }
}

TEST(Tls, ChoosesHttp1WhereProtocolsAreOffered) {
    const TestAuthority authority;
    auto server = start_tls_server(authority.issue("server"));
    const auto offer = [&](std::string_view list) {
        RawTlsClient client(server->port());
        SSL_set_alpn_protos(client.ssl(), reinterpret_cast<const unsigned char*>(list.data()),
                            static_cast<unsigned>(list.size()));
        if (!client.shake_hands()) {
            return std::string("refused");
        }
        const unsigned char* chosen = nullptr;
        unsigned bytes = 0;
        SSL_get0_alpn_selected(client.ssl(), &chosen, &bytes);
        return std::string(reinterpret_cast<const char*>(chosen), bytes);
    };
    EXPECT_EQ(offer("\x02h2\x08http/1.1"), "http/1.1");
    EXPECT_EQ(offer("\x02h2"), "refused");
}

TEST(Tls, DoesNotRenegotiate) {
    const TestAuthority authority;
    auto server = start_tls_server(authority.issue("server"));
    RawTlsClient client(server->port());
    SSL_set_max_proto_version(client.ssl(), TLS1_2_VERSION);
    ASSERT_TRUE(client.shake_hands());
    SSL_renegotiate(client.ssl());
    EXPECT_NE(SSL_do_handshake(client.ssl()), 1);
}

TEST(Tls, ResumesSessions) {
    const TestAuthority authority;
    auto server = start_tls_server(authority.issue("server"));
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        RawTlsClient first(server->port());
        SSL_set_max_proto_version(first.ssl(), version);
        ASSERT_TRUE(first.shake_hands() && first.send(get("/")));
        first.read_until("GET / ");
        SSL_SESSION* const session = SSL_get1_session(first.ssl());
        RawTlsClient second(server->port());
        SSL_set_max_proto_version(second.ssl(), version);
        SSL_set_session(second.ssl(), session);
        EXPECT_TRUE(second.shake_hands());
        EXPECT_EQ(SSL_session_reused(second.ssl()), 1) << version;
        SSL_SESSION_free(session);
    }
}

TEST(Tls, ReadsRequestsHoweverTheyAreCut) {
    const TestAuthority authority;
    auto server = start_tls_server(authority.issue("server"));
    RawTlsClient client(server->port());
    ASSERT_TRUE(client.shake_hands());
    for (const char byte : post("/slow", "bytes")) {
        ASSERT_TRUE(client.send({&byte, 1}));
    }
    EXPECT_TRUE(client.read_until("bytes").ends_with("POST /slow bytes"));
    std::string many;
    for (int i = 0; i < 1'000; ++i) {
        many += get("/" + std::to_string(i));
    }
    std::thread sender([&] { EXPECT_TRUE(client.send(many)); });
    sender.join();
    for (int i = 0; i < 1'000; ++i) {
        const std::string end = "GET /" + std::to_string(i) + " ";
        ASSERT_TRUE(client.read_until(end).ends_with("\r\n\r\n" + end)) << i;
    }
}

TEST(Tls, SendsMuchToALateReader) {
    const TestAuthority authority;
    auto server = start_tls_server(
        authority.issue("server"), {.threads = 1},
        [](const Request&, Reply reply) { reply({.body = std::string(500'000, 'x') + "\n"}); });
    RawTlsClient client(server->port());
    ASSERT_TRUE(client.shake_hands());
    std::string many;
    for (int i = 0; i < 40; ++i) {
        many += get("/");
    }
    ASSERT_TRUE(client.send(many));
    EXPECT_TRUE(send(to(*server, authority.trust()))) << "another's turn meanwhile";
    for (int i = 0; i < 40; ++i) {
        client.read_until("\r\n\r\n");
        ASSERT_EQ(client.read_until("\n").size(), 500'001);
    }
}

TEST(Tls, StreamsEndWithTheirClient) {
    const TestAuthority authority;
    for (const bool politely : {true, false}) {
        const auto stream = std::make_shared<BodyStream>(1'000'000);
        auto server = start_tls_server(
            authority.issue("server"), {},
            [&](const Request&, Reply reply) { reply({.body = "first", .stream = stream}); });
        RawTlsClient client(server->port());
        ASSERT_TRUE(client.shake_hands() && client.send(get("/")));
        client.read_until("first\r\n");
        ASSERT_TRUE(stream->write("second"));
        EXPECT_EQ(client.read_until("second\r\n"), "6\r\nsecond\r\n");
        if (politely) {
            SSL_shutdown(client.ssl());
        }
        client.hang_up();
        while (!stream->is_closed()) {
            std::this_thread::yield();
        }
    }
}

TEST(Tls, RefusesAndStopsProperly) {
    const TestAuthority authority;
    const TlsOptions files = authority.issue("server");
    auto full = start_tls_server(files, {.connections_max = 0});
    const auto refused = send(to(*full, authority.trust()));
    ASSERT_TRUE(refused) << refused.error().message;
    EXPECT_EQ(refused->status, 503);

    std::promise<Reply> given;
    auto server = start_tls_server(
        files, {}, [&](const Request&, Reply reply) { given.set_value(std::move(reply)); });
    RawTlsClient client(server->port());
    ASSERT_TRUE(client.shake_hands() && client.send(get("/")));
    Reply reply = given.get_future().get();
    auto stopped = std::async(std::launch::async, [&] { server->stop(std::chrono::minutes{5}); });
    reply({.body = "done"});
    EXPECT_TRUE(client.read_until("done").ends_with("\r\n\r\ndone"));
    EXPECT_TRUE(client.reads_end()) << "the conversation ends properly";
    client.hang_up();
    stopped.get();
}

}  // namespace
}  // namespace meridian::net
