// A TableStore that passes everything on, unless a test has put something between.
#pragma once

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "store/table_store.h"

namespace meridian::management {

// The hooks are set before threads use it, and may be empty.
class InterposedStore final : public store::TableStore {
  public:
    explicit InterposedStore(store::TableStore& inner) : inner_(inner) {}

    // Errors: what a write is refused with, without being made; what it answers although it is
    // made; what every read answers.
    std::function<std::optional<Error>(const std::vector<store::Write>&)> before_write;
    std::function<std::optional<Error>()> after_write;
    std::function<std::optional<Error>()> before_read;

    Result<void> create_table(const store::TableSchema& schema) override {
        return inner_.create_table(schema);
    }
    Result<store::TableSchema> describe_table(std::string_view table) const override {
        return inner_.describe_table(table);
    }
    std::vector<store::TableSchema> list_tables() const override { return inner_.list_tables(); }

    void submit(std::vector<store::Write> writes, store::Atomicity atomicity,
                store::WriteDone done) override {
        const auto refusal = before_write ? before_write(writes) : std::nullopt;
        if (refusal) {
            done(failed(writes.size(), *refusal));
            return;
        }
        inner_.submit(
            std::move(writes), atomicity,
            [this, done = std::move(done)](std::vector<store::WriteOutcome> outcomes) mutable {
                const auto error = after_write ? after_write() : std::nullopt;
                done(error ? failed(outcomes.size(), *error) : std::move(outcomes));
            });
    }

    Result<std::optional<item::Item>> get(const store::ItemRef& ref) const override {
        const auto error = before_read ? before_read() : std::nullopt;
        return error ? std::unexpected(*error) : inner_.get(ref);
    }
    Result<std::vector<std::optional<item::Item>>> get_many(
        std::span<const store::ItemRef> refs) const override {
        const auto error = before_read ? before_read() : std::nullopt;
        return error ? std::unexpected(*error) : inner_.get_many(refs);
    }
    Result<store::Page> query(const store::Query& query) const override {
        const auto error = before_read ? before_read() : std::nullopt;
        return error ? std::unexpected(*error) : inner_.query(query);
    }
    Result<store::Page> scan(const store::Scan& scan) const override { return inner_.scan(scan); }

    store::SequenceNumber last_sequence() const override { return inner_.last_sequence(); }
    Result<std::vector<store::Change>> read_log(store::SequenceNumber after,
                                                std::size_t count) const override {
        return inner_.read_log(after, count);
    }
    void observe(store::CommitObserver observer) override { inner_.observe(std::move(observer)); }

  private:
    static std::vector<store::WriteOutcome> failed(std::size_t count, const Error& error) {
        std::vector<store::WriteOutcome> outcomes(count);
        for (auto& outcome : outcomes) {
            outcome.error = error;
        }
        return outcomes;
    }

    store::TableStore& inner_;
};

}  // namespace meridian::management
