// Files written anew, whole or not at all: a full disk must not cost anybody a campaign.
#pragma once

#include <map>
#include <string>

#include "compiler/base/result.h"

namespace trig::cli {

// Path → text. Every text is written beside its file before the first file is replaced. A link
// stays a link: what it leads to is replaced. Files that do not exist are made.
Status replace_files(const std::map<std::string, std::string>& texts);

}  // namespace trig::cli
