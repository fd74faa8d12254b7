// Files whose appends fail, as those of a full or broken disk do.
#pragma once

#include <rocksdb/file_system.h>

#include <functional>
#include <memory>
#include <string_view>

namespace meridian::store {

// The error number with which appends to that file fail now; 0: they don't. Called from any thread.
using AppendFault = std::function<int(std::string_view path)>;

// The machine's files. An append that fails has written half of its bytes.
[[nodiscard]] std::shared_ptr<rocksdb::FileSystem> files_with_append_faults(AppendFault fault);

}  // namespace meridian::store
