#include "store/rocksdb/append_faults.h"

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

namespace meridian::store {
namespace {

// As RocksDB's own file system words them.
rocksdb::IOStatus append_failure(const std::string& path, int error) {
    const auto context = "While appending to file: " + path;
    const auto reason = std::generic_category().message(error);
    return error == ENOSPC ? rocksdb::IOStatus::NoSpace(context, reason)
                           : rocksdb::IOStatus::IOError(context, reason);
}

class File final : public rocksdb::FSWritableFileOwnerWrapper {
  public:
    File(std::unique_ptr<rocksdb::FSWritableFile> file, const AppendFault& fault, std::string path)
        : FSWritableFileOwnerWrapper(std::move(file)), fault_(fault), path_(std::move(path)) {}

    rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* debug) override {
        const int error = fault_(path_);
        if (error == 0) {
            return target()->Append(data, options, debug);
        }
        auto status =
            target()->Append(rocksdb::Slice(data.data(), data.size() / 2), options, debug);
        return status.ok() ? append_failure(path_, error) : std::move(status);
    }
    rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                             const rocksdb::DataVerificationInfo& /*unused*/,
                             rocksdb::IODebugContext* debug) override {
        return Append(data, options, debug);
    }

  private:
    const AppendFault& fault_;
    const std::string path_;
};

class Files final : public rocksdb::FileSystemWrapper {
  public:
    explicit Files(AppendFault fault)
        : FileSystemWrapper(rocksdb::FileSystem::Default()), fault_(std::move(fault)) {}

    const char* Name() const override { return "AppendFaults"; }

    rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* result,
                                      rocksdb::IODebugContext* debug) override {
        std::unique_ptr<rocksdb::FSWritableFile> file;
        auto status = target()->NewWritableFile(path, options, &file, debug);
        if (status.ok()) {
            *result = std::make_unique<File>(std::move(file), fault_, path);
        }
        return status;
    }

  private:
    const AppendFault fault_;
};

}  // namespace

std::shared_ptr<rocksdb::FileSystem> files_with_append_faults(AppendFault fault) {
    return std::make_shared<Files>(std::move(fault));
}

}  // namespace meridian::store
