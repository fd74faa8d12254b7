// Any target and any body get one answer, which is JSON.
//
// An input is the target's operation, a line feed, and the body. Several requests are divided by
// bytes 0: the later ones meet the items that the former ones have left behind.

#include <boost/json/parse.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "dynamo/service.h"
#include "dynamo/tables_for_tests.h"
#include "store/memory/memory_store.h"
#include "store/wait_for.h"

namespace {

using namespace meridian;
using namespace meridian::dynamo;

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

struct Region {
    ManualClock clock{Instant{std::chrono::milliseconds{1'700'000'000'123}}};
    SeededRandom random{1};
    std::unique_ptr<store::ReplicaStore> store = store::open_memory_store(clock, "us-east-1");
    FixedTables tables;
    World world{.region = "us-east-1",
                .regions = {"us-east-1"},
                .store = *store,
                .tables = tables,
                .backups = nullptr,
                .clock = clock,
                .random = random};
    Service service{world, [](Service::Job job) {
                        job();
                        return true;
                    }};

    Region() {
        for (auto table : {hash_table(), composite_table()}) {
            table.storage = table.name;
            require(store->create_table({table.storage, table.key}).has_value());
            for (const auto& index : table.indexes) {
                require(store->create_index(table.storage, index.schema).has_value());
            }
            tables.add(std::move(table));
        }
    }

    void ask(std::string_view request) {
        const auto line = request.find('\n');
        const auto target = "DynamoDB_20120810." + std::string(request.substr(0, line));
        const auto body = line == std::string_view::npos ? "" : request.substr(line + 1);
        const auto answer =
            store::wait_for<Answer>([&](std::move_only_function<void(Answer)> done) {
                service.handle(target, body, std::move(done));
            });
        require(answer.status == 200 || answer.status == 400);
        require(answer.error_type.empty() == (answer.status == 200));
        boost::json::error_code error;
        require(boost::json::parse(answer.body, error, {}, {.max_depth = 1000}).is_object());
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    Region region;
    for (int requests = 0; requests < 8 && !rest.empty(); ++requests) {
        const auto end = rest.find('\0');
        region.ask(rest.substr(0, end));
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    return 0;
}
