// A copy of the catalog's names beside the database: without them no row can be understood, and
// they stand in one block of one file.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "base/result.h"

namespace meridian::store {

// Rows of the catalog (layout.h) that hardly ever change: tables, regions, which log this is.
using CatalogRows = std::map<std::string, std::string, std::less<>>;

[[nodiscard]] bool is_copied(std::string_view key);

// Replaces FOLDER/CATALOG in one step, when the rows differ from those in it.
[[nodiscard]] Result<void> write_catalog_copy(const std::filesystem::path& folder,
                                              const CatalogRows& rows);
// Empty when there is none, or it is damaged.
[[nodiscard]] CatalogRows read_catalog_copy(const std::filesystem::path& folder);

}  // namespace meridian::store
