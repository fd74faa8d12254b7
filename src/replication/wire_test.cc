#include "replication/wire.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "item/number.h"
#include "replication/frame.h"
#include "replication/parts.h"
#include "replication/wire_samples_for_tests.h"

namespace meridian::replication {
namespace {

// Messages are compared by their bytes: each has exactly one encoding.
TEST(Wire, EveryQuestionComesBackAsItWas) {
    for (const auto& question : sample_questions()) {
        const auto bytes = encode(question);
        const auto read = decode_question(bytes);
        ASSERT_TRUE(read) << question.index() << ": " << read.error().message;
        EXPECT_EQ(read->index(), question.index());
        EXPECT_EQ(encode(*read), bytes) << question.index();
        EXPECT_FALSE(decode_answer(bytes)) << "a question is no answer";
    }
}

TEST(Wire, EveryAnswerComesBackAsItWas) {
    for (const auto& answer : sample_answers()) {
        const auto bytes = encode(answer);
        const auto read = decode_answer(bytes);
        ASSERT_TRUE(read) << answer.index() << ": " << read.error().message;
        EXPECT_EQ(read->index(), answer.index());
        EXPECT_EQ(encode(*read), bytes) << answer.index();
        EXPECT_FALSE(decode_question(bytes)) << "an answer is no question";
    }
}

TEST(Wire, ChangesKeepAllThatTheySay) {
    const auto read = decode_answer(encode(Answer(sample_changes())));
    ASSERT_TRUE(read);
    const auto& changes = std::get<Changes>(*read);
    const auto expected = sample_changes();
    EXPECT_EQ(changes.log, expected.log);
    EXPECT_EQ(changes.after, expected.after);
    EXPECT_EQ(changes.part.through, expected.part.through);
    EXPECT_EQ(changes.part.tables, expected.part.tables);
    ASSERT_EQ(changes.part.changes.size(), expected.part.changes.size());
    for (std::size_t i = 0; i < changes.part.changes.size(); ++i) {
        const auto& change = changes.part.changes[i];
        EXPECT_EQ(change.sequence, expected.part.changes[i].sequence);
        EXPECT_EQ(change.at, expected.part.changes[i].at);
        EXPECT_EQ(change.item.table, expected.part.changes[i].item.table);
        EXPECT_EQ(change.item.key, expected.part.changes[i].item.key);
        EXPECT_EQ(change.item.state, expected.part.changes[i].item.state);
    }
    EXPECT_EQ(changes.mark->time, expected.mark->time);
    EXPECT_EQ(changes.mark->sequence, expected.mark->sequence);
    EXPECT_EQ(changes.last_sequence, expected.last_sequence);
    EXPECT_EQ(changes.now, expected.now);
    EXPECT_EQ(changes.oldest_waiting, expected.oldest_waiting);
    EXPECT_EQ(changes.heard, expected.heard);
}

TEST(Wire, ACutOrChangedFrameIsRefused) {
    for (const auto& answer : sample_answers()) {
        const auto bytes = encode(answer);
        for (std::size_t length = 0; length < bytes.size(); ++length) {
            EXPECT_FALSE(decode_answer(std::string_view(bytes).substr(0, length)));
        }
        EXPECT_FALSE(decode_answer(bytes + '\0'));
        for (std::size_t at = 0; at < bytes.size(); ++at) {
            auto changed = bytes;
            changed[at] = static_cast<char>(changed[at] ^ 0x10);
            EXPECT_FALSE(decode_answer(changed)) << "byte " << at;
        }
    }
}

// A payload with a good checksum, as a peer with a bug would send it.
TEST(Wire, APayloadThatEndsEarlyOrGoesOnIsRefused) {
    for (const auto& answer : sample_answers()) {
        const auto bytes = encode(answer);
        const auto frame = open_frame(bytes);
        ASSERT_TRUE(frame);
        const auto with = [&](std::string_view payload) {
            return close_frame(start_frame(frame->kind).append(payload));
        };
        ASSERT_TRUE(decode_answer(with(frame->payload)));
        EXPECT_FALSE(decode_answer(with(std::string(frame->payload) + '\0')));
        for (std::size_t length = 0; length < frame->payload.size(); ++length) {
            EXPECT_FALSE(decode_answer(with(frame->payload.substr(0, length))))
                << answer.index() << " cut at " << length;
        }
    }
}

TEST(Wire, AnotherVersionIsRefusedByName) {
    auto bytes = encode(Question(AskHello{.region = "us-east-1"}));
    bytes[4] = 9;
    const auto refused = decode_question(bytes);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kNotSupported);
    EXPECT_NE(refused.error().message.find("version 9"), std::string::npos);
    EXPECT_NE(refused.error().message.find("speaks 1"), std::string::npos);
}

TEST(Wire, WhatNoRegionCouldHaveSentIsRefused) {
    struct Case {
        const char* what;
        void (*spoil)(Changes& changes);
    };
    const Case cases[] = {
        {"a version that has seen itself",
         [](Changes& c) { c.part.changes[0].item.state.version.seen = {{{1}, "us-east-1"}}; }},
        {"a version of no time",
         [](Changes& c) { c.part.changes[0].item.state.version.stamp.time = {}; }},
        {"a region's name with a space",
         [](Changes& c) { c.part.changes[0].item.state.version.stamp.region = "us east"; }},
        {"an item of a table that isn't there", [](Changes& c) { c.part.tables.clear(); }},
        {"an item without its key",
         [](Changes& c) { c.part.changes[0].item.state.image = item::Item{{"other", "x"}}; }},
        {"a delete of another key",
         [](Changes& c) {
             c.part.changes[0].item.state.image = {};
             c.part.changes[0].item.key = {{"other", "x"}};
         }},
        {"changes out of order",
         [](Changes& c) { std::swap(c.part.changes[0], c.part.changes[1]); }},
        {"a change from before the part", [](Changes& c) { c.after = c.part.changes[0].sequence; }},
        {"a change from behind the part",
         [](Changes& c) { c.part.through = c.part.changes[0].sequence; }},
        {"a mark that no clock gives", [](Changes& c) { c.mark->time = kHybridTimeEnd; }},
        {"a time heard that no clock gives",
         [](Changes& c) { c.heard[0].through = kHybridTimeEnd; }},
        {"a nameless observer", [](Changes& c) { c.heard[0].observer.clear(); }},
        {"a table without a name", [](Changes& c) { c.part.tables[1].name.clear(); }},
    };
    for (const auto& [what, spoil] : cases) {
        auto changes = sample_changes();
        spoil(changes);
        const auto refused = decode_answer(encode(Answer(changes)));
        ASSERT_FALSE(refused) << what;
        EXPECT_EQ(refused.error().code, ErrorCode::kInvalidInput) << what;
    }
}

TEST(Wire, ALengthIsNeverTrusted) {
    for (const std::uint8_t kind :
         std::initializer_list<std::uint8_t>{1, 5, 6, 0x41, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48}) {
        auto frame = start_frame(kind);
        PartWriter out(frame);
        for (int i = 0; i < 40; ++i) {
            out.number(0x7fffffffffffffff);
        }
        const auto bytes = close_frame(std::move(frame));
        EXPECT_FALSE(decode_answer(bytes));
        EXPECT_FALSE(decode_question(bytes));
    }
}

TEST(Parts, NumbersHaveOneForm) {
    for (const std::uint64_t number :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{127}, std::uint64_t{128},
          std::uint64_t{1} << 35, ~std::uint64_t{0}}) {
        std::string bytes;
        PartWriter(bytes).number(number);
        PartReader in(bytes);
        EXPECT_EQ(in.number(), number);
        EXPECT_TRUE(in.done());
    }
    using namespace std::string_literals;
    for (const auto& bytes :
         {"\x80\x00"s, "\xff\x80\x00"s, ""s, "\x80"s, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"s,
          "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s}) {
        PartReader in(bytes);
        EXPECT_EQ(in.number(), 0U);
        EXPECT_FALSE(in.ok());
    }
}

TEST(Parts, ANameIsWrittenOnce) {
    std::string bytes;
    PartWriter out(bytes);
    for (const auto* name : {"us-east-1", "eu-west-1", "us-east-1", "eu-west-1"}) {
        out.name(name);
    }
    EXPECT_EQ(bytes.size(), 2 * 11U + 2U);
    PartReader in(bytes);
    for (const auto* name : {"us-east-1", "eu-west-1", "us-east-1", "eu-west-1"}) {
        EXPECT_EQ(in.name(), name);
    }
    EXPECT_TRUE(in.done());
    using namespace std::string_literals;
    for (const auto& twice : {"\x00\x01x\x01\x01x"s, "\x01\x01x"s, "\x05"s}) {
        PartReader bad(twice);
        bad.name();
        bad.name();
        EXPECT_FALSE(bad.ok());
    }
}

}  // namespace
}  // namespace meridian::replication
