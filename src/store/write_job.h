// What the one writer of a store has to do, one thing after the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/hybrid_clock.h"
#include "base/result.h"
#include "store/replica_store.h"
#include "store/table_store.h"
#include "store/write_stage.h"

namespace meridian::store {

// Role: one submission on its way through a store. Its submitter is told once, in finish().
// Threads: one at a time.
class WriteJob {
  public:
    // kAlone: a stage has this job only, and those after it see what became of it.
    enum class Company : std::uint8_t { kAny, kAlone };

    explicit WriteJob(std::size_t writes, Company company = Company::kAny)
        : writes_(writes), company_(company) {}
    virtual ~WriteJob() = default;
    WriteJob(const WriteJob&) = delete;
    WriteJob& operator=(const WriteJob&) = delete;

    // What it takes of the queue's room.
    [[nodiscard]] std::size_t writes() const { return writes_; }
    [[nodiscard]] Company company() const { return company_; }

    // Puts its changes on the stage.
    virtual void decide(WriteStage& stage) = 0;
    // Whether what was decided is in the tables; without decide(): why it was refused.
    virtual void finish(const Result<void>& made) = 0;

  private:
    const std::size_t writes_;
    const Company company_;
};

[[nodiscard]] std::unique_ptr<WriteJob> make_job(std::vector<Write> writes, Atomicity atomicity,
                                                 WriteDone done);
[[nodiscard]] std::unique_ptr<WriteJob> make_job(RemoteBatch batch, ApplyDone done);

using MarkDone = std::move_only_function<void(Result<Mark>)>;
[[nodiscard]] std::unique_ptr<WriteJob> make_job(MarkDone done);

using CollectDone = std::move_only_function<void(Result<std::size_t>)>;
[[nodiscard]] std::unique_ptr<WriteJob> make_job(std::vector<std::string> tombstones,
                                                 HybridTime up_to, CollectDone done);

using RedefineDone = std::move_only_function<void(Result<void>)>;
[[nodiscard]] std::unique_ptr<WriteJob> make_job(Redefinition redefinition, RedefineDone done);

}  // namespace meridian::store
