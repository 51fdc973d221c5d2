#include "stdlib/stdlib.h"

#include <algorithm>
#include <map>

namespace trig {

extern const EmbeddedFile k_stdlib_files[];
extern const std::size_t k_stdlib_files_count;

namespace stdlib {
namespace {

constexpr std::string_view kPrefix = "std.";
constexpr std::string_view kSuffix = ".trig";

// Module name → file; "std.email" is email.trig.
const std::map<std::string, const EmbeddedFile*, std::less<>>& table() {
  static const auto modules = [] {
    std::map<std::string, const EmbeddedFile*, std::less<>> all;
    for (std::size_t i = 0; i < k_stdlib_files_count; ++i) {
      std::string_view file = k_stdlib_files[i].name;
      file.remove_suffix(kSuffix.size());
      all.emplace(std::string(kPrefix) + std::string(file), &k_stdlib_files[i]);
    }
    return all;
  }();
  return modules;
}

}  // namespace

const EmbeddedFile* find(std::string_view module) {
  auto place = table().find(module);
  return place == table().end() ? nullptr : place->second;
}

std::vector<std::string> modules() {
  std::vector<std::string> names;
  for (const auto& [name, file] : table()) names.push_back(name);
  return names;
}

std::string_view module_of_event(std::string_view event) {
  std::string declaration = "\nevent " + std::string(event) + " ";
  for (const auto& [name, file] : table())
    if (file->text.find(declaration) != std::string_view::npos) return name;
  return {};
}

}  // namespace stdlib
}  // namespace trig
