// Completion in templates: settings at the top, variables, fields, filters and tags.
#include <algorithm>

#include "compiler/check/check.h"
#include "compiler/liquid/filters.h"
#include "compiler/liquid/mail_template.h"
#include "editor-support/lsp/completion.h"
#include "editor-support/lsp/index.h"
#include "editor-support/lsp/meaning.h"

namespace trig::lsp {
namespace {

constexpr const char* kTags[] = {"assign", "capture", "case",     "comment", "cycle", "echo",
                                 "else",   "elsif",   "endif",    "endfor",  "for",   "if",
                                 "raw",    "render",  "tablerow", "unless",  "when"};
constexpr const char* kSettings[] = {"subject", "preheader", "from", "reply_to", "class"};

class TemplateCompleter {
 public:
  TemplateCompleter(LiveProject& project, const Spot& spot, Items& items)
      : program_(project.checked().program), text_(spot.text), items_(items), offset_(spot.offset) {
    begin_ = offset_;
    while (begin_ > 0 && is_word_byte(text_[begin_ - 1])) --begin_;
    for (std::uint32_t i = 0; i < program_.templates.size(); ++i) {
      const std::vector<std::string> files = files_of_template(project, i);
      if (std::find(files.begin(), files.end(), spot.path) != files.end())
        for (const ir::Field& one : program_.templates[i].parameters)
          variables_.emplace(one.name, one.type);
    }
  }

  std::uint32_t run() {
    const std::size_t output = last("{{", "}}");
    const std::size_t tag = last("{%", "%}");
    if (output == std::string::npos && tag == std::string::npos) {
      if (in_front_matter())
        for (const char* one : kSettings)
          items_.add({one, ItemKind::kField, "setting", std::string(one) + ": ", "", 0});
      return begin_;
    }
    read_variables();
    const std::size_t open = output != std::string::npos ? output : tag;
    const std::size_t before = text_.find_last_not_of(" -", begin_ == 0 ? 0 : begin_ - 1);
    if (tag != std::string::npos && before != std::string::npos && before <= tag + 1)
      for (const char* one : kTags) items_.add({one, ItemKind::kKeyword, "tag", "", "", 0});
    else if (before != std::string::npos && text_[before] == '|')
      for (const std::string& name : liquid::filter_names())
        items_.add(
            {name, ItemKind::kFunction, "filter", "", filter_text(*liquid::find_filter(name)), 0});
    else if (begin_ > open && text_[begin_ - 1] == '.')
      fields();
    else
      for (const auto& [name, type] : variables_)
        items_.add(
            {name, ItemKind::kVariable, type.valid() ? program_.types.name(type) : "", "", "", 0});
    return begin_;
  }

 private:
  static bool is_word_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }

  // Where the mark before the place opens what is not closed before it.
  std::size_t last(const char* open, const char* close) const {
    if (begin_ == 0) return std::string::npos;
    const std::size_t at = text_.rfind(open, begin_ - 1);
    const std::size_t end = text_.rfind(close, begin_ - 1);
    return at != std::string::npos && (end == std::string::npos || end < at) ? at
                                                                             : std::string::npos;
  }

  bool in_front_matter() const {
    const std::size_t line = begin_ == 0 ? 0 : text_.rfind('\n', begin_ - 1) + 1;
    if (line != begin_ || !text_.starts_with("---")) return false;
    const std::size_t end = text_.find("\n---", 3);
    return end == std::string::npos || begin_ <= end;
  }

  ir::Type type_of(const std::vector<std::string>& names) const {
    auto known = variables_.find(names[0]);
    ir::Type type = known == variables_.end() ? ir::Type() : known->second;
    for (std::size_t i = 1; i < names.size(); ++i) {
      if (type.kind == ir::Kind::kList) {
        type = names[i] == "first" || names[i] == "last" || names[i].empty()
                   ? program_.types.element(type)
                   : ir::Type();
        continue;
      }
      if (type.kind != ir::Kind::kRecord) return {};
      const ir::RecordType& record = program_.types.record_at(type);
      const int at = record.find(names[i]);
      type = at < 0 ? ir::Type() : record.fields[static_cast<std::size_t>(at)].type;
    }
    return type;
  }

  // `items[0].product` before `end`; an index is an empty name.
  std::vector<std::string> path_before(std::size_t end) const {
    std::vector<std::string> names;
    while (end > 0) {
      if (text_[end - 1] == ']') {
        const std::size_t open = text_.rfind('[', end - 1);
        if (open == std::string::npos) break;
        names.insert(names.begin(), "");
        end = open;
        continue;
      }
      std::size_t begin = end;
      while (begin > 0 && is_word_byte(text_[begin - 1])) --begin;
      if (begin == end) break;
      names.insert(names.begin(), text_.substr(begin, end - begin));
      if (begin == 0 || text_[begin - 1] != '.') break;
      end = begin - 1;
    }
    return names;
  }

  void fields() {
    const std::vector<std::string> names = path_before(begin_ - 1);
    if (names.empty()) return;
    const ir::Type type = type_of(names);
    if (type.kind == ir::Kind::kList)
      for (const char* one : {"first", "last", "size"})
        items_.add({one, ItemKind::kField, "of a list", "", "", 0});
    if (type.kind != ir::Kind::kRecord) return;
    const ir::RecordType& record = program_.types.record_at(type);
    for (const ir::Field& field : record.fields)
      items_.add({field.name, ItemKind::kField, program_.types.name(field.type), "",
                  "field of `" + record.name + "`", 0});
  }

  void read_variables() {
    if (program_.person.valid()) variables_.emplace("person", program_.person);
    variables_.emplace(std::string(liquid::kUnsubscribeUrl), ir::kTextType);
    variables_.emplace(std::string(liquid::kPostalAddress), ir::kTextType);
    // Those of loops and assignments before the place.
    for (std::size_t at = text_.find("{%"); at != std::string::npos && at < begin_;
         at = text_.find("{%", at + 2)) {
      std::size_t place = at + 2;
      auto next = [&] {
        while (place < text_.size() && !is_word_byte(text_[place]) && text_[place] != '%') ++place;
        const std::size_t begin = place;
        while (place < text_.size() && is_word_byte(text_[place])) ++place;
        return text_.substr(begin, place - begin);
      };
      const std::string tag = next();
      if (tag != "for" && tag != "assign") continue;
      const std::string name = next();
      if (tag == "for") next();  // in
      while (place < text_.size() && (text_[place] == ' ' || text_[place] == '=')) ++place;
      std::size_t end = place;
      while (end < text_.size() && (is_word_byte(text_[end]) || text_[end] == '.')) ++end;
      const std::vector<std::string> path = path_before(end);
      ir::Type type = path.empty() ? ir::Type() : type_of(path);
      if (tag == "for")
        type = type.kind == ir::Kind::kList ? program_.types.element(type) : ir::Type();
      if (!name.empty()) variables_.emplace(name, type);
    }
  }

  const ir::Program& program_;
  const std::string& text_;
  Items& items_;
  std::uint32_t offset_;
  std::uint32_t begin_ = 0;
  std::map<std::string, ir::Type> variables_;
};

}  // namespace

std::uint32_t complete_template(LiveProject& project, const Spot& spot, Items& items) {
  return TemplateCompleter(project, spot, items).run();
}

}  // namespace trig::lsp
