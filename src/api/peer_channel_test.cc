// Two regions over HTTP: who gets an answer, and who does not.
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <mutex>

#include "api/access_log.h"
#include "api/answer.h"
#include "api/peer_door.h"
#include "api/peer_link.h"
#include "api/peer_proof.h"
#include "base/random.h"
#include "net/client.h"
#include "net/server.h"
#include "replication/source.h"
#include "replication/wire.h"
#include "store/memory/memory_store.h"

namespace meridian::api {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kSecret = "the secret of both";

aws::Credentials credentials(std::string_view secret) {
    return {.access_key_id = "AKIAEXAMPLE",
            .secret_access_key = std::string(secret),
            .session_token = "",
            .expires = std::nullopt};
}

std::string hello() {
    return replication::encode(replication::Question(
        replication::AskHello{.version = replication::kProtocolVersion, .region = "eu-west-1"}));
}

// us-east-1, as a peer sees it.
class PeerChannel : public testing::Test {
  protected:
    PeerChannel() {
        file = std::filesystem::temp_directory_path() /
               ("meridian-peers-" + std::to_string(random.next()));
        write_secret(kSecret);
        principals = *Principals::open(file, clock);
        door.emplace(PeerDoorParts{.region = "us-east-1",
                                   .welcomes =
                                       [this](std::string_view region, std::string_view url) {
                                           const std::lock_guard lock(mutex);
                                           seen_url = url;
                                           return region == "eu-west-1";
                                       },
                                   .principals = *principals,
                                   .source = source,
                                   .clock = clock,
                                   .random = random});
        net::ServerOptions options;
        options.threads = 1;
        server =
            *net::Server::start(options, [this](const net::Request& request, net::Reply reply) {
                Answer answer(path, metrics.operation("replication"), request, std::move(reply));
                door->handle(request, std::move(answer));
            });
    }
    ~PeerChannel() override {
        source.stop();
        server->stop(1s);
        std::filesystem::remove(file);
    }

    void write_secret(std::string_view secret) const {
        std::ofstream(file, std::ios::trunc)
            << "[meridian]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = " << secret
            << "\n";
    }

    std::unique_ptr<replication::Link> link(std::string from, std::string to,
                                            std::string_view secret = kSecret) {
        return make_peer_link(
            {.region = std::move(from), .url = [] { return "http://127.0.0.1:7402"; }},
            {.region = std::move(to), .port = server->port()},
            [secret = std::string(secret)] {
                return Result<aws::Credentials>(credentials(secret));
            },
            random);
    }

    SystemClock clock;
    SystemRandom random;
    std::filesystem::path file;
    std::unique_ptr<Principals> principals;
    std::unique_ptr<store::ReplicaStore> store = store::open_memory_store(clock, "us-east-1");
    replication::HeardTable heard{{"us-east-1", "eu-west-1"}};
    replication::Source source{*store, heard, clock};
    Metrics metrics{"us-east-1"};
    Cors cors;
    AnswerPath path{metrics, nullptr, cors, clock};
    std::mutex mutex;
    std::string seen_url;
    std::optional<PeerDoor> door;
    std::unique_ptr<net::Server> server;
};

TEST_F(PeerChannel, LetsAPeerAskAndSaysWhereItIs) {
    const auto way = link("eu-west-1", "us-east-1");
    for (int i = 0; i < 3; ++i) {  // the first time with a challenge that is not the door's yet
        const auto answer = way->ask(hello(), 5s);
        ASSERT_TRUE(answer) << answer.error().message;
        const auto decoded = replication::decode_answer(*answer);
        ASSERT_TRUE(decoded);
        EXPECT_EQ(std::get<replication::Hello>(*decoded).region, "us-east-1");
    }
    EXPECT_EQ(seen_url, "http://127.0.0.1:7402");
}

TEST_F(PeerChannel, RefusesAnotherSecretAnotherRegionAndStrangers) {
    struct Case {
        const char* from;
        const char* to;
        std::string_view secret;
    };
    for (const auto& [from, to, secret] :
         {Case{"eu-west-1", "us-east-1", "another secret"},
          Case{"eu-west-1", "eu-central-1", kSecret}, Case{"sa-east-1", "us-east-1", kSecret}}) {
        const auto answer = link(from, to, secret)->ask(hello(), 5s);
        ASSERT_FALSE(answer) << from << to;
        EXPECT_EQ(answer.error().code, ErrorCode::kAccessDenied) << answer.error().message;
    }
}

TEST_F(PeerChannel, TakesANewSecretAtOnce) {
    const auto way = link("eu-west-1", "us-east-1");
    ASSERT_TRUE(way->ask(hello(), 5s));
    write_secret("rotated");
    principals->reload();
    EXPECT_EQ(way->ask(hello(), 5s).error().code, ErrorCode::kAccessDenied);
    EXPECT_TRUE(link("eu-west-1", "us-east-1", "rotated")->ask(hello(), 5s));
}

// What was overheard, sent again with another body, or without a challenge of this process.
TEST_F(PeerChannel, RefusesWhatIsNotProved) {
    const PeerKey key(kSecret);
    const auto send = [&](const std::string& body, const std::string& proof) {
        net::ClientRequest request;
        request.port = server->port();
        request.method = "POST";
        request.target = kReplicationPath;
        request.headers = {{"X-Meridian-From", "eu-west-1"},
                           {"X-Meridian-To", "us-east-1"},
                           {"X-Meridian-Challenge", "of another day"},
                           {"X-Meridian-Nonce", "n"},
                           {"X-Meridian-Proof", proof}};
        request.body = body;
        return net::send(request)->status;
    };
    const auto proof = key.prove({.from = "eu-west-1",
                                  .at = "",
                                  .to = "us-east-1",
                                  .challenge = "of another day",
                                  .nonce = "n",
                                  .body = "body"});
    EXPECT_EQ(send("body", proof), 401);
    EXPECT_EQ(send("another body", proof), 403);
    EXPECT_EQ(send("body", ""), 403);
    EXPECT_EQ(send("body", proof.substr(1)), 403);
}

// Somebody who answers in the place of the region, without its secret.
TEST(Impostor, IsNotBelieved) {
    SystemRandom random;
    auto server = *net::Server::start({}, [](const net::Request& /*request*/, net::Reply reply) {
        reply({.status = 200,
               .headers = {{"X-Meridian-Proof", std::string(64, '0')}},
               .body = replication::encode(replication::Answer(
                   replication::Hello{.region = "us-east-1", .log = store::LogId{1}}))});
    });
    const auto way = make_peer_link(
        {.region = "eu-west-1", .url = [] { return ""; }},
        {.region = "us-east-1", .port = server->port()},
        [] { return Result<aws::Credentials>(credentials(kSecret)); }, random);
    const auto answer = way->ask(hello(), 5s);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::kAccessDenied);
    EXPECT_NE(answer.error().message.find("did not prove"), std::string::npos);
}

TEST(Nobody, ThereIsUnavailable) {
    SystemRandom random;
    const auto way = make_peer_link(
        {.region = "eu-west-1", .url = [] { return ""; }}, {.region = "us-east-1", .port = 1},
        [] { return Result<aws::Credentials>(credentials(kSecret)); }, random);
    const auto answer = way->ask(hello(), 5s);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::kUnavailable);
    EXPECT_NE(answer.error().message.find("us-east-1"), std::string::npos);
}

}  // namespace
}  // namespace meridian::api
