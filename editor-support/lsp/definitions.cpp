#include "editor-support/lsp/definitions.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "compiler/base/hash.h"
#include "stdlib/stdlib.h"

namespace trig::lsp {
namespace {

constexpr std::size_t kShownLines = 12;

std::string_view trimmed(std::string_view line) {
  const std::size_t begin = line.find_first_not_of(" \t\r");
  if (begin == line.npos) return {};
  return line.substr(begin, line.find_last_not_of(" \t\r") - begin + 1);
}

std::string_view module_text(const std::string& path) {
  for (const std::string& name : stdlib::modules())
    if (const EmbeddedFile* module = stdlib::find(name))
      if ("std/" + std::string(module->name) == path) return module->text;
  return {};
}

// Where a comment begins on a line, or npos.
std::size_t comment_in(std::string_view line) {
  bool in_text = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (in_text && line[i] == '\\')
      ++i;
    else if (line[i] == '"')
      in_text = !in_text;
    else if (!in_text && line[i] == '#')
      return i;
  }
  return line.npos;
}

// A copy that editors can open. Its name holds its content, so that an old one is never shown.
std::string cached_module(const std::string& path) {
  namespace fs = std::filesystem;
  const std::string_view text = module_text(path);
  const char* cache = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  if (text.empty() || (cache == nullptr && home == nullptr)) return {};
  const fs::path base = cache != nullptr ? fs::path(cache) : fs::path(home) / ".cache";
  const fs::path file = base / "trig" / to_hex(hash128(text)).substr(0, 12) / path;
  std::error_code error;
  if (fs::exists(file, error)) return file;
  fs::create_directories(file.parent_path(), error);
  if (error) return {};
  std::ofstream(file, std::ios::binary) << text;
  fs::permissions(file, fs::perms::owner_read, error);
  return file;
}

}  // namespace

std::optional<Definition> definition_of(const NamesByPath& names, const NameId& id) {
  for (const auto& [path, uses] : names)
    for (const NameUse& use : uses)
      if (use.definition && use.id == id) return Definition{path, use};
  return std::nullopt;
}

std::string doc_comment(std::string_view text, std::uint32_t offset) {
  const Lines lines(text);
  const std::uint32_t line = lines.line_of(offset);
  std::vector<std::string> said;
  for (std::uint32_t above = line; above > 0; --above) {
    const std::string_view one = trimmed(lines.text_of(above - 1));
    if (!one.starts_with('#') || one.find("trig:") != one.npos) break;
    said.emplace_back(trimmed(one.substr(1)));
  }
  std::reverse(said.begin(), said.end());
  const std::string_view own = lines.text_of(line);
  if (const std::size_t behind = comment_in(own); behind != own.npos)
    said.emplace_back(trimmed(own.substr(behind + 1)));
  std::string all;
  for (const std::string& one : said) all += (all.empty() ? "" : "\n") + one;
  return all;
}

std::string declaration_text(std::string_view text, std::uint32_t offset) {
  const Lines lines(text);
  const std::uint32_t first = lines.line_of(offset);
  std::string all(trimmed(lines.text_of(first)));
  if (const std::size_t comment = comment_in(all); comment != std::string::npos)
    all = trimmed(std::string_view(all).substr(0, comment));
  const bool whole = lines.text_of(first).find_first_not_of(" \t") == 0;
  if (!whole || !all.ends_with('{')) return all;
  for (std::uint32_t line = first + 1; line < lines.count(); ++line) {
    if (line - first == kShownLines) return all + "\n  …\n}";
    all += "\n" + std::string(lines.text_of(line));
    if (lines.text_of(line).starts_with('}')) break;
  }
  return all;
}

std::string text_of_path(LiveProject& project, const std::string& path) {
  if (const std::string* text = project.text_of(path)) return *text;
  return std::string(module_text(path));
}

std::string uri_of(Session& session, LiveProject& project, const std::string& path) {
  if (!of_standard_library(project, path))
    return session.workspace.uri_of(full_path_of(project, path));
  const std::string file = cached_module(path);
  return file.empty() ? std::string() : uri_of_path(file);
}

std::string_view doc_of_word(std::string_view word) {
#define TRIG_WORD(name, sentence) \
  if (word == #name) return sentence;
#include "editor-support/lsp/words.def"
#undef TRIG_WORD
  return {};
}

}  // namespace trig::lsp
