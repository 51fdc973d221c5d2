#include "runtime/admin/versions.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "runtime/admin/bundle.h"
#include "runtime/ports/limits.h"

namespace trig::admin {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr int kRecordForm = 1;

Status write_new(const std::string& path, std::string_view bytes) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return fail("cannot write {}: {}", path, std::strerror(errno));
  bool good = true;
  while (good && !bytes.empty()) {
    const ssize_t count = ::write(file, bytes.data(), bytes.size());
    good = count > 0;
    if (good) bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  const int error = errno;
  ::close(file);
  if (!good) return fail("cannot write {}: {}", path, std::strerror(error));
  return {};
}

// Everything that was written into the folder's file system: one call for thousands of files.
Status sync_all(const std::string& folder) {
  const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool good = file >= 0 && ::syncfs(file) == 0;
  const int error = errno;
  if (file >= 0) ::close(file);
  if (!good) return fail("cannot sync {}: {}", folder, std::strerror(error));
  return {};
}

// Whole or not at all, and on stable storage.
Status replace(const std::string& folder, const std::string& name, std::string_view bytes) {
  const std::string unfinished = folder + "/" + name + ".new";
  if (Status written = write_new(unfinished, bytes); !written) return written;
  if (Status synced = sync_all(folder); !synced) return synced;
  if (::rename(unfinished.c_str(), (folder + "/" + name).c_str()) != 0)
    return fail("cannot write {}/{}: {}", folder, name, std::strerror(errno));
  return sync_all(folder);
}

Result<std::string> read_whole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), {});
  if (!file) return fail("cannot read {}: {}", path, std::strerror(errno));
  return text;
}

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number == 0) return std::nullopt;
  return number;
}

std::optional<Hash128> hash_in(std::string_view hex) {
  Hash128 hash;
  if (hex.size() != 32) return std::nullopt;
  for (auto [part, target] :
       {std::pair(hex.substr(0, 16), &hash.high), std::pair(hex.substr(16), &hash.low)}) {
    auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), *target, 16);
    if (error != std::errc() || end != part.data() + part.size()) return std::nullopt;
  }
  return hash;
}

std::string record_of(const Version& version) {
  json::object files;
  for (const auto& [path, hash] : version.files) files[path] = to_hex(hash);
  json::object record{{"form", kRecordForm},
                      {"version", version.number},
                      {"at", to_string(version.at)},
                      {"by", version.by}};
  if (version.before) record["before"] = *version.before;
  record["files"] = std::move(files);
  return json::serialize(record) + "\n";
}

Result<Version> read_record(const std::string& path) {
  auto text = read_whole(path);
  if (!text) return tl::unexpected(text.error());
  try {
    const json::value record = json::parse(*text);
    if (record.at("form").as_int64() != kRecordForm)
      return fail("{} is of another release of trig", path);
    Version version;
    version.number = record.at("version").to_number<std::uint64_t>();
    auto at = parse_instant(std::string_view(record.at("at").as_string()));
    version.at = at.value_or(Instant{});
    version.by = record.at("by").as_string();
    if (const json::value* before = record.as_object().if_contains("before"))
      version.before = before->to_number<std::uint64_t>();
    for (const auto& entry : record.at("files").as_object()) {
      auto hash = hash_in(std::string_view(entry.value().as_string()));
      if (!at || !hash || !is_bundle_path(entry.key())) return fail("{} is damaged", path);
      version.files.emplace(entry.key(), *hash);
    }
    return version;
  } catch (const std::exception& error) {
    return fail("{} is damaged: {}", path, error.what());
  }
}

std::string record_name(std::uint64_t number) { return fmt::format("{}.json", number); }

}  // namespace

Result<Versions> Versions::open(const std::string& data_directory) {
  Versions versions(data_directory + "/versions");
  if (Status read = versions.read(); !read) return tl::unexpected(read.error());
  return versions;
}

Status Versions::read() {
  std::error_code error;
  if (!fs::exists(folder_, error)) return {};
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_, error)) {
    if (entry.path().extension() != ".json") continue;
    auto version = read_record(entry.path().string());
    if (!version) return tl::unexpected(version.error());
    all_.push_back(std::move(*version));
  }
  if (error) return fail("cannot read {}: {}", folder_, error.message());
  std::sort(all_.begin(), all_.end(),
            [](const Version& a, const Version& b) { return a.number < b.number; });
  const std::string place = folder_ + "/deployed";
  if (!fs::exists(place, error)) return {};
  auto text = read_whole(place);
  if (!text) return tl::unexpected(text.error());
  deployed_ = text->ends_with('\n') ? number_in(text->substr(0, text->size() - 1)) : std::nullopt;
  if (!deployed_ || find(*deployed_) == nullptr)
    return fail("{} is damaged: it names no version that is there", place);
  return {};
}

const Version* Versions::find(std::uint64_t number) const {
  for (const Version& version : all_)
    if (version.number == number) return &version;
  return nullptr;
}

Result<project::Files> Versions::files_of(const Version& version) const {
  project::Files files;
  for (const auto& [path, hash] : version.files) {
    auto text = read_whole(folder_ + "/files/" + to_hex(hash));
    if (!text) return tl::unexpected(text.error());
    if (hash128(*text) != hash)
      return fail("{}/files/{} is damaged ({} of version {})", folder_, to_hex(hash), path,
                  version.number);
    files.emplace(path, std::move(*text));
  }
  return files;
}

Result<std::uint64_t> Versions::save(Version version, const project::Files& files) {
  std::error_code error;
  fs::create_directories(folder_ + "/files", error);
  if (error) return fail("cannot make {}: {}", folder_, error.message());
  fs::permissions(folder_, fs::perms::owner_all, error);
  version.number = all_.empty() ? 1 : all_.back().number + 1;
  version.files = hashes_of(files);
  // What another version has is there and synced; what a crash has left may be cut short.
  std::set<Hash128> known;
  for (const Version& other : all_)
    for (const auto& [path, hash] : other.files) known.insert(hash);
  for (const auto& [path, hash] : version.files) {
    if (!known.insert(hash).second) continue;
    const std::string place = folder_ + "/files/" + to_hex(hash);
    if (Status written = write_new(place + ".new", files.at(path)); !written)
      return tl::unexpected(written.error());
    if (::rename((place + ".new").c_str(), place.c_str()) != 0)
      return fail("cannot write {}: {}", place, std::strerror(errno));
  }
  if (Status synced = sync_all(folder_); !synced) return tl::unexpected(synced.error());
  if (Status kept = replace(folder_, record_name(version.number), record_of(version)); !kept)
    return tl::unexpected(kept.error());
  all_.push_back(std::move(version));
  if (Status room = make_room(); !room) return tl::unexpected(room.error());
  return all_.back().number;
}

Status Versions::deploy(std::uint64_t number) {
  if (find(number) == nullptr) return fail("there is no version {}", number);
  if (Status kept = replace(folder_, "deployed", fmt::format("{}\n", number)); !kept) return kept;
  deployed_ = number;
  return {};
}

Status Versions::forget_deployed() {
  std::error_code error;
  fs::remove(folder_ + "/deployed", error);
  if (error) return fail("cannot remove {}/deployed: {}", folder_, error.message());
  deployed_.reset();
  return fs::exists(folder_, error) ? sync_all(folder_) : Status{};
}

Status Versions::make_room() {
  std::error_code error;
  while (all_.size() > kMaxKeptVersions) {
    auto oldest = all_.begin();
    if (oldest->number == deployed_) ++oldest;
    fs::remove(folder_ + "/" + record_name(oldest->number), error);
    if (error) return fail("cannot remove version {}: {}", oldest->number, error.message());
    all_.erase(oldest);
  }
  std::set<std::string> used;
  for (const Version& version : all_)
    for (const auto& [path, hash] : version.files) used.insert(to_hex(hash));
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_ + "/files", error))
    if (!used.contains(entry.path().filename().string())) fs::remove(entry.path(), error);
  return {};
}

}  // namespace trig::admin
