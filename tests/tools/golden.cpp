#include "tests/tools/golden.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

namespace trig::golden {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMark = "# ---- expected ----\n";

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string commented(const std::string& text) {
  std::string out(kMark);
  std::size_t begin = 0;
  while (begin < text.size()) {
    std::size_t end = std::min(text.find('\n', begin), text.size());
    std::string line = text.substr(begin, end - begin);
    out += line.empty() ? "#\n" : "# " + line + "\n";
    begin = end + 1;
  }
  return out;
}

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  if (!fs::is_directory(folder)) return files;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".trig") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

// The first line in which they differ, for the report.
std::string difference(const std::string& expected, const std::string& actual) {
  auto [e, a] = std::mismatch(expected.begin(), expected.end(), actual.begin(), actual.end());
  auto line_at = [](const std::string& text, std::string::const_iterator place) {
    auto offset = static_cast<std::size_t>(place - text.begin());
    std::size_t begin = offset == 0 ? 0 : text.rfind('\n', offset - 1) + 1;
    return text.substr(begin, text.find('\n', begin) - begin);
  };
  return fmt::format("  expected: {}\n  actual:   {}\n", line_at(expected, e), line_at(actual, a));
}

}  // namespace

std::string input_of(const std::string& file_text) {
  return file_text.substr(0, std::min(file_text.find(kMark), file_text.size()));
}

int golden_main(int argc, char** argv, const std::map<std::string, Stage>& stages) {
  bool update = argc > 1 && std::string_view(argv[1]) == "--update";
  fs::path root = argc > (update ? 2 : 1) ? argv[argc - 1] : "tests/golden";
  std::size_t run = 0;
  std::size_t wrong = 0;
  for (const auto& [name, stage] : stages) {
    for (const fs::path& path : files_in(root / name)) {
      ++run;
      std::string text = read(path);
      std::string input = input_of(text);
      std::string actual = input + commented(stage(input, path.filename().string()));
      if (actual == text) continue;
      if (update) {
        std::ofstream(path, std::ios::binary) << actual;
        fmt::print("rewritten: {}/{}\n", name, path.filename().string());
        continue;
      }
      ++wrong;
      fmt::print("{}/{}: not as expected\n{}", name, path.filename().string(),
                 difference(text, actual));
    }
  }
  fmt::print("{} golden files, {} not as expected\n", run, wrong);
  if (run == 0) return 2;
  return wrong == 0 ? 0 : 1;
}

}  // namespace trig::golden
