#include "runtime/cli/git.h"

#include <charconv>
#include <filesystem>

#include "compiler/base/limits.h"
#include "compiler/base/process.h"
#include "compiler/project/files.h"

namespace trig::cli {
namespace {

namespace fs = std::filesystem;

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

// A path as git prints it: in quotes, with escapes, where it holds odd characters.
std::string unquoted(std::string_view path) {
  if (!path.starts_with('"')) return std::string(path);
  std::string plain;
  for (std::size_t i = 1; i + 1 < path.size(); ++i) {
    if (path[i] != '\\') {
      plain += path[i];
    } else if (path[i + 1] >= '0' && path[i + 1] <= '3' && i + 3 < path.size()) {
      plain +=
          static_cast<char>((path[i + 1] - '0') * 64 + (path[i + 2] - '0') * 8 + path[i + 3] - '0');
      i += 3;
    } else {
      ++i;
      plain += path[i] == 't' ? '\t' : path[i] == 'n' ? '\n' : path[i];
    }
  }
  return plain;
}

// "@@ -3,2 +5,4 @@" → 5 to 8; nullopt where nothing was added.
std::optional<std::pair<std::uint32_t, std::uint32_t>> added_lines(std::string_view header) {
  const std::size_t plus = header.find(" +");
  if (plus == header.npos) return std::nullopt;
  const char* end = header.data() + header.size();
  std::uint32_t first = 0;
  std::uint32_t count = 1;
  const char* rest = std::from_chars(header.data() + plus + 2, end, first).ptr;
  if (rest != end && *rest == ',') std::from_chars(rest + 1, end, count);
  if (count == 0) return std::nullopt;
  return std::pair(first, first + count - 1);
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = std::min(text.find(separator, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

}  // namespace

Result<std::string> run_git(const std::string& folder, const std::vector<std::string>& arguments,
                            const std::string& input) {
  std::vector<std::string> words = {
      "git", "-C", folder, "-c", "core.fsmonitor=false", "-c", "core.quotePath=true"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  Result<Finished> git =
      run_program({.words = std::move(words),
                   .variables = {"GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", "LC_ALL=C"},
                   .input = input,
                   .max_bytes = kMaxGitOutputBytes});
  if (!git) return tl::unexpected(git.error());
  if (git->exit != 0) return fail("git {}: {}", arguments.front(), first_line(git->complaint));
  return std::move(git->output);
}

Result<std::string> commit_of(const std::string& folder, const std::string& revision) {
  if (revision.empty() || revision.starts_with('-'))
    return fail("\"{}\" is not the name of a revision", revision);
  Result<std::string> commit = run_git(
      folder, {"rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"});
  if (!commit) {
    Result<std::string> inside = run_git(folder, {"rev-parse", "--git-dir"});
    if (!inside) return tl::unexpected(inside.error());
    return fail("git knows no revision {}", revision);
  }
  return first_line(*commit);
}

Result<std::map<std::string, LineRanges>> changed_lines(const std::string& folder,
                                                        const std::string& revision) {
  Result<std::string> commit = commit_of(folder, revision);
  if (!commit) return tl::unexpected(commit.error());
  Result<std::string> fork = run_git(folder, {"merge-base", *commit, "HEAD"});
  const std::string base = fork ? first_line(*fork) : *commit;
  Result<std::string> diff =
      run_git(folder, {"diff", "--unified=0", "--no-color", "--no-ext-diff", "--no-textconv",
                       "--no-renames", "--relative", "--src-prefix=a/", "--dst-prefix=b/", base,
                       "--", "."});
  if (!diff) return tl::unexpected(diff.error());
  Result<std::string> added =
      run_git(folder, {"ls-files", "--others", "--exclude-standard", "-z", "--", "."});
  if (!added) return tl::unexpected(added.error());
  std::map<std::string, LineRanges> changed;
  std::string path;
  for (const std::string& line : split(*diff, '\n')) {
    if (line.starts_with("+++ ")) {
      std::string_view written = std::string_view(line).substr(4);
      if (written.ends_with('\t')) written.remove_suffix(1);  // behind a name with blanks
      path = unquoted(written);
      path = path.starts_with("b/") ? path.substr(2) : std::string();
    } else if (auto lines = line.starts_with("@@ ") ? added_lines(line) : std::nullopt) {
      changed[path].push_back(*lines);
    }
  }
  for (const std::string& file : split(*added, '\0')) changed[file] = {{1, UINT32_MAX}};
  return changed;
}

Result<project::Files> files_at(const std::string& folder, const std::string& revision) {
  Result<std::string> commit = commit_of(folder, revision);
  if (!commit) return tl::unexpected(commit.error());
  Result<std::string> listing = run_git(folder, {"ls-tree", "-r", "-z", *commit, "--", "."});
  if (!listing) return tl::unexpected(listing.error());
  std::vector<std::pair<std::string, std::string>> wanted;  // path and blob
  std::vector<std::string> paths;
  for (const std::string& entry : split(*listing, '\0')) {  // "MODE blob ID\tPATH"
    const std::size_t tab = entry.find('\t');
    const std::vector<std::string> facts = split(entry.substr(0, tab), ' ');
    if (tab == entry.npos || facts.size() != 3 || facts[1] != "blob" || facts[0] == "120000")
      continue;
    wanted.emplace_back(entry.substr(tab + 1), facts[2]);
    paths.push_back(entry.substr(tab + 1));
  }
  const std::vector<bool> belongs = project::which_belong(paths);
  std::string ids;
  for (std::size_t i = 0; i < wanted.size(); ++i)
    if (belongs[i]) ids += wanted[i].second + "\n";
  Result<std::string> blobs = run_git(folder, {"cat-file", "--batch"}, ids);
  if (!blobs) return tl::unexpected(blobs.error());
  project::Files files;
  std::size_t at = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (!belongs[i]) continue;
    const std::size_t line_end = blobs->find('\n', at);  // "ID blob SIZE"
    const std::size_t blank = line_end == blobs->npos ? blobs->npos : blobs->rfind(' ', line_end);
    std::size_t size = 0;
    if (blank == blobs->npos ||
        std::from_chars(&(*blobs)[blank + 1], &(*blobs)[line_end], size).ec != std::errc() ||
        line_end + 1 + size > blobs->size())
      return fail("git says nothing about {}", wanted[i].first);
    files.emplace(wanted[i].first, blobs->substr(line_end + 1, size));
    at = line_end + 1 + size + 1;
  }
  return files;
}

std::string path_in_repository(const std::string& folder) {
  std::error_code error;
  const fs::path absolute = fs::weakly_canonical(folder, error);
  fs::path root = absolute;
  while (!fs::exists(root / ".git", error) && root.has_relative_path()) root = root.parent_path();
  if (!fs::exists(root / ".git", error)) root = fs::weakly_canonical(".", error);
  const std::string path = absolute.lexically_relative(root).generic_string();
  return path == "." || path.empty() ? std::string() : path + "/";
}

}  // namespace trig::cli
