#include "tests/tools/doc_project.h"

#include <fstream>
#include <iterator>
#include <regex>

#include "tests/tools/doc_blocks.h"
#include "tests/tools/files_in_comments.h"

namespace trig::golden {
namespace {

constexpr const char* kMarketing =
    "---\nsubject: Hello\n---\n<p>Hello</p> {{ postal_address }} "
    "<a href=\"{{ unsubscribe_url }}\">Unsubscribe</a>\n";
constexpr const char* kTransactional =
    "---\nsubject: Hello\nclass: transactional\n---\n<p>Hello</p>\n";

void add_templates(const std::string& text, project::Files& files) {
  static const std::regex kDeclared("template\\s+\\w+\\s*\\([^)]*\\)\\s*from\\s*\"([^\"]+)\"");
  for (std::sregex_iterator it(text.begin(), text.end(), kDeclared), end; it != end; ++it) {
    std::string path = (*it)[1].str();
    files[path] = path.starts_with("templates/service/") ? kTransactional : kMarketing;
  }
}

}  // namespace

std::string whole_vocabulary_of(const std::string& page, const std::filesystem::path& reference) {
  static const std::regex kOther("<!-- vocabulary of (\\S+) -->");
  std::smatch other;
  if (!std::regex_search(page, other, kOther)) return vocabulary_of(page);
  std::ifstream file(reference / other[1].str(), std::ios::binary);
  return vocabulary_of({std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()});
}

std::shared_ptr<const project::Project> project_beside(const std::string& vocabulary,
                                                       project::Files files) {
  std::string own;
  for (const auto& [path, text] : files) own += text;
  for (const auto& [path, text] : files_in_comments(vocabulary)) files[path] = text;
  files["vocabulary.trig"] = beside(vocabulary, own);
  std::string all = files["vocabulary.trig"] + own;
  add_templates(all, files);
  files["trig.toml"] = settings_for(all, "Europe/Paris");
  project::LoadOptions options;
  options.today = parse_date("2026-01-01");
  return project::compile(std::move(files), options);
}

}  // namespace trig::golden
