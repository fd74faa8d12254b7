// Contract of embedded stores: what only tables have that no network is in front of.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "store/store_contract_fixture.h"

namespace meridian::store {

// DynamoDB's batches read each item as of a moment of its own.
// Two items always change together; no reader may ever see them apart.
TEST_P(EmbeddedStore, NoReaderSeesHalfATransaction) {
    constexpr int kRounds = 300;
    std::atomic<bool> done = false;
    std::atomic<int> apart = 0;
    const auto write_both = [this](std::int64_t n) {
        return store().write_all(
            {put_of(kSimple, simple("left", n)), put_of(kSimple, simple("right", n))},
            Atomicity::kAll);
    };
    std::ignore = write_both(0);
    std::jthread reader([&] {
        const std::vector<ItemRef> both{{kSimple, simple_key("left")},
                                        {kSimple, simple_key("right")}};
        while (!done) {
            const auto items = store().get_many(both);
            const bool same =
                items && (*items)[0] && (*items)[1] && (*items)[0]->at("n") == (*items)[1]->at("n");
            apart += same ? 0 : 1;
        }
    });
    for (int n = 1; n <= kRounds; ++n) {
        EXPECT_FALSE(write_both(n)[1].error);
    }
    done = true;
    reader.join();
    EXPECT_EQ(apart, 0);
}

// DynamoDB's strings are UTF-8.
TEST_P(EmbeddedStore, KeysOfAnyBytesComeBackAsTheyWere) {
    create("ByBytes", {{"b", item::KeyType::kBinary}, std::nullopt});
    const std::string texts[] = {"Zürich", std::string("a\0b", 3), "\xff\xfe bad", "\xff"};
    for (const auto& text : texts) {
        put(kSimple, {{"id", text}, {"copy", text}});
        put("ByBytes", {{"b", item::Binary{text}}, {"copy", text}});
    }
    for (const auto& text : texts) {
        EXPECT_EQ(get(kSimple, simple_key(text))->at("copy"), item::Value(text));
        EXPECT_EQ(get("ByBytes", {{"b", item::Binary{text}}})->at("copy"), item::Value(text));
    }
    for (const auto& change : log_after(0)) {
        for (const auto& [name, value] : change.key) {
            EXPECT_EQ(change.after->at(name), value);
        }
    }
}

}  // namespace meridian::store
