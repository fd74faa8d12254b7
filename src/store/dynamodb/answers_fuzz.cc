// What a service may answer: any bytes, to any question. The first byte says to which; the second,
// whether they come as an answer or with a refusal. There is a value or an error, in bounded time.
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "base/clock.h"
#include "base/random.h"
#include "store/dynamodb/dynamodb_store.h"

namespace {

using namespace meridian;
using namespace meridian::store;

class Parrot final : public aws::JsonService {
  public:
    Parrot(std::string_view type, std::string_view body) : type_(type), body_(body) {}

    std::expected<std::string, aws::ServiceError> call(std::string_view /*operation*/,
                                                       std::string /*body*/) override {
        CHECK(++calls_ < 100'000);
        if (type_.empty()) {
            return body_;
        }
        return std::unexpected(
            aws::ServiceError{{ErrorCode::kUnavailable, "refused"}, type_, body_, true});
    }

  private:
    const std::string type_;
    const std::string body_;
    int calls_ = 0;
};

constexpr std::array<std::string_view, 8> kTypes{"",
                                                 "ConditionalCheckFailedException",
                                                 "TransactionCanceledException",
                                                 "ValidationException",
                                                 "ResourceNotFoundException",
                                                 "ResourceInUseException",
                                                 "TransactionConflictException",
                                                 ""};

void ask(TableStore& store, unsigned question) {
    const item::Key key{{"id", "a"}};
    const IndexSchema index{"byN", {{"n", item::KeyType::kNumber}, {}}, Projected::kKeysOnly};
    expression::Update update;
    update.adds.push_back({expression::Path("n"), item::Value(item::Number(1))});
    const expression::Condition condition = expression::AttributeExists{expression::Path("n")};
    switch (question % 12) {
        case 0:
            (void)store.get({"Things", key});
            break;
        case 1:
            (void)store.get_many({{{"Things", key}, {"Others", key}}});
            break;
        case 2:
            (void)store.query({.table = "Things", .partition = "a", .filter = condition});
            break;
        case 3:
            (void)store.scan({.table = "Unknown", .index = "byN", .whole_items = true});
            break;
        case 4:
            (void)store.write({"Things", PutItem{key}, condition});
            break;
        case 5:
            (void)store.write({"Things", UpdateItem{key, update}, condition});
            break;
        case 6:
            (void)store.write_all({{"Things", UpdateItem{key, update}, condition},
                                   {"Unknown", DeleteItem{{{"id", "b"}}}, {}}},
                                  Atomicity::kAll);
            break;
        case 7:
            (void)store.create_table({"Things", {{"id", item::KeyType::kString}, {}}});
            break;
        case 8:
            (void)store.drop_table("Things");
            break;
        case 9:
            (void)store.create_index("Things", index);
            (void)store.drop_index("Things", "byN");
            break;
        case 10:
            (void)store.list_tables();
            break;
        default:
            (void)store.list_indexes("Things");
            (void)store.extent("Things");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) {
        return 0;
    }
    const std::string_view body(reinterpret_cast<const char*>(data) + 2, size - 2);
    const auto type = kTypes[data[1] % kTypes.size()];
    ManualClock clock{Instant{}};
    SeededRandom random(1);
    DynamoDbOptions options{
        .known_tables = {{"Things", {{"id", item::KeyType::kString}, {}}}},
        .table_wait = std::chrono::seconds{30},
        .pause = [&clock](std::chrono::milliseconds time) { clock.advance(time); }};
    const auto store = open_dynamodb_store(std::make_shared<Parrot>(type, body), std::move(options),
                                           clock, random);
    ask(*store, data[0]);
    return 0;
}
