#include "api/event_hub.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "catalog/tables.h"
#include "item/json.h"
#include "store/memory/memory_store.h"

namespace meridian::api {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// A store in memory that counts how often its log is read, and can forget the start of it.
class ObservedStore final : public store::TableStore {
  public:
    explicit ObservedStore(const Clock& clock) : store_(store::open_memory_store(clock)) {}

    [[nodiscard]] Result<void> create_table(const store::TableSchema& schema) override {
        return store_->create_table(schema);
    }
    [[nodiscard]] Result<store::TableSchema> describe_table(std::string_view table) const override {
        return store_->describe_table(table);
    }
    [[nodiscard]] std::vector<store::TableSchema> list_tables() const override {
        return store_->list_tables();
    }
    void submit(std::vector<store::Write> writes, store::Atomicity atomicity,
                store::WriteDone done) override {
        store_->submit(std::move(writes), atomicity, std::move(done));
    }
    [[nodiscard]] Result<std::optional<item::Item>> get(const store::ItemRef& ref) const override {
        return store_->get(ref);
    }
    [[nodiscard]] Result<std::vector<std::optional<item::Item>>> get_many(
        std::span<const store::ItemRef> refs) const override {
        return store_->get_many(refs);
    }
    [[nodiscard]] Result<store::Page> query(const store::Query& query) const override {
        return store_->query(query);
    }
    [[nodiscard]] Result<store::Page> scan(const store::Scan& scan) const override {
        return store_->scan(scan);
    }
    [[nodiscard]] store::SequenceNumber last_sequence() const override {
        return store_->last_sequence();
    }
    [[nodiscard]] Result<std::vector<store::Change>> read_log(store::SequenceNumber after,
                                                              std::size_t count) const override {
        ++log_reads;
        if (after < forgotten) {
            return fail(ErrorCode::kLogTrimmed, "trimmed");
        }
        return is_broken ? fail(ErrorCode::kIo, "the disk is gone")
                         : store_->read_log(after, count);
    }
    void observe(store::CommitObserver observer) override { store_->observe(std::move(observer)); }

    mutable std::atomic<int> log_reads = 0;
    store::SequenceNumber forgotten = 0;
    std::atomic<bool> is_broken = false;

  private:
    std::unique_ptr<store::TableStore> store_;
};

// A hub that tells when told to, and the three tables.
struct Fixture {
    ManualClock clock{*parse_instant("2025-02-26T15:00:00Z")};
    ObservedStore store{clock};
    EventHub hub;

    explicit Fixture(EventHubOptions options = {}) : hub(store, options, clock) {
        EXPECT_TRUE(catalog::create_tables(store));
    }

    store::SequenceNumber write(std::string_view table, const std::string& item) {
        auto value = item::parse_plain_json(item);
        auto outcome = store.write(
            {std::string(table), store::PutItem{std::move(*value->as<item::Map>())}, {}});
        EXPECT_FALSE(outcome.error);
        return outcome.sequence;
    }
    store::SequenceNumber put_rule(int version = 1) {
        return write(catalog::kRoutingTable,
                     R"({"phoneNumber":"+18005551234","region":"us-east-1","version":)" +
                         std::to_string(version) + "}");
    }

    std::shared_ptr<net::BodyStream> listen(EventQuery query = {}) {
        auto response = hub.listen(std::move(query));
        EXPECT_TRUE(response) << response.error().message;
        return response->stream;
    }
};

std::string taken(net::BodyStream& stream) {
    return stream.take(std::numeric_limits<std::size_t>::max()).bytes;
}

// The ids of the events in a text, in order.
std::vector<store::SequenceNumber> ids(std::string_view text) {
    constexpr std::string_view kStart = "id: ";
    std::vector<store::SequenceNumber> result;
    for (auto at = text.find(kStart); at != std::string_view::npos;
         at = text.find(kStart, at + 1)) {
        result.push_back(std::stoull(std::string(text.substr(at + kStart.size(), 20))));
    }
    return result;
}

TEST(EventHub, TellsChangesOfWhatPeopleManage) {
    Fixture fixture;
    fixture.put_rule();
    const auto response = fixture.hub.listen({});
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->body, ": changes after 1\nretry: 2000\nid: 1\n\n");
    fixture.put_rule(2);
    fixture.write(catalog::kHoursTable, R"({"regionId":"US","version":7})");
    fixture.write(catalog::kRegionHealthTable, R"({"region":"us-east-1","observer":"us-east-1"})");
    fixture.write(catalog::kAgentsTable, R"({"agentId":"a\"1"})");
    ASSERT_FALSE(
        fixture.store
            .write({std::string(catalog::kHoursTable), store::DeleteItem{{{"regionId", "US"}}}, {}})
            .error);
    EXPECT_EQ(fixture.hub.step(), EventHub::Next::kIdle);
    EXPECT_EQ(taken(*response->stream),
              "id: 2\nevent: change\n"
              R"(data: {"sequence":2,"at":"2025-02-26T15:00:00.000Z","kind":"routing",)"
              R"("entity":"routing/+18005551234/us-east-1","operation":"put","version":2})"
              "\n\nid: 3\nevent: change\n"
              R"(data: {"sequence":3,"at":"2025-02-26T15:00:00.000Z","kind":"business-hours",)"
              R"("entity":"business-hours/US","operation":"put","version":7})"
              "\n\nid: 5\nevent: change\n"
              R"(data: {"sequence":5,"at":"2025-02-26T15:00:00.000Z","kind":"agents",)"
              R"("entity":"agents/a\"1","operation":"put","version":0})"
              "\n\nid: 6\nevent: change\n"
              R"(data: {"sequence":6,"at":"2025-02-26T15:00:00.000Z","kind":"business-hours",)"
              R"("entity":"business-hours/US","operation":"delete","version":7})"
              "\n\n");
}

TEST(EventHub, GoesOnAfterTheEventThatWasSeenLast) {
    Fixture fixture;
    constexpr int kChanges = 1'000;  // several pages of the log
    for (int i = 0; i < kChanges; ++i) {
        fixture.put_rule(i);
    }
    const auto stream = fixture.listen({.after = 300});
    while (fixture.hub.step() == EventHub::Next::kMore) {
    }
    fixture.put_rule();
    fixture.hub.step();
    const auto seen = ids(taken(*stream));
    ASSERT_EQ(seen.size(), kChanges + 1 - 300U);
    for (std::size_t i = 0; i < seen.size(); ++i) {
        EXPECT_EQ(seen[i], 301 + i);
    }
}

TEST(EventHub, TellsOnlyTheKindsThatAreAskedFor) {
    Fixture fixture;
    const auto agents = fixture.listen({.kinds = {management::Kind::kAgent}});
    const auto both =
        fixture.listen({.kinds = {management::Kind::kHours, management::Kind::kRule}});
    fixture.put_rule();
    fixture.write(catalog::kHoursTable, R"({"regionId":"US"})");
    fixture.write(catalog::kAgentsTable, R"({"agentId":"a"})");
    fixture.hub.step();
    EXPECT_THAT(ids(taken(*agents)), ElementsAre(3));
    EXPECT_THAT(ids(taken(*both)), ElementsAre(1, 2));
}

TEST(EventHub, SendsWhoCannotGoOnBackToTheStart) {
    Fixture fixture;
    for (int i = 0; i < 10; ++i) {
        fixture.put_rule(i);
    }
    fixture.store.forgotten = 5;
    const auto trimmed = fixture.listen({.after = 4});
    const auto kept = fixture.listen({.after = 5});
    const auto from_elsewhere = fixture.listen({.after = 4'711});
    fixture.hub.step();
    EXPECT_EQ(taken(*trimmed),
              "id: 10\nevent: reset\ndata: {\"sequence\":10,\"message\":\"the changes since are no "
              "longer kept; read all again\"}\n\n");
    EXPECT_THAT(ids(taken(*kept)), ElementsAre(6, 7, 8, 9, 10));
    EXPECT_THAT(taken(*from_elsewhere), HasSubstr("id: 10\nevent: reset\n"));
    fixture.put_rule();
    fixture.hub.step();
    for (const auto& stream : {trimmed, kept, from_elsewhere}) {
        EXPECT_THAT(ids(taken(*stream)), ElementsAre(11));
    }
}

// The position moves on with changes that nobody asked for.
TEST(EventHub, HeartbeatsKeepTheConnectionAndThePlace) {
    Fixture fixture;
    const auto stream = fixture.listen({.kinds = {management::Kind::kAgent}});
    fixture.put_rule();
    fixture.clock.advance(std::chrono::milliseconds{14'999});
    fixture.hub.step();
    EXPECT_EQ(taken(*stream), "");
    fixture.clock.advance(std::chrono::milliseconds{1});
    fixture.hub.step();
    fixture.hub.step();
    EXPECT_EQ(taken(*stream), ": heartbeat\nid: 1\n\n");
    fixture.clock.advance(std::chrono::milliseconds{15'000});
    fixture.hub.step();
    EXPECT_EQ(taken(*stream), ": heartbeat\nid: 1\n\n");
}

TEST(EventHub, ASlowClientFallsBehindAndMissesNothing) {
    constexpr std::size_t kRoom = 1'000;  // a few events
    Fixture fixture({.waiting_bytes_max = kRoom});
    const auto slow = fixture.listen();
    const auto quick = fixture.listen();
    std::vector<store::SequenceNumber> seen_by_slow;
    std::vector<store::SequenceNumber> seen_by_quick;
    const auto read = [](net::BodyStream& stream, auto& seen) {
        const auto more = ids(taken(stream));
        seen.insert(seen.end(), more.begin(), more.end());
    };
    for (int i = 0; i < 100; ++i) {
        fixture.put_rule(i);
        fixture.hub.step();
        read(*quick, seen_by_quick);
    }
    EXPECT_EQ(seen_by_quick.size(), 100U);
    EXPECT_FALSE(slow->is_closed());
    EXPECT_EQ(fixture.hub.step(), EventHub::Next::kBlocked);
    while (seen_by_slow.size() < 100) {
        read(*slow, seen_by_slow);
        fixture.hub.step();
    }
    EXPECT_EQ(seen_by_slow, seen_by_quick);
}

TEST(EventHub, TakesOnlySoManyListeners) {
    Fixture fixture({.listeners_max = 2});
    const auto one = fixture.listen();
    const auto two = fixture.listen();
    EXPECT_EQ(fixture.hub.listeners(), 2U);
    const auto refused = fixture.hub.listen({});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
    one->close();  // its client is gone
    fixture.hub.step();
    EXPECT_EQ(fixture.hub.listeners(), 1U);
    EXPECT_TRUE(fixture.hub.listen({}));
}

TEST(EventHub, EndsTheStreamOfWhoIsNoLongerWelcome) {
    Fixture fixture;
    bool is_welcome = true;
    const auto stream = fixture.listen({.is_welcome = [&] { return is_welcome; }});
    fixture.clock.advance(std::chrono::seconds{1});
    fixture.hub.step();
    EXPECT_EQ(fixture.hub.listeners(), 1U);
    is_welcome = false;
    fixture.clock.advance(std::chrono::seconds{1});
    fixture.put_rule();
    fixture.hub.step();
    EXPECT_EQ(fixture.hub.listeners(), 0U);
    const auto last = stream->take(1'000);
    EXPECT_TRUE(last.is_last);
    EXPECT_EQ(last.bytes, "") << "not told of what it may no longer see";
}

TEST(EventHub, CostsACommitNothingWhileNobodyListens) {
    Fixture fixture;
    fixture.hub.start();
    const auto stream = fixture.listen();
    stream->close();
    while (fixture.hub.listeners() > 0) {
        fixture.put_rule();  // wakes the hub, which sees that the client is gone
    }
    const int before = fixture.store.log_reads;
    for (int i = 0; i < 100; ++i) {
        fixture.put_rule(i);
    }
    EXPECT_EQ(fixture.store.log_reads, before);
}

TEST(EventHub, ALogThatCannotBeReadIsReadLater) {
    Fixture fixture;
    const auto stream = fixture.listen();
    fixture.put_rule();
    fixture.store.is_broken = true;
    EXPECT_EQ(fixture.hub.step(), EventHub::Next::kIdle);
    fixture.store.is_broken = false;
    fixture.hub.step();
    EXPECT_THAT(ids(taken(*stream)), ElementsAre(1));
}

TEST(EventHub, StopsWithAllStreamsWhole) {
    Fixture fixture;
    fixture.hub.start();
    const auto stream = fixture.listen();
    fixture.hub.stop();
    EXPECT_TRUE(stream->take(1'000).is_last);
    EXPECT_EQ(fixture.hub.listeners(), 0U);
    EXPECT_EQ(fixture.hub.listen({}).error().code, ErrorCode::kUnavailable);
    fixture.put_rule();
}

// Clients that come back again and again while writers write: between them they see each change
// once, in order.
TEST(EventHub, BetweenTheLogAndNowThereIsNoSeam) {
    Fixture fixture;
    fixture.hub.start();
    constexpr store::SequenceNumber kChanges = 3'000;
    std::jthread writer([&] {
        for (store::SequenceNumber i = 0; i < kChanges; ++i) {
            fixture.put_rule(static_cast<int>(i));
        }
    });
    const auto follow = [&fixture](std::size_t events_a_visit) {
        store::SequenceNumber position = 0;
        while (position < kChanges) {
            const auto stream = fixture.listen({.after = position});
            std::mutex mutex;
            std::condition_variable ready;
            bool is_ready = true;
            stream->on_ready([&] {
                const std::lock_guard lock(mutex);
                is_ready = true;
                ready.notify_one();
            });
            for (std::size_t seen = 0; seen < events_a_visit && position < kChanges;) {
                std::unique_lock lock(mutex);
                ready.wait(lock, [&] { return std::exchange(is_ready, false); });
                lock.unlock();
                for (const auto id : ids(taken(*stream))) {
                    ASSERT_EQ(id, position + 1);
                    position = id;
                    ++seen;
                }
            }
            stream->close();
        }
    };
    std::jthread often([&] { follow(7); });
    std::jthread seldom([&] { follow(1'000); });
}

TEST(EventQuery, IsReadFromTheRequest) {
    const auto parse = [](const char* target, const char* last_event_id) {
        net::Request request;
        request.method = "GET";
        request.target = target;
        if (last_event_id != nullptr) {
            request.headers = {{"last-event-id", last_event_id}};
        }
        return parse_event_query(request);
    };
    using enum management::Kind;
    EXPECT_FALSE(parse("/events", nullptr)->after);
    EXPECT_THAT(parse("/events", nullptr)->kinds, ElementsAre());
    EXPECT_EQ(parse("/events", "4711")->after, 4711);
    EXPECT_EQ(parse("/prod/events?after=5", nullptr)->after, 5);
    EXPECT_EQ(parse("/events?after=5", "4711")->after, 4711) << "a browser that comes back";
    EXPECT_EQ(parse("/events?after=0", nullptr)->after, 0);
    EXPECT_THAT(parse("/events?kind=routing%2Cagents", nullptr)->kinds, ElementsAre(kRule, kAgent));
    EXPECT_THAT(parse("/events?kind=business-hours", nullptr)->kinds, ElementsAre(kHours));
    for (const auto& [target, id] :
         {std::pair{"/events", "-1"}, std::pair{"/events", "4711x"},
          std::pair{"/events", "99999999999999999999"}, std::pair{"/events?after=x", ""}}) {
        const auto wrong = parse(target, id);
        ASSERT_FALSE(wrong) << target << id;
        EXPECT_THAT(wrong.error().message,
                    AllOf(HasSubstr("Last-Event-ID"), Not(HasSubstr("999"))));
    }
    for (const char* target : {"/events?kind=rules", "/events?kind=routing,", "/events?kind=,"}) {
        const auto wrong = parse(target, nullptr);
        ASSERT_EQ(wrong.has_value(), std::string_view(target) == "/events?kind=routing,") << target;
        if (!wrong) {
            EXPECT_EQ(wrong.error().code, ErrorCode::kInvalidInput);
            EXPECT_THAT(wrong.error().message, HasSubstr("kind is"));
        }
    }
}

}  // namespace
}  // namespace meridian::api
