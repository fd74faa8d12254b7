// What became of a batch of stream records, record by record.
//
// Source: AWS Lambda developer guide, "Configuring partial batch response" of Kinesis and DynamoDB
// (ReportBatchItemFailures). The lowest sequence number that a function reports is where Lambda
// goes on: everything from there is delivered again.
#pragma once

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "functions/function.h"
#include "lambda/metrics.h"
#include "lambda/stream_records.h"

namespace meridian::lambda {

// Role: decides which records are still tried, and what is reported. Threads: one.
//
// A record fails either because of what it is (kInvalidInput, kMalformedJson, kTooLarge: a poison
// record), or because of what is around it (a table that does not answer). After a poison record
// the batch goes on, so that it holds up nobody: its failure is reported each time, until the
// mapping's tries are used up and it goes to the dead-letter queue. After any other failure, and
// when the thread's deadline (base/deadline.h) has passed, the rest of that shard is left for the
// next delivery, in order.
//
// What was handled behind a reported record is delivered again: handlers apply a record once,
// however often it comes.
class BatchReport {
  public:
    // Whether the record is to be handled now; false: it will come again.
    [[nodiscard]] bool takes(const std::string& sequence_number, const std::string& shard);
    void add(const std::string& sequence_number, const std::string& shard,
             const Result<void>& handled);

    // {"batchItemFailures":[{"itemIdentifier":"4954…"}]}
    [[nodiscard]] std::string to_json() const;
    [[nodiscard]] std::size_t handled() const { return handled_; }
    [[nodiscard]] std::size_t failed() const { return failed_.size(); }

  private:
    std::set<std::string> stopped_;  // shards whose rest waits for the next delivery
    std::vector<std::string> failed_;
    std::size_t handled_ = 0;
};

// The answer to an event that is no batch: an error, with which all of it comes again.
[[nodiscard]] functions::FunctionResult refuse_batch(const Error& error);

// Gives each record to `handle`, in order, and answers for the batch. BatchRecords, BatchFailures.
template <typename Record>
[[nodiscard]] functions::FunctionResult handle_batch(
    const Result<std::vector<Delivered<Record>>>& batch,
    const std::function<Result<void>(const Record&)>& handle, Metrics& metrics) {
    if (!batch) {
        return refuse_batch(batch.error());
    }
    BatchReport report;
    for (const auto& [number, shard, record] : *batch) {
        if (report.takes(number, shard)) {
            report.add(number, shard, record ? handle(*record) : std::unexpected(record.error()));
        }
    }
    metrics.count(Metric::kBatchRecords, static_cast<double>(report.handled()));
    metrics.count(Metric::kBatchFailures, static_cast<double>(report.failed()));
    return {report.to_json(), std::nullopt};
}

}  // namespace meridian::lambda
