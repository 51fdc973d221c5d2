// Versions: the files of a project as they were deployed, in the data directory.
//
//   DIR/versions/NUMBER.json   who deployed it, when, and its files as path → hash
//   DIR/versions/files/HASH    their texts, each once
//   DIR/versions/deployed      the number of the one that a start serves; absent: nobody deployed
//                              through the admin API, and a start serves the project's folder
//
// What is told as saved is on stable storage. A kill at any moment leaves the old or the new
// version deployed, whole: its files come first, then its record, then `deployed`, each by a
// rename. Beyond kMaxKeptVersions the oldest go, but never the deployed one. trig.toml is no part
// of a version: it belongs to the server. One thread at a time.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/base/hash.h"
#include "compiler/base/result.h"
#include "compiler/base/time.h"
#include "compiler/project/project.h"

namespace trig::admin {

// The files of the folder that `trig serve` was given, at a start or on SIGHUP.
inline constexpr std::string_view kByFolder = "the project's folder";

struct Version {
  std::uint64_t number = 0;
  Instant at;
  std::string by;                       // the name of a token, or kByFolder
  std::optional<std::uint64_t> before;  // the version that ran when it came
  std::map<std::string, Hash128> files;
};

class Versions {
 public:
  // Failure: records that cannot be read or are damaged. A folder without any is empty.
  static Result<Versions> open(const std::string& data_directory);

  const std::vector<Version>& all() const { return all_; }  // the oldest first
  const Version* find(std::uint64_t number) const;
  std::optional<std::uint64_t> deployed() const { return deployed_; }

  Result<project::Files> files_of(const Version& version) const;
  // Its number is one more than the last one's, whatever `version` says.
  Result<std::uint64_t> save(Version version, const project::Files& files);
  Status deploy(std::uint64_t number);
  // From now on a start serves the project's folder.
  Status forget_deployed();

 private:
  explicit Versions(std::string folder) : folder_(std::move(folder)) {}
  Status read();
  Status make_room();

  std::string folder_;
  std::vector<Version> all_;
  std::optional<std::uint64_t> deployed_;
};

}  // namespace trig::admin
