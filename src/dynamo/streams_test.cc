// Streams over the protocol, from the request's JSON to the answer's.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/check.h"
#include "dynamo/shard_iterator.h"
#include "dynamo/stream_operations.h"
#include "dynamo/stream_starts.h"
#include "dynamo/world_for_tests.h"
#include "store/rocksdb/rocksdb_store.h"
#include "store/rocksdb/temporary_folder.h"

namespace meridian::dynamo {
namespace {

using boost::json::object;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view kLabel = "2026-11-29T21:00:00.123";
const std::string kArn =
    "arn:aws:dynamodb:us-east-1:000000000000:table/Orders/stream/" + std::string(kLabel);

TableDescription orders(StreamView view = StreamView::kNewAndOldImages) {
    TableDescription table;
    table.id = "00000000-0000-4000-8000-000000000001";
    table.name = "Orders";
    table.key = {{"pk", item::KeyType::kString}, item::KeyAttribute{"sk", item::KeyType::kNumber}};
    table.regions = {"us-east-1"};
    table.streams = {{.view = view, .label = std::string(kLabel), .enabled = true}};
    return table;
}

struct StreamsTest : testing::Test {
    std::unique_ptr<TestService> service = std::make_unique<TestService>();
    TableDescription table = orders();

    void SetUp() override {
        CHECK(store().create_table(streams_table()));
        // What was written before the stream was switched on is in none of its records.
        service->add(table);
        put("before", 0);
        begin(table, kLabel);
    }

    [[nodiscard]] store::ReplicaStore& store() const { return service->store(); }
    void begin(const TableDescription& of, std::string_view label) const {
        CHECK(write_stream_span(store(), of.id, label,
                                {store().log_id(), store().last_sequence(), std::nullopt}));
    }
    void end(const TableDescription& of, std::string_view label) const {
        auto span = read_stream_span(store(), of.id, label).value().value();
        span.through = store().last_sequence();
        CHECK(write_stream_span(store(), of.id, label, span));
    }
    void switch_off() {
        table.streams.back().enabled = false;
        service->add(table);
        end(table, table.streams.back().label);
    }

    void put(const std::string& pk, std::int64_t n) const {
        const auto outcome = store().write(
            {"Orders",
             store::PutItem{{{"pk", pk}, {"sk", item::Number(1)}, {"n", item::Number(n)}}},
             std::nullopt});
        ASSERT_FALSE(outcome.error) << outcome.error->message;
    }
    void erase(const std::string& pk) const {
        ASSERT_FALSE(store()
                         .write({"Orders", store::DeleteItem{{{"pk", pk}, {"sk", item::Number(1)}}},
                                 std::nullopt})
                         .error);
    }

    // ---- Calls

    [[nodiscard]] static std::string target(std::string_view operation) {
        return "DynamoDBStreams_20120810." + std::string(operation);
    }
    [[nodiscard]] object ok(std::string_view operation, const object& parameters) const {
        const auto answer = service->target(target(operation), boost::json::serialize(parameters));
        EXPECT_EQ(answer.status, 200) << answer.body;
        return boost::json::parse(answer.body).as_object();
    }
    [[nodiscard]] std::string error(std::string_view operation, const object& parameters) const {
        const auto answer = service->target(target(operation), boost::json::serialize(parameters));
        EXPECT_EQ(answer.status, 400) << answer.body;
        const auto json = boost::json::parse(answer.body).as_object();
        return answer.error_type + ": " + std::string(json.at("message").as_string());
    }
    [[nodiscard]] object describe() const {
        return ok("DescribeStream", {{"StreamArn", kArn}}).at("StreamDescription").as_object();
    }
    [[nodiscard]] object shard() const { return describe().at("Shards").at(0).as_object(); }
    [[nodiscard]] object iterator_parameters(std::string_view type,
                                             std::string_view sequence = {}) const {
        object parameters{
            {"StreamArn", kArn}, {"ShardId", shard().at("ShardId")}, {"ShardIteratorType", type}};
        if (!sequence.empty()) {
            parameters["SequenceNumber"] = sequence;
        }
        return parameters;
    }
    [[nodiscard]] std::string iterator(std::string_view type,
                                       std::string_view sequence = {}) const {
        const auto answer = ok("GetShardIterator", iterator_parameters(type, sequence));
        return std::string(answer.at("ShardIterator").as_string());
    }
    struct Page {
        std::vector<std::string> records;  // "INSERT a"
        std::vector<std::string> sequences;
        std::optional<std::string> next;
    };
    [[nodiscard]] Page read(std::string_view from, int limit = 1000) const {
        const auto answer = ok("GetRecords", {{"ShardIterator", from}, {"Limit", limit}});
        Page page;
        for (const auto& value : answer.at("Records").as_array()) {
            const auto& change = value.at("dynamodb").as_object();
            page.records.push_back(std::string(value.at("eventName").as_string()) + " " +
                                   std::string(change.at("Keys").at("pk").at("S").as_string()));
            page.sequences.emplace_back(change.at("SequenceNumber").as_string());
        }
        if (const auto* next = answer.if_contains("NextShardIterator")) {
            page.next = std::string(next->as_string());
        }
        return page;
    }
};

// ---- ListStreams

TEST_F(StreamsTest, AreListed) {
    const auto answer = service->target(target("ListStreams"), "{}");
    EXPECT_EQ(answer.body, R"({"Streams":[{"StreamArn":")" + kArn + R"(","StreamLabel":")" +
                               std::string(kLabel) + R"(","TableName":"Orders"}]})");
    EXPECT_EQ(ok("ListStreams", {{"TableName", "Orders"}}).at("Streams").as_array().size(), 1U);
    EXPECT_EQ(ok("ListStreams", {{"TableName", "None"}}).at("Streams").as_array().size(), 0U);
}

TEST_F(StreamsTest, AreListedInPagesTheNewestFirst) {
    for (int i = 0; i < 4; ++i) {
        auto more = orders();
        more.name = "T" + std::to_string(i) + "x";
        more.id = more.name;
        more.streams.front().label = "2026-11-29T21:00:0" + std::to_string(i + 1) + ".000";
        service->add(more);
        begin(more, more.streams.front().label);
    }
    std::vector<std::string> names;
    object parameters{{"Limit", 2}};
    int pages = 0;
    while (true) {
        const auto page = ok("ListStreams", parameters);
        ++pages;
        for (const auto& stream : page.at("Streams").as_array()) {
            names.emplace_back(stream.at("TableName").as_string());
        }
        const auto* last = page.if_contains("LastEvaluatedStreamArn");
        if (last == nullptr) {
            break;
        }
        EXPECT_EQ(*last, page.at("Streams").as_array().back().at("StreamArn"));
        parameters["ExclusiveStartStreamArn"] = *last;
    }
    EXPECT_THAT(names, ElementsAre("T3x", "T2x", "T1x", "T0x", "Orders"));
    EXPECT_EQ(pages, 3);
}

TEST_F(StreamsTest, ListRefusesWhatIsNoPlace) {
    EXPECT_EQ(error("ListStreams", {{"Limit", 0}}),
              "ValidationException: 1 validation error detected: Value '0' at 'limit' failed to "
              "satisfy constraint: Member must have value greater than or equal to 1");
    EXPECT_EQ(error("ListStreams", {{"Limit", 101}}),
              "ValidationException: 1 validation error detected: Value '101' at 'limit' failed to "
              "satisfy constraint: Member must have value less than or equal to 100");
    EXPECT_EQ(error("ListStreams", {{"ExclusiveStartStreamArn",
                                     "kossapaaasdafsdaasdasdasdasasdasfadfadfasdasdas"}}),
              "ValidationException: Invalid StreamArn");
}

// ---- DescribeStream

TEST_F(StreamsTest, AreDescribed) {
    put("a", 1);
    const auto shard_is = "shardId-00000001795986000123-";
    auto described = describe();
    const auto id = std::string(described.at("Shards").at(0).at("ShardId").as_string());
    EXPECT_EQ(id.find(shard_is), 0U) << id;
    EXPECT_LE(id.size(), 65U);
    const auto answer =
        service->target(target("DescribeStream"), R"({"StreamArn":")" + kArn + R"("})");
    EXPECT_EQ(
        answer.body,
        R"({"StreamDescription":{"CreationRequestDateTime":1795986000.123,"KeySchema":[)"
        R"({"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}],)"
        R"("Shards":[{"ShardId":")" +
            id +
            R"(","SequenceNumberRange":{"StartingSequenceNumber":"100000000000000000002"}}],)"
            R"("StreamArn":")" +
            kArn +
            R"(","StreamLabel":"2026-11-29T21:00:00.123","StreamStatus":"ENABLED",)"
            R"("StreamViewType":"NEW_AND_OLD_IMAGES","TableName":"Orders"}})");
}

TEST_F(StreamsTest, AreDescribedShardByShard) {
    const auto id = shard().at("ShardId");
    const auto shards = [&](object parameters) {
        parameters["StreamArn"] = kArn;
        return ok("DescribeStream", parameters).at("StreamDescription").at("Shards").as_array();
    };
    EXPECT_THAT(shards({{"Limit", 10}}), SizeIs(1));
    EXPECT_THAT(shards({{"ExclusiveStartShardId", id}}), IsEmpty());
    EXPECT_THAT(shards({{"ExclusiveStartShardId", "shardId-00000000000000000000-0"}}), SizeIs(1));
    EXPECT_THAT(
        shards({{"ExclusiveStartShardId", "zzzzzzzzzzzzzzzzzzzzzzzzsfasdgagadfadfgagkjsdfsf"}}),
        IsEmpty());
    EXPECT_THAT(shards({{"ShardFilter", object{{"Type", "CHILD_SHARDS"}, {"ShardId", id}}}}),
                IsEmpty());
}

TEST_F(StreamsTest, AreNotDescribedWhenThereAreNone) {
    EXPECT_EQ(error("DescribeStream", {{"StreamArn", "sdfadfsdfnlfkajakfgjalksfgklasjklasdjfk"}}),
              "ValidationException: Invalid StreamArn");
    for (const auto& arn : {kArn + "4",
                            std::string("arn:aws:dynamodb:us-east-1:000000000000:table/"
                                        "None/stream/2026-11-29T21:00:00.123"),
                            std::string("arn:aws:dynamodb:eu-west-1:000000000000:table/Orders/"
                                        "stream/2026-11-29T21:00:00.123")}) {
        EXPECT_EQ(error("DescribeStream", {{"StreamArn", arn}}),
                  "ResourceNotFoundException: Requested resource not found: Stream: " + arn +
                      " not found");
    }
}

// Between CreateTable in one region and its arrival in the keeper of another one.
TEST_F(StreamsTest, AreBeingEnabledUntilTheirStartIsKnown) {
    auto young = orders();
    young.id = "young";
    service->add(young);
    const auto described = describe();
    EXPECT_EQ(described.at("StreamStatus"), "ENABLING");
    EXPECT_THAT(described.at("Shards").as_array(), IsEmpty());
}

// ---- GetShardIterator

TEST_F(StreamsTest, AreReadFromEachKindOfPlace) {
    put("a", 1);
    put("b", 1);
    const auto latest = iterator("LATEST");
    put("c", 1);
    const auto all = read(iterator("TRIM_HORIZON"));
    EXPECT_THAT(all.records, ElementsAre("INSERT a", "INSERT b", "INSERT c"));
    EXPECT_THAT(read(latest).records, ElementsAre("INSERT c"));
    EXPECT_THAT(read(iterator("AT_SEQUENCE_NUMBER", all.sequences[1])).records,
                ElementsAre("INSERT b", "INSERT c"));
    EXPECT_THAT(read(iterator("AFTER_SEQUENCE_NUMBER", all.sequences[1])).records,
                ElementsAre("INSERT c"));
    EXPECT_THAT(read(iterator("AFTER_SEQUENCE_NUMBER", all.sequences[2])).records, IsEmpty());
    const auto start = shard().at("SequenceNumberRange").at("StartingSequenceNumber").as_string();
    EXPECT_THAT(read(iterator("AT_SEQUENCE_NUMBER", start)).records, SizeIs(3));
}

TEST_F(StreamsTest, GiveNoIteratorForWhatIsNoPlace) {
    for (const auto* type : {"AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"}) {
        EXPECT_EQ(error("GetShardIterator", iterator_parameters(type)),
                  "ValidationException: SequenceNumber must be provided for ShardIteratorType " +
                      std::string(type));
    }
    for (const auto* type : {"TRIM_HORIZON", "LATEST"}) {
        EXPECT_EQ(
            error("GetShardIterator", iterator_parameters(type, "100000000000000000002")),
            "ValidationException: SequenceNumber must not be provided for ShardIteratorType " +
                std::string(type));
    }
    EXPECT_EQ(error("GetShardIterator",
                    iterator_parameters("AT_SEQUENCE_NUMBER", "199999999999999999999")),
              "ValidationException: Invalid SequenceNumber");
    EXPECT_EQ(error("GetShardIterator",
                    iterator_parameters("AT_SEQUENCE_NUMBER", "sdfsafglldfngjdafnasdflgnaldkl")),
              "ValidationException: Invalid SequenceNumber");
    // Before the stream was switched on.
    EXPECT_EQ(error("GetShardIterator",
                    iterator_parameters("AT_SEQUENCE_NUMBER", "100000000000000000001")),
              "TrimmedDataAccessException: The data you are trying to access has been trimmed");
    auto parameters = iterator_parameters("LATEST");
    parameters["ShardId"] = "adfasdasdasdasdasdasdasdasdasasdasd";
    EXPECT_EQ(error("GetShardIterator", parameters),
              "ResourceNotFoundException: Requested resource not found: Shard does not exist");
    EXPECT_EQ(
        error("GetShardIterator", iterator_parameters("bulle")),
        "ValidationException: 1 validation error detected: Value 'bulle' at 'shardIteratorType' "
        "failed to satisfy constraint: Member must satisfy enum value set: [AFTER_SEQUENCE_NUMBER, "
        "LATEST, AT_SEQUENCE_NUMBER, TRIM_HORIZON]");
}

// ---- GetRecords

TEST_F(StreamsTest, ShowEachChangeOfAnItemOnceAndInOrder) {
    put("a", 1);
    put("a", 1);  // leaves it as it was
    put("a", 2);
    erase("a");
    erase("a");  // there was nothing
    put("a", 3);
    const auto page = read(iterator("TRIM_HORIZON"));
    EXPECT_THAT(page.records, ElementsAre("INSERT a", "MODIFY a", "REMOVE a", "INSERT a"));
    EXPECT_TRUE(std::ranges::is_sorted(page.sequences));
    ASSERT_TRUE(page.next);
    EXPECT_THAT(read(*page.next).records, IsEmpty());
    put("a", 4);
    EXPECT_THAT(read(*page.next).records, ElementsAre("MODIFY a"));
}

TEST_F(StreamsTest, ShowNothingOfOtherTables) {
    auto other = orders();
    other.name = "Other";
    other.id = "other";
    service->add(other);
    for (int i = 0; i < 500; ++i) {
        ASSERT_FALSE(store()
                         .write({"Other", store::PutItem{{{"pk", "x"}, {"sk", item::Number(i)}}},
                                 std::nullopt})
                         .error);
    }
    put("a", 1);
    EXPECT_THAT(read(iterator("TRIM_HORIZON")).records, ElementsAre("INSERT a")) << "in one call";
}

TEST_F(StreamsTest, ComeInPages) {
    for (int i = 0; i < 7; ++i) {
        put("k" + std::to_string(i), i);
    }
    std::vector<std::string> seen;
    auto next = std::optional(iterator("TRIM_HORIZON"));
    std::vector<std::size_t> sizes;
    while (true) {
        const auto page = read(*next, 3);
        if (page.records.empty()) {
            break;
        }
        sizes.push_back(page.records.size());
        std::ranges::copy(page.records, std::back_inserter(seen));
        next = page.next;
    }
    EXPECT_THAT(sizes, ElementsAre(3, 3, 1));
    EXPECT_THAT(seen, ElementsAre("INSERT k0", "INSERT k1", "INSERT k2", "INSERT k3", "INSERT k4",
                                  "INSERT k5", "INSERT k6"));
    EXPECT_EQ(error("GetRecords", {{"ShardIterator", *next}, {"Limit", 1001}}),
              "ValidationException: 1 validation error detected: Value '1001' at 'limit' failed to "
              "satisfy constraint: Member must have value less than or equal to 1000");
}

TEST_F(StreamsTest, PagesEndAtOneMegabyte) {
    const std::string large(300'000, 'x');
    for (int i = 0; i < 6; ++i) {
        ASSERT_FALSE(
            store()
                .write({"Orders",
                        store::PutItem{{{"pk", "large"}, {"sk", item::Number(i)}, {"text", large}}},
                        std::nullopt})
                .error);
    }
    std::vector<std::size_t> sizes;
    auto page = read(iterator("TRIM_HORIZON"));
    while (!page.records.empty()) {
        sizes.push_back(page.records.size());
        page = read(*page.next);
    }
    EXPECT_THAT(sizes, ElementsAre(3, 3));
}

TEST_F(StreamsTest, RefuseIteratorsThatAreNotTheirs) {
    EXPECT_EQ(error("GetRecords",
                    {{"ShardIterator", "sdfsdfsgagaddafgagasgasgasdfasdfasdfasdfasdgasdasdgasdg"}}),
              "ValidationException: Invalid ShardIterator");
    const auto text = iterator("TRIM_HORIZON");
    service->clock.advance(kIteratorAge);
    EXPECT_THAT(read(text).records, IsEmpty());
    service->clock.advance(std::chrono::milliseconds{1});
    EXPECT_EQ(error("GetRecords", {{"ShardIterator", text}}),
              "ExpiredIteratorException: Iterator expired");
    // Of a log that was lost, or of another region.
    auto foreign = *parse_shard_iterator(iterator("TRIM_HORIZON"));
    foreign.log = store::LogId{1};
    EXPECT_EQ(error("GetRecords", {{"ShardIterator", to_text(foreign)}}),
              "ExpiredIteratorException: Iterator expired");
}

// ---- Streams that were switched off

TEST_F(StreamsTest, StayReadableWhenTheyAreSwitchedOff) {
    put("a", 1);
    put("b", 1);
    const auto before = iterator("TRIM_HORIZON");
    switch_off();
    put("after", 1);
    const auto described = describe();
    EXPECT_EQ(described.at("StreamStatus"), "DISABLED");
    const auto range = described.at("Shards").at(0).at("SequenceNumberRange").as_object();
    for (const auto& from : {before, iterator("TRIM_HORIZON")}) {
        const auto first = read(from, 1);
        EXPECT_THAT(first.records, ElementsAre("INSERT a"));
        ASSERT_TRUE(first.next);
        const auto last = read(*first.next);
        EXPECT_THAT(last.records, ElementsAre("INSERT b"));
        EXPECT_FALSE(last.next) << "the shard ends here";
        EXPECT_EQ(range.at("EndingSequenceNumber").as_string(), last.sequences.back());
    }
    EXPECT_EQ(ok("ListStreams", {{"TableName", "Orders"}}).at("Streams").as_array().size(), 1U);
    EXPECT_THAT(read(iterator("LATEST")).records, IsEmpty());
}

TEST_F(StreamsTest, BeginAnewWhenTheyAreSwitchedOnAgain) {
    put("a", 1);
    switch_off();
    put("between", 1);
    const std::string second = "2026-11-29T22:00:00.000";
    table.streams.push_back({StreamView::kKeysOnly, second, true});
    service->add(table);
    begin(table, second);
    put("b", 1);
    EXPECT_THAT(read(iterator("TRIM_HORIZON")).records, ElementsAre("INSERT a"));
    EXPECT_EQ(ok("ListStreams", {{"TableName", "Orders"}}).at("Streams").as_array().size(), 2U);
    auto parameters = iterator_parameters("TRIM_HORIZON");
    const auto arn = "arn:aws:dynamodb:us-east-1:000000000000:table/Orders/stream/" + second;
    parameters["StreamArn"] = arn;
    parameters["ShardId"] = ok("DescribeStream", {{"StreamArn", arn}})
                                .at("StreamDescription")
                                .at("Shards")
                                .at(0)
                                .at("ShardId");
    const auto page = read(ok("GetShardIterator", parameters).at("ShardIterator").as_string());
    EXPECT_THAT(page.records, ElementsAre("INSERT b"));
}

TEST_F(StreamsTest, StayReadableWhenTheirTableIsDeleted) {
    put("a", 1);
    table.deleted = true;
    service->add(table);
    EXPECT_EQ(describe().at("StreamStatus"), "DISABLED");
    const auto page = read(iterator("TRIM_HORIZON"));
    EXPECT_THAT(page.records, ElementsAre("INSERT a"));
}

// ---- Over what is on a disk

TEST(StreamsOnDisk, GoOnAfterARestartAndAreTrimmedWithTheLog) {
    store::TemporaryFolder folder;
    ManualClock clock{Instant{std::chrono::milliseconds{1'795'986'000'123}}};
    auto table = orders();
    std::unique_ptr<TestService> service;
    const auto open = [&](std::uint64_t kept) {
        service.reset();
        auto opened = store::open_rocksdb_store(
            {.folder = folder.path() / "s", .region = "us-east-1", .log_changes_kept = kept},
            clock);
        CHECK(opened);
        service =
            std::make_unique<TestService>(std::shared_ptr<store::ReplicaStore>(*std::move(opened)));
        service->add(table);
    };
    const auto put = [&](int n) {
        CHECK(!service->store()
                   .write({"Orders",
                           store::PutItem{
                               {{"pk", "a"}, {"sk", item::Number(1)}, {"n", item::Number(n)}}},
                           std::nullopt})
                   .error);
    };
    const auto call = [&](std::string_view operation, const object& parameters) {
        const auto answer = service->target("DynamoDBStreams_20120810." + std::string(operation),
                                            boost::json::serialize(parameters));
        return boost::json::parse(answer.body).as_object();
    };
    open(1'000'000);
    CHECK(service->store().create_table(streams_table()));
    CHECK(write_stream_span(service->store(), table.id, kLabel,
                            {service->store().log_id(), 0, std::nullopt}));
    const auto shard = call("DescribeStream", {{"StreamArn", kArn}})
                           .at("StreamDescription")
                           .at("Shards")
                           .at(0)
                           .at("ShardId");
    const object from{
        {"StreamArn", kArn}, {"ShardId", shard}, {"ShardIteratorType", "TRIM_HORIZON"}};
    auto iterator = call("GetShardIterator", from).at("ShardIterator");
    const auto first = iterator;
    std::vector<int> seen;
    for (int n = 0; n < 12; ++n) {
        put(n);
        if (n % 4 == 3) {
            open(1'000'000);  // nothing but what is durable
        }
        if (n % 3 == 1) {
            const auto page = call("GetRecords", {{"ShardIterator", iterator}});
            for (const auto& record : page.at("Records").as_array()) {
                seen.push_back(std::stoi(
                    std::string(record.at("dynamodb").at("NewImage").at("n").at("N").as_string())));
            }
            iterator = page.at("NextShardIterator");
        }
    }
    EXPECT_THAT(seen, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));

    open(2);
    for (int n = 100; service->store().trimmed() == 0 && n < 2'000; ++n) {
        put(n);
    }
    ASSERT_GT(service->store().trimmed(), 0U);
    const auto refused = call("GetRecords", {{"ShardIterator", first}});
    EXPECT_EQ(refused.at("__type"), "com.amazonaws.dynamodb.v20120810#TrimmedDataAccessException");
    const auto again = call("GetShardIterator", from).at("ShardIterator");
    EXPECT_TRUE(call("GetRecords", {{"ShardIterator", again}}).contains("Records"));
}

}  // namespace
}  // namespace meridian::dynamo
