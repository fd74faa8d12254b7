#include "store/write_job.h"

#include <algorithm>
#include <utility>

#include "store/write_logic.h"

namespace meridian::store {
namespace {

class ClientJob final : public WriteJob {
  public:
    ClientJob(std::vector<Write> writes, Atomicity atomicity, WriteDone done)
        : WriteJob(writes.size()),
          submitted_(std::move(writes)),
          atomicity_(atomicity),
          done_(std::move(done)) {}

    void decide(WriteStage& stage) override {
        outcomes_ = stage.add(std::move(submitted_), atomicity_);
    }
    void finish(const Result<void>& made) override {
        done_(made ? std::move(outcomes_) : refuse_all(writes(), made.error()));
    }

  private:
    std::vector<Write> submitted_;
    const Atomicity atomicity_;
    WriteDone done_;
    std::vector<WriteOutcome> outcomes_;
};

// A job that comes to one result.
template <typename T>
class ResultJob : public WriteJob {
  public:
    using Done = std::move_only_function<void(Result<T>)>;

    ResultJob(std::size_t writes, Done done, Company company = Company::kAny)
        : WriteJob(std::max<std::size_t>(writes, 1), company), done_(std::move(done)) {}

    void decide(WriteStage& stage) final { result_ = decided(stage); }
    void finish(const Result<void>& made) final {
        done_(made ? std::move(result_) : Result<T>(std::unexpected(made.error())));
    }

  private:
    [[nodiscard]] virtual Result<T> decided(WriteStage& stage) = 0;

    Done done_;
    Result<T> result_;
};

class RemoteJob final : public ResultJob<Applied> {
  public:
    RemoteJob(RemoteBatch batch, ApplyDone done)
        : ResultJob(batch.items.size(), std::move(done)), batch_(std::move(batch)) {}

  private:
    Result<Applied> decided(WriteStage& stage) override {
        return stage.add_remote(std::move(batch_));
    }

    RemoteBatch batch_;
};

class MarkJob final : public ResultJob<Mark> {
  public:
    explicit MarkJob(MarkDone done) : ResultJob(1, std::move(done)) {}

  private:
    Result<Mark> decided(WriteStage& stage) override { return stage.mark(); }
};

class CollectJob final : public ResultJob<std::size_t> {
  public:
    CollectJob(std::vector<std::string> tombstones, HybridTime up_to, CollectDone done)
        : ResultJob(tombstones.size(), std::move(done)),
          tombstones_(std::move(tombstones)),
          up_to_(up_to) {}

  private:
    Result<std::size_t> decided(WriteStage& stage) override {
        return stage.collect(tombstones_, up_to_);
    }

    const std::vector<std::string> tombstones_;
    const HybridTime up_to_;
};

class RedefineJob final : public ResultJob<void> {
  public:
    RedefineJob(Redefinition redefinition, RedefineDone done)
        : ResultJob(1, std::move(done), Company::kAlone), redefinition_(std::move(redefinition)) {}

  private:
    Result<void> decided(WriteStage& stage) override { return stage.redefine(redefinition_); }

    const Redefinition redefinition_;
};

}  // namespace

std::unique_ptr<WriteJob> make_job(std::vector<Write> writes, Atomicity atomicity, WriteDone done) {
    return std::make_unique<ClientJob>(std::move(writes), atomicity, std::move(done));
}

std::unique_ptr<WriteJob> make_job(RemoteBatch batch, ApplyDone done) {
    return std::make_unique<RemoteJob>(std::move(batch), std::move(done));
}

std::unique_ptr<WriteJob> make_job(MarkDone done) {
    return std::make_unique<MarkJob>(std::move(done));
}

std::unique_ptr<WriteJob> make_job(std::vector<std::string> tombstones, HybridTime up_to,
                                   CollectDone done) {
    return std::make_unique<CollectJob>(std::move(tombstones), up_to, std::move(done));
}

std::unique_ptr<WriteJob> make_job(Redefinition redefinition, RedefineDone done) {
    return std::make_unique<RedefineJob>(std::move(redefinition), std::move(done));
}

}  // namespace meridian::store
