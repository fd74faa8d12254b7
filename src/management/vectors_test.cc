// Rule updates as data: what a right system answers to the bodies of UpdateRouting.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "management/editing_for_tests.h"

namespace meridian::management {
namespace {

item::Value read_vectors() {
    std::ifstream file(MERIDIAN_TESTDATA "/vectors/update_routing.json");
    std::stringstream text;
    text << file.rdbuf();
    return value_of(text.str());
}

const std::string& text_at(const item::Map& map, std::string_view name) {
    return *item::find(map, name)->as<std::string>();
}

// The status that the management API gives.
int status_of(const EditResult<Edited>& result) {
    struct Statuses {
        int operator()(const Invalid& invalid) const { return invalid.too_large ? 413 : 400; }
        int operator()(const Conflict&) const { return 409; }
        int operator()(const NotFound&) const { return 404; }
        int operator()(const Error& error) const { return info(error.code).http_status; }
    };
    return result ? 200 : std::visit(Statuses{}, result.error());
}

struct Answer {
    int status;
    std::int64_t version;
};

class Vectors : public Editing {
  protected:
    // Nothing: the step is no body as text, which is for those who read events.
    std::optional<Answer> make(const item::Value& step) {
        const auto* event = step.as<item::Map>();
        const auto* body = event == nullptr ? nullptr : item::find(*event, "body");
        const auto* text = body == nullptr ? nullptr : body->as<std::string>();
        if (text == nullptr || event->contains("isBase64Encoded")) {
            return std::nullopt;
        }
        auto value = item::parse_plain_json(*text);
        if (!value) {
            return Answer{info(value.error().code).http_status, 0};
        }
        const auto result = editor_.put(Kind::kRule, std::nullopt, *std::move(value), {}, caller_);
        return Answer{status_of(result), result ? version_of(result->item) : 0};
    }
};

// The last answer, in the words of the vectors.
std::string expected_last(const std::string& correct) {
    for (const auto* status : {"400", "409 for B", "one 200, one 409", "A 200, B 409"}) {
        if (correct.starts_with(status)) {
            return std::string(status).ends_with("409") ? "409" : std::string(status, 3);
        }
    }
    return correct;
}

TEST_F(Vectors, AreAnsweredAsARightSystemDoes) {
    const auto vectors = read_vectors();
    const auto& all = *item::find(*vectors.as<item::Map>(), "update_routing")->as<item::List>();
    ASSERT_EQ(all.size(), 26U);
    int bodies = 0;
    for (const auto& element : all) {
        const auto& vector = *element.as<item::Map>();
        SCOPED_TRACE(text_at(vector, "id"));
        Vectors_AreAnsweredAsARightSystemDoes_Test fresh;
        const auto* tables = item::find(vector, "tables")->as<item::Map>();
        for (const auto& item : *item::find(*tables, "GlobalCallRouting")->as<item::List>()) {
            fresh.store(Kind::kRule, item::to_plain_json(item));
        }
        std::optional<Answer> last;
        for (const auto& step : *item::find(vector, "steps")->as<item::List>()) {
            last = fresh.make(step);
        }
        if (!last) {
            continue;
        }
        ++bodies;
        const auto expected = expected_last(text_at(vector, "correct"));
        if (expected == "200, version 1" || expected == "200, version 2") {
            EXPECT_EQ(last->status, 200);
            EXPECT_EQ(last->version, expected.back() - '0');
        } else if (expected.starts_with("200 for an identical retry")) {
            EXPECT_EQ(last->status, 200);
            EXPECT_EQ(last->version, 2);
        } else if (text_at(vector, "id") == "update/lost-update") {
            EXPECT_EQ(last->status, 200) << "B states version 2, which A made";
        } else {
            EXPECT_EQ(std::to_string(last->status), expected);
        }
    }
    EXPECT_EQ(bodies, 23);
}

}  // namespace
}  // namespace meridian::management
