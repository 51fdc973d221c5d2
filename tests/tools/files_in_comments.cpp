#include "tests/tools/files_in_comments.h"

#include <fmt/format.h>

#include <regex>
#include <sstream>

namespace trig::golden {

std::map<std::string, std::string> files_in_comments(const std::string& text) {
  constexpr std::string_view kFile = "# file ";
  constexpr std::string_view kLine = "#|";
  std::map<std::string, std::string> files;
  std::string* file = nullptr;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(kFile)) {
      file = &files[line.substr(kFile.size())];
    } else if (file != nullptr && line.starts_with(kLine)) {
      std::string_view content = std::string_view(line).substr(kLine.size());
      if (content.starts_with(' ')) content.remove_prefix(1);
      *file += std::string(content) + "\n";
    } else {
      file = nullptr;
    }
  }
  return files;
}

std::string settings_for(const std::string& text, const std::string& zone) {
  std::string settings = fmt::format(
      "name = \"scenario\"\ntimezone = \"{}\"\n[[senders]]\nname = \"shop\"\n"
      "address = \"shop@example.com\"\npostal_address = \"1 Example Street\"\n"
      "[delivery]\nkind = \"files\"\n[coupons]\n",
      zone);
  std::regex declared("(^|\n)coupons\\s+(\\w+)");
  for (std::sregex_iterator it(text.begin(), text.end(), declared), end; it != end; ++it)
    settings += fmt::format("{} = \"a secret that only tests know of\"\n", (*it)[2].str());
  return settings;
}

std::map<std::string, std::string> mails_for(const std::string& text) {
  std::map<std::string, std::string> files;
  std::regex declared("template\\s+\\w+\\s*\\([^)]*\\)\\s*from\\s*\"([^\"]+)\"");
  for (std::sregex_iterator it(text.begin(), text.end(), declared), end; it != end; ++it) {
    std::string file = (*it)[1].str();
    bool transactional = file.starts_with("transactional/");
    files[file] = transactional ? "---\nsubject: Hello\nclass: transactional\n---\n<p>Hello</p>\n"
                                : "---\nsubject: Hello\n---\n<p>Hello</p> {{ postal_address }} "
                                  "<a href=\"{{ unsubscribe_url }}\">Unsubscribe</a>\n";
  }
  return files;
}

}  // namespace trig::golden
