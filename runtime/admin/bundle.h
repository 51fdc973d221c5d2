// A bundle: the files of a project in one JSON text, as `trig plan` uploads them.
//
//   {"version":1, "files":{"campaigns.trig":"…", "templates/logo.png":{"base64":"…"}}, …}
//
// What is read comes from outside: paths lead nowhere but into the project, and nothing is larger
// than what a project's folder may hold. Files of other kinds than a project has are refused.
#pragma once

#include <boost/json.hpp>

#include "compiler/base/hash.h"
#include "compiler/base/result.h"
#include "compiler/project/project.h"

namespace trig::admin {

constexpr int kApiVersion = 1;
// Of a page of events: the number at which the next one begins. Absent from the last.
inline constexpr std::string_view kNextEventHeader = "Trig-Next-Event";

boost::json::object files_to_json(const project::Files& files);
Result<project::Files> files_from_json(const boost::json::value& files);

// "campaigns/cart.trig": parts of printable text between `/`, none of them empty, `.` or hidden.
bool is_bundle_path(std::string_view path);

// What tells a set of files from any other; trig.toml does not count.
Hash128 hash_of_files(const project::Files& files);
std::map<std::string, Hash128> hashes_of(const project::Files& files);  // likewise

}  // namespace trig::admin
