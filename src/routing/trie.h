// A persistent map from byte strings to leaves: what both the prefix index of rules and the index
// of schedules by id are made of.
//
// Shape: a PATRICIA trie (Morrison, 1968) over half bytes, so that a node has at most 16 children
// and ten digits branch in one of them. A node says at which half byte of the key its children
// differ, and nothing of what lies between: a search finds the only candidates, and whoever
// searches compares the bytes of the key once, in the end.
//
// Changes copy the nodes between the root and the leaf, unless nobody else refers to them; the rest
// is shared by reference counts.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "routing/heap.h"

namespace meridian::routing {

// A node counts a key's half bytes in 15 bits. (A key of a DynamoDB table has at most 2,048 bytes.)
inline constexpr std::size_t kKeyBytesMax = 16'000;

// What every block begins with, be it a Node or a leaf.
struct Block {
    std::atomic<std::uint32_t> references = 1;
};

// Handles of leaves are marked, so that a search knows one before it reads its memory.
[[nodiscard]] constexpr bool is_leaf(Handle handle) {
    return is_marked(handle);
}

[[nodiscard]] inline std::size_t half_bytes(std::string_view key) {
    return key.size() * 2;
}
// The higher half of a byte comes first, so that the order of half bytes is the order of bytes.
// REQUIRES: index < half_bytes(key).
[[nodiscard]] inline unsigned half_byte_at(std::string_view key, std::size_t index) {
    const auto byte = static_cast<unsigned char>(key[index / 2]);
    return index % 2 == 0 ? byte >> 4U : byte & 0xFU;
}

// Slots lie behind it: the leaf whose key ends here, when there is one, then the children in the
// order of their half bytes. A node has at least two slots.
struct Node {
    std::atomic<std::uint32_t> references = 1;
    std::uint16_t tag;       // depth · 2 + has_value
    std::uint16_t children;  // a bit for each half byte that goes on

    [[nodiscard]] std::size_t depth() const { return tag / 2U; }
    [[nodiscard]] std::size_t has_value() const { return tag % 2U; }
    [[nodiscard]] std::size_t slot_count() const {
        return has_value() + static_cast<std::size_t>(std::popcount(children));
    }
    [[nodiscard]] bool has_child(unsigned half_byte) const {
        return (children >> half_byte & 1U) != 0;
    }
    // Where the child is, or would be.
    [[nodiscard]] std::size_t child_slot(unsigned half_byte) const {
        const unsigned before = children & ((1U << half_byte) - 1U);
        return has_value() + static_cast<std::size_t>(std::popcount(before));
    }
    [[nodiscard]] const Handle* slots() const { return reinterpret_cast<const Handle*>(this + 1); }
    [[nodiscard]] Handle* slots() { return reinterpret_cast<Handle*>(this + 1); }
};
static_assert(sizeof(Node) == 8);

// What the trie must know about its leaves, which belong to someone else.
class Leaves {
  public:
    virtual ~Leaves() = default;
    [[nodiscard]] virtual std::string_view key(const Heap& heap, Handle leaf) const = 0;
    // Frees a leaf that nobody refers to any more.
    virtual void destroy(Heap& heap, Handle leaf) const = 0;
};

// Operations on tries whose roots the caller holds, Handle::kNone for an empty one; handles of
// leaves are marked. Threads: those
// which change a root are for its one owner; others may read what it shares with older roots.
class Trie {
  public:
    Trie(Heap& heap, const Leaves& leaves) : heap_(heap), leaves_(leaves) {}

    // Where a key is, or would be inserted.
    struct Place {
        Handle leaf = Handle::kNone;     // the leaf with exactly this key
        Handle nearest = Handle::kNone;  // without one: a leaf that shares the most with the key,
        std::size_t branch = 0;          // and the half byte at which the two part
    };
    [[nodiscard]] Place locate(Handle root, std::string_view key) const;

    // Takes over the caller's reference to `leaf`. REQUIRES: `place` is locate()'s, without a leaf;
    // the key has at most kKeyBytesMax bytes.
    void insert(Handle& root, std::string_view key, const Place& place, Handle leaf);
    // The slot of the key's leaf, which the caller may then exchange; nobody else sees the slot.
    // REQUIRES: the key is there.
    [[nodiscard]] Handle& own(Handle& root, std::string_view key);
    // REQUIRES: the key is there.
    void erase(Handle& root, std::string_view key);

    void retain(Handle handle) const;
    void release(Handle handle);

    // Calls visit(leaf) in the order of the keys' bytes.
    template <typename Visit>
    static void for_each(const Heap& heap, Handle root, const Visit& visit);
    // The same for the leaves whose key is not less than `from`, until visit says false. Getting
    // there takes as long as finding one key.
    template <typename Visit>
    static void for_each_from(const Heap& heap, const Leaves& leaves, Handle root,
                              std::string_view from, const Visit& visit);

  private:
    [[nodiscard]] Node& node_at(Handle handle) const;
    [[nodiscard]] Handle new_node(std::size_t depth, std::size_t slots);
    Node& own_node(Handle& slot);
    void add_slot(Handle& slot, std::string_view key, Handle leaf);
    void split(Handle& slot, std::string_view key, const Place& place, Handle leaf);
    void remove_slot(Handle& parent, std::string_view key);
    // What holds the keys that are not less than `from`, the least one last.
    static std::vector<Handle> open_from(const Heap& heap, const Leaves& leaves, Handle root,
                                         std::string_view from);
    template <typename Visit>
    static void visit_all(const Heap& heap, std::vector<Handle> open, const Visit& visit);

    Heap& heap_;
    const Leaves& leaves_;
};

// REQUIRES: the handle is a node's.
[[nodiscard]] inline const Node& node_at(const Heap& heap, Handle handle) {
    return *reinterpret_cast<const Node*>(heap.at(handle));
}

// Where a key lies, if it is below the node at all. Handle::kNone: there are none.
[[nodiscard]] inline Handle next_towards(const Node& node, std::string_view key) {
    const std::size_t depth = node.depth();
    if (depth > half_bytes(key)) {
        return Handle::kNone;
    }
    if (depth == half_bytes(key)) {
        return node.has_value() != 0 ? node.slots()[0] : Handle::kNone;
    }
    const unsigned half_byte = half_byte_at(key, depth);
    return node.has_child(half_byte) ? node.slots()[node.child_slot(half_byte)] : Handle::kNone;
}

// `open` is what is still to be visited, the next one last. Until visit says false.
template <typename Visit>
void Trie::visit_all(const Heap& heap, std::vector<Handle> open, const Visit& visit) {
    while (!open.empty()) {
        const Handle handle = open.back();
        open.pop_back();
        if (is_leaf(handle)) {
            if (!visit(handle)) {
                return;
            }
            continue;
        }
        const Node& node = routing::node_at(heap, handle);
        for (std::size_t i = node.slot_count(); i-- > 0;) {
            open.push_back(node.slots()[i]);
        }
    }
}

template <typename Visit>
void Trie::for_each(const Heap& heap, Handle root, const Visit& visit) {
    const auto open = root == Handle::kNone ? std::vector<Handle>{} : std::vector{root};
    visit_all(heap, open, [&visit](Handle leaf) {
        visit(leaf);
        return true;
    });
}

template <typename Visit>
void Trie::for_each_from(const Heap& heap, const Leaves& leaves, Handle root, std::string_view from,
                         const Visit& visit) {
    visit_all(heap, open_from(heap, leaves, root, from), visit);
}

}  // namespace meridian::routing
