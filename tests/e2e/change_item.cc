// change_item FOLDER TEXT [--seal]: changes the last byte of TEXT in the first stored item that
// holds it, behind the back of the region that has the folder (and does not run). With --seal the
// item's checksum fits again: not as a broken disk leaves it, but as a bug would.
//
// Prints how many items hold TEXT. For tests only.

#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "store/rocksdb/layout.h"
#include "store/rocksdb/opening.h"

using namespace meridian;  // NOLINT(google-build-using-namespace)

namespace {

std::string changed(std::string bytes, std::string_view text) {
    auto& byte = bytes[bytes.find(text) + text.size() - 1];
    byte = static_cast<char>(byte ^ 1);
    return bytes;
}

// The item's bytes with one of them changed; nothing: they can't be read as an item's.
std::optional<std::string> changed_and_sealed(const std::string& sealed, std::string_view text) {
    const auto parts = store::unseal_all(sealed);
    return parts && parts->payload.find(text) != std::string_view::npos
               ? std::optional(
                     store::seal(changed(std::string(parts->payload), text), parts->metadata))
               : std::nullopt;
}

int run(const std::string& folder, std::string_view text, bool seal_again) {
    const auto open =
        store::open_database(folder, rocksdb::Env::Default(), store::OpenFor::kWriting);
    if (!open) {
        fmt::print(stderr, "{}\n", open.error().message);
        return 1;
    }
    int found = 0;
    const std::unique_ptr<rocksdb::Iterator> row(open->db->NewIterator({}, open->items.get()));
    for (row->SeekToFirst(); row->Valid(); row->Next()) {
        const auto sealed = row->value().ToString();
        if (sealed.find(text) == std::string::npos || ++found > 1) {
            continue;
        }
        const auto other = seal_again ? changed_and_sealed(sealed, text) : changed(sealed, text);
        if (!other || !open->db->Put({}, open->items.get(), row->key(), *other).ok()) {
            return 1;
        }
    }
    fmt::print("{}\n", found);
    return found > 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        return 2;
    }
    return run(argv[1], argv[2], argc > 3 && std::string_view(argv[3]) == "--seal");  // NOLINT
}
