// A disk that runs full, fails, and loses power when a test says so.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <atomic>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "store/rocksdb/append_faults.h"

namespace meridian::store {

// The machine's files, seen through a disk with faults. Threads: any. Ownership: what opens a
// database on env() must close it first.
class FaultyDisk {
  public:
    FaultyDisk() : files_(std::make_shared<Files>()), env_(rocksdb::NewCompositeEnv(files_)) {}

    [[nodiscard]] rocksdb::Env* env() const { return env_.get(); }

    // From now on appends to files whose name contains `where` write half of their bytes and fail
    // with that error number.
    void run_full(int error_number, std::string where = "") {
        const std::lock_guard lock(files_->mutex);
        files_->append_error = error_number;
        files_->where = std::move(where);
    }
    // From now on that many syncs of the write-ahead log fail, though the bytes are there.
    void fail_log_syncs(int count) { files_->failing_syncs = count; }
    void repair() {
        run_full(0);
        fail_log_syncs(0);
    }

    // From now on nothing is written any more, and nobody is told otherwise than by errors.
    void cut_power() { files_->powered = false; }
    // What the files hold after the power is back: what was synced, and of the rest as many bytes
    // as `survives` says (at most what it is called with).
    void restore_power(const std::function<std::uint64_t(std::uint64_t)>& survives) {
        const std::lock_guard lock(files_->mutex);
        for (const auto& [path, extent] : files_->extents) {
            std::error_code gone;
            const auto size = std::filesystem::file_size(path, gone);
            if (!gone && size > extent.synced) {
                std::filesystem::resize_file(path, extent.synced + survives(size - extent.synced));
            }
        }
        files_->extents.clear();
        files_->powered = true;
    }

  private:
    struct Extent {
        std::uint64_t written = 0;
        std::uint64_t synced = 0;
    };

    class Files;

    class File final : public rocksdb::FSWritableFileOwnerWrapper {
      public:
        File(std::unique_ptr<rocksdb::FSWritableFile> file, Files& files, std::string path)
            : FSWritableFileOwnerWrapper(std::move(file)), files_(files), path_(std::move(path)) {}

        rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                                 rocksdb::IODebugContext* debug) override {
            if (!files_.powered) {
                return rocksdb::IOStatus::IOError(path_, "no power");
            }
            auto status = target()->Append(data, options, debug);
            files_.grew(path_, status.ok() ? data.size() : data.size() / 2);
            return status;
        }
        rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                                 const rocksdb::DataVerificationInfo& /*unused*/,
                                 rocksdb::IODebugContext* debug) override {
            return Append(data, options, debug);
        }
        rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override {
            return synced(target()->Sync(options, debug));
        }
        rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options,
                                rocksdb::IODebugContext* debug) override {
            return synced(target()->Fsync(options, debug));
        }

      private:
        rocksdb::IOStatus synced(rocksdb::IOStatus status) {
            if (!files_.powered) {
                return rocksdb::IOStatus::IOError(path_, "no power");
            }
            if (path_.ends_with(".log") && files_.failing_syncs > 0) {
                --files_.failing_syncs;
                return rocksdb::IOStatus::IOError("While fdatasync: " + path_, std::strerror(EIO));
            }
            if (status.ok()) {
                files_.synced(path_);
            }
            return status;
        }

        Files& files_;
        const std::string path_;
    };

    class Files final : public rocksdb::FileSystemWrapper {
      public:
        Files()
            : FileSystemWrapper(files_with_append_faults(
                  [this](std::string_view path) { return error_for(path); })) {}

        const char* Name() const override { return "FaultyDisk"; }

        rocksdb::IOStatus NewWritableFile(const std::string& path,
                                          const rocksdb::FileOptions& options,
                                          std::unique_ptr<rocksdb::FSWritableFile>* result,
                                          rocksdb::IODebugContext* debug) override {
            if (!powered) {
                return rocksdb::IOStatus::IOError(path, "no power");
            }
            std::unique_ptr<rocksdb::FSWritableFile> file;
            auto status = target()->NewWritableFile(path, options, &file, debug);
            if (status.ok()) {
                const std::lock_guard lock(mutex);
                extents[path] = {};
                *result = std::make_unique<File>(std::move(file), *this, path);
            }
            return status;
        }
        rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                                     const rocksdb::IOOptions& options,
                                     rocksdb::IODebugContext* debug) override {
            if (!powered) {
                return rocksdb::IOStatus::IOError(from, "no power");
            }
            const std::lock_guard lock(mutex);
            if (auto moved = extents.extract(from)) {
                extents[to] = moved.mapped();
            }
            return target()->RenameFile(from, to, options, debug);
        }
        rocksdb::IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions& options,
                                     rocksdb::IODebugContext* debug) override {
            if (!powered) {
                return rocksdb::IOStatus::IOError(path, "no power");
            }
            return target()->DeleteFile(path, options, debug);
        }

        int error_for(std::string_view path) {
            const std::lock_guard lock(mutex);
            return path.contains(where) ? append_error : 0;
        }
        void grew(const std::string& path, std::uint64_t bytes) {
            const std::lock_guard lock(mutex);
            extents[path].written += bytes;
        }
        void synced(const std::string& path) {
            const std::lock_guard lock(mutex);
            auto& extent = extents[path];
            extent.synced = extent.written;
        }

        std::atomic<bool> powered = true;
        std::atomic<int> failing_syncs = 0;
        std::mutex mutex;
        std::map<std::string, Extent> extents;
        int append_error = 0;
        std::string where;
    };

    std::shared_ptr<Files> files_;
    std::unique_ptr<rocksdb::Env> env_;
};

}  // namespace meridian::store
