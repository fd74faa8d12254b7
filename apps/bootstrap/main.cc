// The Lambda binary: the function that _HANDLER names, in the custom runtime's loop.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/json_log.h"
#include "base/line_writer.h"
#include "base/log.h"
#include "deployed_function.h"
#include "deployment.h"
#include "lambda/metrics.h"
#include "lambda/runtime.h"
#include "lambda/runtime_api.h"
#include "services.h"

namespace meridian::bootstrap {
namespace {

// The invocation in work, for the log. Threads: any.
class CurrentRequest {
  public:
    void set(std::string id) {
        const std::lock_guard lock(mutex_);
        id_ = std::move(id);
    }
    std::string get() {
        const std::lock_guard lock(mutex_);
        return id_;
    }

  private:
    std::mutex mutex_;
    std::string id_;
};

// In the order in which they are made.
struct Process {
    const SystemClock clock;
    const std::chrono::nanoseconds began = clock.monotonic();
    const functions::SettingSource settings = environment();
    const std::string handler = settings("_HANDLER").value_or("");
    const std::string region = settings("AWS_REGION").value_or("");
    const LineWriter output = standard_output();
    CurrentRequest request;
    lambda::Metrics metrics{handler, region, clock};
    Services services{settings, metrics, clock};
    bool is_first = true;

    [[nodiscard]] int run(const lambda::RuntimeAddress& address);
    [[nodiscard]] Result<std::unique_ptr<DeployedFunction>> make() {
        const auto maker = function_named(handler);
        if (!maker) {
            return std::unexpected(maker.error());
        }
        const auto deployment = read_deployment(settings);
        return deployment ? (*maker)(*deployment, services, metrics)
                          : std::unexpected(deployment.error());
    }
    [[nodiscard]] lambda::RuntimeFailure serve(lambda::RuntimeApi& api, DeployedFunction& deployed);
    void write_metrics(std::string_view request_id) {
        for (const auto& line : metrics.take(request_id)) {
            output(line);
        }
    }
};

int Process::run(const lambda::RuntimeAddress& address) {
    start_json_log({.function = handler,
                    .region = region,
                    .lowest = log_level(settings),
                    .request_id = [this] { return request.get(); },
                    .write = output},
                   clock);
    lambda::RuntimeApi api(address, clock);
    const auto deployed = make();
    if (!deployed) {
        const auto& error = deployed.error();
        log(LogLevel::kError, "bootstrap", "{}", error.message);
        const auto told =
            api.report_start({fmt::format("Runtime.{}", info(error.code).name), error.message});
        if (!told) {
            log(LogLevel::kError, "bootstrap", "{}", told.error().message);
        }
        return 1;
    }
    const auto end = serve(api, **deployed);
    request.set("");
    log(LogLevel::kError, "bootstrap", "{}; this process ends", end.message);
    // Not by returning: a probe or a refresh in work would hold up the end.
    std::_Exit(1);
}

lambda::RuntimeFailure Process::serve(lambda::RuntimeApi& api, DeployedFunction& deployed) {
    const auto init = clock.monotonic() - began;
    return lambda::run_invocations(
        {.api = api,
         .function = deployed.function(),
         .clock = clock,
         // API Gateway has verified who asks, and says so in its event.
         .caller = {handler, "", management::Role::kAdmin, "", ""},
         .on_start =
             [this](const lambda::Invocation& invocation) { request.set(invocation.request_id); },
         .on_end =
             [this, &deployed, init](const lambda::Invocation& invocation,
                                     std::chrono::nanoseconds took) {
                 if (std::exchange(is_first, false)) {
                     metrics.count(lambda::Metric::kColdStarts);
                     metrics.measure(lambda::Metric::kInitDuration, init);
                 }
                 if (const auto duration = deployed.duration()) {
                     metrics.measure(*duration, took);
                 }
                 write_metrics(invocation.request_id);
             }});
}

int run() {
    Process process;
    const auto address =
        lambda::parse_runtime_address(process.settings("AWS_LAMBDA_RUNTIME_API").value_or(""));
    if (!address) {
        fmt::print(stderr, "bootstrap: {}\n", address.error().message);
        return 2;
    }
    return process.run(*address);
}

}  // namespace
}  // namespace meridian::bootstrap

int main() {
    return meridian::bootstrap::run();
}
