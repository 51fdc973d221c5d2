#include "runtime/admin/bundle.h"

#include <algorithm>

#include "compiler/base/codec.h"
#include "compiler/base/limits.h"
#include "compiler/liquid/utf8.h"
#include "compiler/project/files.h"
#include "runtime/ports/limits.h"

namespace trig::admin {
namespace {

namespace json = boost::json;

constexpr std::string_view kSettings = "trig.toml";

Result<std::string> file_text(const std::string& path, const json::value& value) {
  if (const json::string* text = value.if_string()) return std::string(text->begin(), text->end());
  const json::object* coded = value.if_object();
  const json::value* base64 = coded == nullptr ? nullptr : coded->if_contains("base64");
  std::string bytes;
  if (base64 == nullptr || !base64->is_string() ||
      !base64_decode(std::string_view(base64->as_string()), bytes))
    return fail("the file {} is neither a text nor {{\"base64\": …}}", path);
  return bytes;
}

Status check_size(const std::string& path, const std::string& text) {
  const std::size_t limit = path.ends_with(".csv") ? kMaxTableFileBytes : kMaxSourceBytes;
  if (text.size() > limit) return fail("the file {} has more than {} bytes", path, limit);
  return {};
}

}  // namespace

bool is_bundle_path(std::string_view path) {
  if (path.empty() || path.size() > kMaxBundlePathBytes || !liquid::is_utf8(path)) return false;
  std::size_t depth = 0;
  for (std::size_t begin = 0; begin <= path.size(); ++depth) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view part = path.substr(begin, end - begin);
    // Hidden names are no part of a project; `.` and `..` are among them.
    if (part.empty() || part.front() == '.') return false;
    if (std::any_of(part.begin(), part.end(), [](char c) {
          return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '\\';
        }))
      return false;
    begin = end + 1;
  }
  return depth <= kMaxFolderDepth + 1;
}

json::object files_to_json(const project::Files& files) {
  json::object object;
  for (const auto& [path, text] : files) {
    if (liquid::is_utf8(text))
      object[path] = text;
    else
      object[path] = json::object{{"base64", base64(text)}};
  }
  return object;
}

Result<project::Files> files_from_json(const json::value& value) {
  const json::object* object = value.if_object();
  if (object == nullptr) return fail("`files` should be an object of paths and texts");
  if (object->size() > kMaxProjectFiles)
    return fail("there are more than {} files", kMaxProjectFiles);
  project::Files files;
  std::vector<std::string> paths;
  for (const json::key_value_pair& entry : *object) {
    const std::string path(entry.key());
    if (!is_bundle_path(path))
      return fail("{} is no path of a file in a project", json::serialize(json::value(path)));
    auto text = file_text(path, entry.value());
    if (!text) return tl::unexpected(text.error());
    if (Status size = check_size(path, *text); !size) return tl::unexpected(size.error());
    files.emplace(path, std::move(*text));
    paths.push_back(path);
  }
  const std::vector<bool> belongs = project::which_belong(paths);
  for (std::size_t i = 0; i < paths.size(); ++i)
    if (!belongs[i]) return fail("{} is no file of a project", paths[i]);
  return files;
}

std::map<std::string, Hash128> hashes_of(const project::Files& files) {
  std::map<std::string, Hash128> hashes;
  for (const auto& [path, text] : files)
    if (path != kSettings) hashes.emplace(path, hash128(text));
  return hashes;
}

Hash128 hash_of_files(const project::Files& files) {
  ByteWriter writer;
  for (const auto& [path, hash] : hashes_of(files)) {
    writer.text(path);
    writer.fixed64(hash.high);
    writer.fixed64(hash.low);
  }
  return hash128(writer.bytes());
}

}  // namespace trig::admin
