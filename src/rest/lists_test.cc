// Pages of lists.
#include <gtest/gtest.h>

#include <set>

#include "rest/asking_for_tests.h"

namespace meridian::rest {
namespace {

using management::Kind;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Lists : public testing::Test {
  protected:
    // Follows "next" to the end; `key` names what is collected of the items.
    [[nodiscard]] std::vector<std::string> all(const std::string& target, std::string_view key,
                                               std::size_t pages_max = 1'000) const {
        std::vector<std::string> found;
        std::string next;
        for (std::size_t pages = 0; pages < pages_max; ++pages) {
            const auto page = region_.ask(
                "GET", next.empty() ? target
                                    : target + (target.contains('?') ? "&" : "?") + "next=" + next);
            EXPECT_EQ(page.status, 200) << page.response.body;
            for (int i = 0; page.at("items/" + std::to_string(i)) != "-"; ++i) {
                found.push_back(page.text("items/" + std::to_string(i) + "/" + std::string(key)));
            }
            next = page.text("next");
            if (next == "-") {
                return found;
            }
        }
        ADD_FAILURE() << "no end after " << pages_max << " pages";
        return found;
    }

    void add_rule(const std::string& number, const std::string& region,
                  const std::string& more = "") const {
        region_.store_item(Kind::kRule, R"({"phoneNumber":")" + number + R"(","region":")" +
                                            region + "\"" + more + "}");
    }

    TestRegion region_;
};

TEST_F(Lists, EmptyOnes) {
    for (const auto* path : {"/routing", "/business-hours", "/agents"}) {
        EXPECT_EQ(region_.ask("GET", path).response.body, R"({"items":[]})") << path;
    }
}

TEST_F(Lists, RulesAreSortedAndFiltered) {
    for (const auto* number : {"+1900", "+1800", "+18005", "+44"}) {
        add_rule(number, "us-east-1");
    }
    add_rule("+1800", "eu-west-1", R"(,"custom":{"kept":[1,null]})");
    for (const auto* limit : {"1", "2", "3", "1000"}) {
        const std::string target = std::string("/routing?limit=") + limit;
        EXPECT_THAT(all(target, "phoneNumber"),
                    ElementsAre("+1800", "+1800", "+18005", "+1900", "+44"));
        EXPECT_THAT(all(target + "&region=us-east-1", "phoneNumber"),
                    ElementsAre("+1800", "+18005", "+1900", "+44"));
        EXPECT_THAT(all(target + "&prefix=%2B18", "region"),
                    ElementsAre("eu-west-1", "us-east-1", "us-east-1"));
        EXPECT_THAT(all(target + "&prefix=+18005&region=us-east-1", "phoneNumber"),
                    ElementsAre("+18005"));
        EXPECT_THAT(all(target + "&prefix=+7", "phoneNumber"), IsEmpty());
    }
    EXPECT_EQ(region_.ask("GET", "/routing?limit=1").at("items/0/custom"), R"({"kept":[1,null]})");
}

// As the function on AWS does it: in the table's order, and each rule once.
TEST_F(Lists, RulesComeOnceEachWhereNobodyKeepsThem) {
    for (const auto* number : {"+1900", "+1800", "+18005", "+44"}) {
        add_rule(number, "us-east-1");
    }
    add_rule("+1800", "eu-west-1");
    auto parts = region_.parts();
    parts.snapshot = nullptr;
    const ManagementApi api(parts);
    const auto ask = [&api](std::string_view target) {
        return api.handle({.method = "GET", .target = target, .headers = {}, .body = {}}, {}).body;
    };
    struct Case {
        std::string filter;
        std::set<std::string> found;
    };
    const Case cases[] = {
        {"",
         {"+1900us-east-1", "+1800us-east-1", "+1800eu-west-1", "+18005us-east-1", "+44us-east-1"}},
        {"&prefix=%2B1800", {"+1800us-east-1", "+1800eu-west-1", "+18005us-east-1"}},
        {"&region=eu-west-1", {"+1800eu-west-1"}},
        {"&prefix=%2B18005&region=us-east-1", {"+18005us-east-1"}},
        {"&prefix=%2B7", {}},
    };
    for (const auto& c : cases) {
        for (const auto* limit : {"1", "2", "1000"}) {
            std::multiset<std::string> found;
            std::string next;
            do {
                const auto page = item::parse_plain_json(
                    ask("/routing?limit=" + std::string(limit) + c.filter + next));
                ASSERT_TRUE(page);
                const auto& map = *page->as<item::Map>();
                for (const auto& item : *item::find(map, "items")->as<item::List>()) {
                    const auto& rule = *item.as<item::Map>();
                    found.insert(*item::find(rule, "phoneNumber")->as<std::string>() +
                                 *item::find(rule, "region")->as<std::string>());
                }
                const auto* more = item::find(map, "next");
                next = more == nullptr ? "" : "&next=" + *more->as<std::string>();
            } while (!next.empty());
            EXPECT_EQ(found, std::multiset<std::string>(c.found.begin(), c.found.end()))
                << c.filter << " " << limit;
        }
    }
    EXPECT_THAT(ask("/lint"), HasSubstr(R"("rules":5)"));
}

TEST_F(Lists, IdsComeOnceEachAndFiltered) {
    std::set<std::string> ids;
    for (int i = 0; i < 60; ++i) {
        const auto id = (i % 3 == 0 ? "US_" : "EU_") + std::to_string(i);
        ids.insert(id);
        region_.store_item(Kind::kHours, R"({"regionId":")" + id + "\"}");
        region_.store_item(Kind::kAgent, R"({"agentId":")" + id + "\"}");
    }
    for (const auto* limit : {"1", "7", "59", "60", "1000"}) {
        for (const auto& [path, key] :
             {std::pair{"/business-hours", "regionId"}, std::pair{"/agents", "agentId"}}) {
            const auto target = std::string(path) + "?limit=" + limit;
            const auto found = all(target, key);
            EXPECT_EQ(found.size(), ids.size());
            EXPECT_EQ(std::set(found.begin(), found.end()), ids);
            const auto of_us = all(target + "&prefix=US_", key);
            EXPECT_EQ(of_us.size(), 20U) << target;
            EXPECT_TRUE(std::ranges::all_of(
                of_us, [](const std::string& id) { return id.starts_with("US_"); }));
        }
    }
}

TEST_F(Lists, PagesEndAtAMegabyte) {
    const auto filler = R"(,"note":")" + std::string(150'000, 'x') + "\"";
    for (int i = 0; i < 40; ++i) {
        add_rule("+1800" + std::to_string(1000 + i), "us-east-1", filler);
        region_.store_item(Kind::kAgent,
                           R"({"agentId":"a)" + std::to_string(i) + "\"" + filler + "}");
    }
    for (const auto& [target, key] : {std::pair{"/routing?limit=1000", "phoneNumber"},
                                      std::pair{"/agents?limit=1000", "agentId"},
                                      std::pair{"/agents?limit=1000&prefix=a", "agentId"}}) {
        const auto page = region_.ask("GET", target);
        EXPECT_LT(page.response.body.size(), 1'400'000U) << target;
        EXPECT_NE(page.at("next"), "-") << target;
        EXPECT_EQ(all(target, key).size(), 40U) << target;
    }
}

// What comes between two pages neither hides nor repeats the rest.
TEST_F(Lists, GoOnWhereTheyWereThoughThatIsDeleted) {
    for (const auto* number : {"+11", "+12", "+13"}) {
        add_rule(number, "us-east-1");
        region_.store_item(Kind::kAgent, R"({"agentId":")" + std::string(number) + "\"}");
    }
    for (const auto& [path, item] :
         {std::pair{"/routing", "/routing/+11/us-east-1"}, std::pair{"/agents", ""}}) {
        const auto first = region_.ask("GET", std::string(path) + "?limit=1");
        const std::string gone = *item != '\0' ? item : "/agents/" + first.text("items/0/agentId");
        ASSERT_EQ(region_.ask("DELETE", gone).status, 200) << gone;
        const auto rest = region_.ask("GET", std::string(path) + "?next=" + first.text("next"));
        EXPECT_NE(rest.at("items/1"), "-") << rest.response.body;
        EXPECT_EQ(rest.at("items/2"), "-");
    }
}

TEST_F(Lists, RefuseWrongLimitsAndTokens) {
    add_rule("+11", "us-east-1");
    add_rule("+12", "us-east-1");
    const auto token = region_.ask("GET", "/routing?limit=1").text("next");
    for (const auto& target :
         {std::string("/routing?limit=0"), std::string("/routing?limit=1001"),
          std::string("/agents?limit=x"), std::string("/routing?next=zzz"),
          std::string("/routing?next="), "/agents?next=" + token, "/routing?next=" + token + "A"}) {
        EXPECT_EQ(region_.ask("GET", target).status, 400) << target;
    }
    EXPECT_THAT(region_.ask("GET", "/routing?next=zzz").text("message"), HasSubstr("'next'"));
    EXPECT_EQ(region_.ask("GET", "/agents?region=us-east-1").status, 400) << "agents have several";
}

}  // namespace
}  // namespace meridian::rest
