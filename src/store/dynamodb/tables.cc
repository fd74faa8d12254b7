#include "store/dynamodb/tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <functional>
#include <utility>

#include "store/dynamodb/backoff.h"
#include "store/dynamodb/request.h"
#include "store/dynamodb/table_requests.h"
#include "store/table_directory.h"

namespace meridian::store::dynamodb {
namespace {

// Far more than an account may have tables for.
constexpr int kPagesMax = 1'000;

// What a step of something that takes time says.
enum class Step : std::uint8_t { kDone, kWait };

// Until it is done or fails.
Result<void> repeat(const Link& link, std::string_view what,
                    const std::function<Result<Step>()>& step) {
    Backoff backoff(link, {.first = std::chrono::milliseconds{100},
                           .longest = std::chrono::seconds{2},
                           .altogether = link.options().table_wait});
    while (true) {
        const auto done = step();
        if (!done) {
            return std::unexpected(done.error());
        }
        if (*done == Step::kDone) {
            return {};
        }
        if (!backoff.wait()) {
            return fail(ErrorCode::kTimeout,
                        fmt::format("DynamoDB has not finished: {}; it goes on", what));
        }
    }
}

// The table or one of its indexes is being changed, or too many are.
bool is_busy(const aws::ServiceError& refused) {
    return refused.type == "ResourceInUseException" || refused.type == "LimitExceededException";
}

// Sends it; kWait: it has to be sent again later.
Result<Step> send(const Link& link, std::string_view operation, Result<std::string> body,
                  std::string_view table) {
    auto asked = link.ask(operation, std::move(body), table);
    if (!asked && !is_busy(asked.error())) {
        return std::unexpected(std::move(asked).error().error);
    }
    return asked ? Step::kDone : Step::kWait;
}

// As far as the table is there already; kWait: it isn't yet. Nothing: it isn't at all.
Result<std::optional<Step>> look_at_existing(const Link& link, const TableSchema& schema) {
    const auto shape = describe(link, schema.name);
    if (!shape) {
        return shape.error().code == ErrorCode::kTableNotFound
                   ? Result<std::optional<Step>>(std::nullopt)
                   : std::unexpected(shape.error());
    }
    if (shape->status == kDeleting) {
        return Step::kWait;
    }
    if (shape->schema != schema) {
        return fail(ErrorCode::kTableExists,
                    fmt::format("Table already exists with another key: {}", schema.name));
    }
    // It serves while it is being changed.
    return shape->status == "ACTIVE" || shape->status == "UPDATING" ? Step::kDone : Step::kWait;
}

bool is_same(const IndexSchema& a, IndexSchema b) {
    if (a.projected == Projected::kInclude && b.projected == Projected::kInclude &&
        std::ranges::is_permutation(a.include, b.include)) {
        b.include = a.include;
    }
    return a == b;
}

Result<Step> add_index(const Link& link, std::string_view table, const IndexSchema& index) {
    const auto shape = describe(link, table);
    if (!shape) {
        return std::unexpected(shape.error());
    }
    if (const auto* existing = shape->index(index.name)) {
        if (is_same(index, existing->schema)) {
            return Step::kDone;
        }
        return fail(ErrorCode::kTableExists,
                    fmt::format("{} has an index {} of another form", table, index.name));
    }
    if (shape->is_dropping(index.name)) {
        return Step::kWait;
    }
    return send(link, "UpdateTable", index_creation(link, *shape, index), table);
}

Result<Step> remove_index(const Link& link, std::string_view table, std::string_view index) {
    const auto shape = describe(link, table);
    if (!shape) {
        return std::unexpected(shape.error());
    }
    if (shape->index(index) == nullptr) {
        return Step::kDone;
    }
    return send(link, "UpdateTable", index_deletion(link, table, index), table);
}

// Adds the names of one page; the name with which the next one starts.
Result<std::optional<std::string>> add_names(const Link& link,
                                             const std::optional<std::string>& start,
                                             std::vector<std::string>& names) {
    Request request;
    if (start) {
        request.text("ExclusiveStartTableName", *start);
    }
    const auto answer = link.read("ListTables", std::move(request).take(), "");
    if (!answer) {
        return std::unexpected(answer.error());
    }
    const auto* listed = answer->root().if_contains("TableNames");
    if (listed == nullptr || !listed->is_array()) {
        return std::unexpected(answer->bad("TableNames is no array"));
    }
    for (const auto& name : listed->get_array()) {
        const auto* text = name.if_string();
        if (text == nullptr) {
            return std::unexpected(answer->bad("a name that is no string"));
        }
        if (const auto local = link.local({text->data(), text->size()})) {
            names.emplace_back(*local);
        }
    }
    return answer->text("LastEvaluatedTableName");
}

}  // namespace

Result<void> create_table(const Link& link, const TableSchema& schema) {
    if (auto checked = check_schema(schema); !checked) {
        return checked;
    }
    return repeat(
        link, fmt::format("table {} is being created", schema.name), [&]() -> Result<Step> {
            const auto existing = look_at_existing(link, schema);
            if (!existing) {
                return std::unexpected(existing.error());
            }
            if (*existing) {
                return **existing;
            }
            const auto sent = send(link, "CreateTable", table_creation(link, schema), schema.name);
            if (!sent || *sent == Step::kWait) {
                return sent;
            }
            const auto created = look_at_existing(link, schema);
            return created ? Result<Step>(created->value_or(Step::kWait))
                           : std::unexpected(created.error());
        });
}

Result<void> drop_table(const Link& link, std::string_view table) {
    bool is_asked = false;
    return repeat(link, fmt::format("table {} is being dropped", table), [&]() -> Result<Step> {
        if (!is_asked) {
            Request request;
            request.text("TableName", link.remote(table));
            const auto sent = send(link, "DeleteTable", std::move(request).take(), table);
            if (!sent) {
                return sent;
            }
            is_asked = *sent == Step::kDone;
        }
        const auto shape = describe(link, table);
        if (!shape) {
            return shape.error().code == ErrorCode::kTableNotFound ? Result<Step>(Step::kDone)
                                                                   : std::unexpected(shape.error());
        }
        return Step::kWait;
    });
}

Result<void> create_index(const Link& link, std::string_view table, const IndexSchema& index) {
    auto checked = check_schema(index);
    if (!checked) {
        const auto shape = describe(link, table);  // a table that isn't there comes first
        return shape ? checked : std::unexpected(shape.error());
    }
    return repeat(link, fmt::format("index {} of {} waits to be created", index.name, table),
                  [&] { return add_index(link, table, index); });
}

Result<void> drop_index(const Link& link, std::string_view table, std::string_view index) {
    return repeat(link, fmt::format("index {} of {} waits to be dropped", index, table),
                  [&] { return remove_index(link, table, index); });
}

Result<std::vector<IndexStatus>> list_indexes(const Link& link, std::string_view table) {
    const auto shape = describe(link, table);
    if (!shape) {
        return std::unexpected(shape.error());
    }
    std::vector<IndexStatus> indexes;
    for (const auto& index : shape->indexes) {
        if (index.status != kDeleting) {
            indexes.push_back(
                {index.schema, index.status == "ACTIVE" && !index.backfilling, index.extent});
        }
    }
    std::ranges::sort(indexes, {}, [](const IndexStatus& index) { return index.schema.name; });
    return indexes;
}

Result<std::vector<TableSchema>> list_tables(const Link& link) {
    std::vector<std::string> names;
    std::optional<std::string> start;
    int pages = 0;
    do {
        auto next = add_names(link, start, names);
        if (!next) {
            return std::unexpected(std::move(next).error());
        }
        start = *std::move(next);
    } while (start && ++pages < kPagesMax);
    std::ranges::sort(names);
    std::vector<TableSchema> tables;
    for (const auto& name : names) {
        auto shape = describe(link, name);
        if (!shape && shape.error().code != ErrorCode::kTableNotFound) {
            return std::unexpected(std::move(shape).error());
        }
        if (shape && shape->status != kDeleting) {
            tables.push_back(std::move(shape->schema));
        }
    }
    return tables;
}

}  // namespace meridian::store::dynamodb
