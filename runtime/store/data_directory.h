// The data directory of a server: what makes a folder ours, and since which format.
//
//   DIR/FORMAT    "trig data directory\nformat 1\n", written before anything else
//   DIR/rocksdb/  the rows
//
// The format number rises when what is stored changes its meaning. A release opens the formats it
// knows and refuses a newer one: there is no downgrade.
#pragma once

#include <string>

#include "compiler/base/result.h"

namespace trig::store {

constexpr int kDataFormat = 1;

// Makes `directory` a data directory of trig unless it is one. Refuses a folder that holds
// something else, a FORMAT that cannot be read and a newer one. Durable when it returns.
Status claim_directory(const std::string& directory);

// Like claim_directory for a directory that must be there already; changes nothing.
Status verify_directory(const std::string& directory);

std::string rows_path(const std::string& directory);

// "process 4711" when another process holds `lock_file` by fcntl, empty if none does. Must not be
// called when this very process holds it: closing the file would give up the lock.
std::string lock_holder(const std::string& lock_file);

}  // namespace trig::store
