// What one region says of its tables: hashes that get finer from question to question.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "item/key.h"
#include "store/content_hash.h"
#include "store/replica_store.h"
#include "store/store_view.h"

namespace meridian::proof {

struct TableState {
    std::string name;
    store::ContentHash content;
    bool dropped = false;  // there: it is left out, whatever others have of it
};

// An item as a region has it.
struct ItemState {
    std::string row;  // store/row_key.h, without the table: the same bytes in every region
    item::Key key;
    store::Stamp stamp;
    store::ContentHash content;
    bool damaged = false;  // its bytes are not what was stored
    friend bool operator==(const ItemState&, const ItemState&) = default;
};

struct ItemStatePage {
    std::vector<ItemState> items;     // by row
    std::optional<std::string> next;  // the position after; nothing at the end
};

// Role: port. Each question is answered as of its own moment: what stays different is found by any
// comparison, and what was being written looks different for a moment (settle.h). Threads: one at
// a time. Errors: kUnavailable, kTimeout, the region cannot be asked; kOverloaded, not now;
// kCorruption, what it says cannot be.
class HashSource {
  public:
    HashSource() = default;
    HashSource(const HashSource&) = delete;
    HashSource& operator=(const HashSource&) = delete;
    virtual ~HashSource() = default;

    [[nodiscard]] virtual const std::string& region() const = 0;

    [[nodiscard]] virtual Result<std::vector<TableState>> tables() = 0;
    // One for each byte that follows the prefix in some row, by prefix. Not an error: no such
    // table. It is like an empty one.
    [[nodiscard]] virtual Result<std::vector<store::RangeHash>> ranges(
        const std::string& table, const std::string& prefix) = 0;
    // From a page's `next` on; "" from the first.
    [[nodiscard]] virtual Result<ItemStatePage> items(const std::string& table,
                                                      const std::string& prefix,
                                                      const std::string& position) = 0;
};

// How far a region's own log goes, and how far it has applied those of others.
struct Progress {
    store::LogId log{};
    store::SequenceNumber sequence = 0;
    std::map<std::string, store::Cursor> applied;  // by region
};

// One that also says how far it is. Role, threads and errors: as HashSource's.
class RegionSource : public HashSource {
  public:
    [[nodiscard]] virtual Result<Progress> progress() = 0;
};

template <typename Source>
[[nodiscard]] std::vector<Source*> borrowed(const std::vector<std::unique_ptr<Source>>& sources) {
    std::vector<Source*> all;
    for (const auto& source : sources) {
        all.push_back(source.get());
    }
    return all;
}

}  // namespace meridian::proof
