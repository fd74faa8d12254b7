#include "routing/trie.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>  // IWYU pragma: keep (placement)
#include <span>
#include <string_view>
#include <vector>

#include "base/check.h"

namespace meridian::routing {
namespace {

constexpr std::size_t kSlotsMax = 17;

std::size_t node_bytes(std::size_t slots) {
    return sizeof(Node) + slots * sizeof(Handle);
}

std::uint16_t node_tag(std::size_t depth, bool has_value) {
    return static_cast<std::uint16_t>(depth * 2 + (has_value ? 1 : 0));
}

std::uint16_t child_bit(unsigned half_byte) {
    return static_cast<std::uint16_t>(1U << half_byte);
}

// The first half byte in which the two differ, or the length of the shorter one.
std::size_t first_difference(std::string_view one, std::string_view two) {
    const auto bytes = static_cast<std::size_t>(
        std::mismatch(one.begin(), one.end(), two.begin(), two.end()).first - one.begin());
    if (bytes == one.size() || bytes == two.size()) {
        return bytes * 2;
    }
    return bytes * 2 + (half_byte_at(one, bytes * 2) == half_byte_at(two, bytes * 2) ? 1 : 0);
}

// Where a key goes on from a node that is not deeper than it. REQUIRES: it does go on.
std::size_t slot_towards(const Node& node, std::string_view key) {
    return node.depth() == half_bytes(key) ? 0 : node.child_slot(half_byte_at(key, node.depth()));
}

bool goes_on(const Node& node, std::string_view key) {
    if (node.depth() >= half_bytes(key)) {
        return node.depth() == half_bytes(key) && node.has_value() != 0;
    }
    return node.has_child(half_byte_at(key, node.depth()));
}

// A leaf that shares the most with the key. REQUIRES: there is a leaf.
Handle nearest_leaf(const Heap& heap, Handle root, std::string_view key) {
    Handle handle = root;
    while (!is_leaf(handle)) {
        const Node& node = node_at(heap, handle);
        // Past the point where the key leaves the trie every leaf is equally near.
        handle = node.slots()[goes_on(node, key) ? slot_towards(node, key) : 0];
    }
    return handle;
}

// The first slot whose keys are all greater than one that goes on from the node's depth.
std::size_t slot_after(const Node& node, std::string_view key) {
    if (node.depth() == half_bytes(key)) {
        return node.has_value();
    }
    const unsigned half_byte = half_byte_at(key, node.depth());
    return node.child_slot(half_byte) + (node.has_child(half_byte) ? 1 : 0);
}

}  // namespace

Trie::Place Trie::locate(Handle root, std::string_view key) const {
    if (root == Handle::kNone) {
        return {};
    }
    const Handle handle = nearest_leaf(heap_, root, key);
    const std::string_view found = leaves_.key(heap_, handle);
    if (found == key) {
        return {.leaf = handle};
    }
    return {.nearest = handle, .branch = first_difference(found, key)};
}

void Trie::insert(Handle& root, std::string_view key, const Place& place, Handle leaf) {
    CHECK(key.size() <= kKeyBytesMax);
    if (root == Handle::kNone) {
        root = leaf;
        return;
    }
    Handle* slot = &root;
    while (!is_leaf(*slot) && node_at(*slot).depth() < place.branch) {
        Node& node = own_node(*slot);
        slot = &node.slots()[slot_towards(node, key)];
    }
    if (!is_leaf(*slot) && node_at(*slot).depth() == place.branch) {
        add_slot(*slot, key, leaf);
    } else {
        split(*slot, key, place, leaf);
    }
}

Handle& Trie::own(Handle& root, std::string_view key) {
    Handle* slot = &root;
    while (!is_leaf(*slot)) {
        Node& node = own_node(*slot);
        slot = &node.slots()[slot_towards(node, key)];
    }
    return *slot;
}

void Trie::erase(Handle& root, std::string_view key) {
    Handle* parent = nullptr;
    Handle* slot = &root;
    while (!is_leaf(*slot)) {
        Node& node = own_node(*slot);
        parent = slot;
        slot = &node.slots()[slot_towards(node, key)];
    }
    const Handle leaf = *slot;
    if (parent == nullptr) {
        root = Handle::kNone;
    } else {
        remove_slot(*parent, key);
    }
    release(leaf);
}

void Trie::retain(Handle handle) const {
    if (handle != Handle::kNone) {
        auto& block = reinterpret_cast<Block&>(*heap_.at(handle));
        block.references.fetch_add(1, std::memory_order_relaxed);
    }
}

// Blocks that nobody refers to wait in a list through their own reference counts, so that a trie of
// any size and depth is freed without recursion and without further memory.
void Trie::release(Handle handle) {
    Handle dead = Handle::kNone;
    const auto drop = [&](Handle dropped) {
        auto& block = reinterpret_cast<Block&>(*heap_.at(dropped));
        if (block.references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            block.references.store(static_cast<std::uint32_t>(dead), std::memory_order_relaxed);
            dead = dropped;
        }
    };
    if (handle != Handle::kNone) {
        drop(handle);
    }
    while (dead != Handle::kNone) {
        const Handle current = dead;
        const auto& block = reinterpret_cast<const Block&>(*heap_.at(current));
        dead = static_cast<Handle>(block.references.load(std::memory_order_relaxed));
        if (is_leaf(current)) {
            leaves_.destroy(heap_, current);
            continue;
        }
        const Node& node = node_at(current);
        std::ranges::for_each(std::span(node.slots(), node.slot_count()), drop);
        heap_.free(current, node_bytes(node.slot_count()));
    }
}

std::vector<Handle> Trie::open_from(const Heap& heap, const Leaves& leaves, Handle root,
                                    std::string_view from) {
    std::vector<Handle> open;
    if (root == Handle::kNone) {
        return open;
    }
    const std::string_view nearest = leaves.key(heap, nearest_leaf(heap, root, from));
    const std::size_t branch = nearest == from ? half_bytes(from) : first_difference(nearest, from);
    Handle handle = root;
    while (!is_leaf(handle) && routing::node_at(heap, handle).depth() <= branch) {
        const Node& node = routing::node_at(heap, handle);
        const auto slots = std::span(node.slots(), node.slot_count());
        const auto greater = slots.subspan(slot_after(node, from));
        open.insert(open.end(), greater.rbegin(), greater.rend());
        if (!goes_on(node, from)) {
            return open;
        }
        handle = slots[slot_towards(node, from)];
    }
    // All that is left agrees up to the branch, and beyond it is on the same side of `from`.
    if (nearest >= from) {
        open.push_back(handle);
    }
    return open;
}

Node& Trie::node_at(Handle handle) const {
    return reinterpret_cast<Node&>(*heap_.at(handle));
}

Handle Trie::new_node(std::size_t depth, std::size_t slots) {
    const Handle handle = heap_.allocate(node_bytes(slots));
    new (heap_.at(handle)) Node{.tag = node_tag(depth, false), .children = 0};
    return handle;
}

// A node with one reference is only ours: whoever could add one would hold one. The acquire pairs
// with the release of a reader's snapshot that was the other one until now.
Node& Trie::own_node(Handle& slot) {
    const Node& shared = node_at(slot);
    if (shared.references.load(std::memory_order_acquire) != 1) {
        const Handle copy = new_node(shared.depth(), shared.slot_count());
        Node& node = node_at(copy);
        node.tag = shared.tag;
        node.children = shared.children;
        std::memcpy(node.slots(), shared.slots(), shared.slot_count() * sizeof(Handle));
        std::ranges::for_each(std::span(node.slots(), node.slot_count()),
                              [this](Handle child) { retain(child); });
        release(slot);
        slot = copy;
    }
    return node_at(slot);
}

// The node at `slot` lies where the key ends, or goes on with a half byte that it does not have.
void Trie::add_slot(Handle& slot, std::string_view key, Handle leaf) {
    Node& old = own_node(slot);
    const std::size_t count = old.slot_count();
    const std::size_t index = slot_towards(old, key);
    std::array<Handle, kSlotsMax> slots;
    std::copy_n(old.slots(), index, slots.begin());
    slots[index] = leaf;
    std::copy_n(old.slots() + index, count - index, slots.begin() + index + 1);

    const bool is_value = old.depth() == half_bytes(key);
    const auto tag = node_tag(old.depth(), is_value || old.has_value() != 0);
    const auto children = static_cast<std::uint16_t>(
        is_value ? old.children : old.children | child_bit(half_byte_at(key, old.depth())));
    if (Heap::block_bytes(node_bytes(count)) != Heap::block_bytes(node_bytes(count + 1))) {
        const Handle larger = new_node(old.depth(), count + 1);
        heap_.free(slot, node_bytes(count));
        slot = larger;
    }
    Node& node = node_at(slot);
    node.tag = tag;
    node.children = children;
    std::copy_n(slots.begin(), count + 1, node.slots());
}

// Puts a new node over what is at `slot`, which is deeper than where the key parts from it.
void Trie::split(Handle& slot, std::string_view key, const Place& place, Handle leaf) {
    const std::string_view other = leaves_.key(heap_, place.nearest);
    const Handle above = new_node(place.branch, 2);
    Node& node = node_at(above);
    if (half_bytes(key) == place.branch || half_bytes(other) == place.branch) {
        const bool key_ends = half_bytes(key) == place.branch;
        node.tag = node_tag(place.branch, true);
        node.children = child_bit(half_byte_at(key_ends ? other : key, place.branch));
        node.slots()[0] = key_ends ? leaf : slot;
        node.slots()[1] = key_ends ? slot : leaf;
    } else {
        const unsigned ours = half_byte_at(key, place.branch);
        const unsigned theirs = half_byte_at(other, place.branch);
        node.children = static_cast<std::uint16_t>(child_bit(ours) | child_bit(theirs));
        node.slots()[ours < theirs ? 0 : 1] = leaf;
        node.slots()[ours < theirs ? 1 : 0] = slot;
    }
    slot = above;
}

// Takes the key's slot out of the node at `parent`, which is ours. A node that would keep one slot
// gives way to what is in it.
void Trie::remove_slot(Handle& parent, std::string_view key) {
    Node& old = node_at(parent);
    const std::size_t count = old.slot_count();
    const std::size_t index = slot_towards(old, key);
    const Handle before = parent;
    if (count == 2) {
        parent = old.slots()[1 - index];
        heap_.free(before, node_bytes(count));
        return;
    }
    const bool smaller =
        Heap::block_bytes(node_bytes(count)) != Heap::block_bytes(node_bytes(count - 1));
    const Handle after = smaller ? new_node(old.depth(), count - 1) : before;
    Node& node = node_at(after);
    node.tag = old.tag;
    node.children = old.children;
    if (old.depth() == half_bytes(key)) {
        node.tag = node_tag(old.depth(), false);
    } else {
        node.children &= static_cast<std::uint16_t>(~child_bit(half_byte_at(key, old.depth())));
    }
    std::copy(old.slots(), old.slots() + index, node.slots());
    std::copy(old.slots() + index + 1, old.slots() + count, node.slots() + index);
    if (smaller) {
        parent = after;
        heap_.free(before, node_bytes(count));
    }
}

}  // namespace meridian::routing
