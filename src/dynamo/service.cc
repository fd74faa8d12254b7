#include "dynamo/service.h"

#include <algorithm>
#include <array>
#include <exception>
#include <memory>
#include <unordered_map>

#include "base/log.h"
#include "dynamo/backup_operations.h"
#include "dynamo/batch_operations.h"
#include "dynamo/item_operations.h"
#include "dynamo/legacy_global_tables.h"
#include "dynamo/policy_operations.h"
#include "dynamo/query_operations.h"
#include "dynamo/restore_operations.h"
#include "dynamo/setting_operations.h"
#include "dynamo/stream_operations.h"
#include "dynamo/table_operations.h"
#include "dynamo/transact_operations.h"

namespace meridian::dynamo {
namespace {

constexpr std::string_view kTables = "DynamoDB_20120810.";
constexpr std::string_view kStreams = "DynamoDBStreams_20120810.";

using Operations = std::unordered_map<std::string_view, const Operation*>;

// By target.
const Operations& operations(bool streams) {
    static const auto all = [] {
        const std::array groups{backup_operations(),  batch_operations(),
                                item_operations(),    legacy_global_table_operations(),
                                policy_operations(),  query_operations(),
                                restore_operations(), setting_operations(),
                                stream_operations(),  table_operations(),
                                transact_operations()};
        std::array<Operations, 2> found;
        for (const auto& group : groups) {
            for (const auto& operation : group) {
                found[operation.streams ? 1 : 0].emplace(operation.name, &operation);
            }
        }
        return found;
    }();
    return all[streams ? 1 : 0];
}

const Operation* find_operation(std::string_view target) {
    const bool streams = target.starts_with(kStreams);
    if (!streams && !target.starts_with(kTables)) {
        return nullptr;
    }
    target.remove_prefix(streams ? kStreams.size() : kTables.size());
    const auto found = operations(streams).find(target);
    return found != operations(streams).end() ? found->second : nullptr;
}

// The one answer of a request. When whoever should have answered goes without, it is ours.
class Reply {
  public:
    explicit Reply(std::move_only_function<void(Answer)> answer) : answer_(std::move(answer)) {}
    Reply(const Reply&) = delete;
    Reply& operator=(const Reply&) = delete;
    ~Reply() {
        if (answer_) {
            give(refuse("InternalServerError", "The request processing has failed"));
        }
    }

    void give(Outcome<std::string> outcome) {
        if (!answer_) {
            return;
        }
        auto answer = std::exchange(answer_, nullptr);
        if (outcome) {
            answer({.body = *std::move(outcome)});
            return;
        }
        auto& failure = outcome.error();
        if (failure.type == "InternalServerError") {
            failure.status = std::max(failure.status, 500);
        }
        answer({.status = failure.status,
                .body = render(failure),
                .error_type = std::move(failure.type)});
    }

  private:
    std::move_only_function<void(Answer)> answer_;
};

Outcome<std::unique_ptr<const Parameters>> read(const Operation& operation, std::string_view body) {
    auto parameters = Parameters::parse(body);
    if (!parameters) {
        return parameters;
    }
    if (auto checked = check_types((*parameters)->object(), *operation.parameters); !checked) {
        return std::unexpected(std::move(checked.error()));
    }
    if (auto checked = check_constraints((*parameters)->object(), *operation.parameters);
        !checked) {
        return std::unexpected(std::move(checked.error()));
    }
    return parameters;
}

// Whatever is thrown (memory that there isn't) ends here: the call's Respond goes, and with it the
// reply.
void run(const Operation& operation, Call call) {
    try {
        operation.run(std::move(call));
    } catch (const std::exception& error) {
        log(LogLevel::kError, "dynamo", "{} failed: {}", operation.name, error.what());
    }
}

}  // namespace

std::string_view Service::operation_of(std::string_view target) {
    const auto* operation = find_operation(target);
    return operation != nullptr ? operation->name : std::string_view();
}

std::vector<std::string_view> Service::operations() {
    std::vector<std::string_view> names;
    for (const bool streams : {false, true}) {
        for (const auto& [name, operation] : dynamo::operations(streams)) {
            names.push_back(name);
        }
    }
    return names;
}

void Service::handle(std::string_view target, std::string_view body,
                     std::move_only_function<void(Answer)> answer) {
    const auto reply = std::make_shared<Reply>(std::move(answer));
    const auto* operation = find_operation(target);
    if (operation == nullptr) {
        reply->give(unknown_operation());
        return;
    }
    try {
        auto parameters = read(*operation, body);
        if (!parameters) {
            reply->give(std::unexpected(std::move(parameters.error())));
            return;
        }
        Call call{world_, *std::move(parameters),
                  [reply](Outcome<std::string> outcome) { reply->give(std::move(outcome)); }};
        if (operation->pace == Pace::kBrief) {
            run(*operation, std::move(call));
        } else if (!later_([operation, held = std::move(call)]() mutable {
                       run(*operation, std::move(held));
                   })) {
            reply->give(refuse("ThrottlingException", "Too many requests wait already: try again"));
        }
    } catch (const std::exception& error) {
        log(LogLevel::kError, "dynamo", "{} failed: {}", operation->name, error.what());
    }
}

}  // namespace meridian::dynamo
