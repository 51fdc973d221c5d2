// FileCache: bytes kept in a folder under a hash of what they were made from, to be found by a
// later process. A cache and nothing more: any of its files, or all, may be deleted at any time.
//
//   auto cache = FileCache::open("data/cache/objects", kMaxObjectCacheBytes);
//   if (auto bytes = cache->find(key)) …
//   cache->keep(key, bytes);
//
// The folder is its owner's alone (0700, files 0600): what it holds is run. A file that is damaged,
// cut short, of another key or of another owner is not found, and replaced by the next `keep`.
// Files are written under another name and renamed, so that several processes may use one folder
// at once. Beyond the bound the files that were not used for the longest time go.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/base/hash.h"

namespace trig {

class FileCache {
 public:
  // Makes the folder, and those above it, where there is none. Null where it is not to be had: of
  // another owner, a link, on a disk that is full or read-only.
  static std::shared_ptr<FileCache> open(const std::string& folder, std::size_t max_bytes);
  ~FileCache();
  FileCache(const FileCache&) = delete;
  FileCache& operator=(const FileCache&) = delete;

  // Both may be called by several threads.
  std::optional<std::string> find(const Hash128& key) const;
  // False where they could not be kept; that changes nothing for who has them.
  bool keep(const Hash128& key, std::string_view bytes) const;

 private:
  FileCache(int folder, std::size_t max_bytes) : folder_(folder), max_bytes_(max_bytes) {}
  void make_room(const std::string& kept) const;

  int folder_;
  std::size_t max_bytes_;
  mutable std::atomic<unsigned> written_ = 0;
};

}  // namespace trig
