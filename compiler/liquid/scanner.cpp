#include "compiler/liquid/scanner.h"

#include <algorithm>

namespace trig::liquid {
namespace {

constexpr auto kNowhere = std::string_view::npos;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// The first `{{` or `{%` in [begin, end) that is not inside quotes.
std::size_t find_opener(std::string_view text, std::size_t begin, std::size_t end) {
  char quote = 0;
  for (std::size_t i = begin; i + 1 < end; ++i) {
    char c = text[i];
    if (quote) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '{' && (text[i + 1] == '{' || text[i + 1] == '%')) {
      return i;
    }
  }
  return kNowhere;
}

std::size_t next_opener(std::string_view text, std::size_t from) {
  for (std::size_t i = text.find('{', from); i != kNowhere; i = text.find('{', i + 1))
    if (i + 1 < text.size() && (text[i + 1] == '{' || text[i + 1] == '%')) return i;
  return text.size();
}

}  // namespace

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v' || c == '\0';
}

std::string_view leading_word(std::string_view text, std::size_t& begin) {
  begin = 0;
  while (begin < text.size() && is_space(text[begin])) ++begin;
  if (begin < text.size() && text[begin] == '#') return text.substr(begin, 1);
  std::size_t end = begin;
  while (end < text.size() && is_word(text[end])) ++end;
  return text.substr(begin, end - begin);
}

Fragment Fragment::part(std::size_t begin, std::size_t end) const {
  auto offset = [&](std::size_t at) { return range.begin + static_cast<std::uint32_t>(at); };
  return {text.substr(begin, end - begin), {range.source, offset(begin), offset(end)}};
}

Fragment Fragment::trimmed() const {
  std::size_t begin = 0;
  std::size_t end = text.size();
  while (begin < end && is_space(text[begin])) ++begin;
  while (end > begin && is_space(text[end - 1])) --end;
  return part(begin, end);
}

Item Scanner::next() {
  if (form_ == Form::kLines) return next_line();
  std::string_view text = input_.text;
  while (at_ < text.size()) {
    if (text[at_] == '{' && at_ + 1 < text.size()) {
      if (text[at_ + 1] == '{') return bracket_item(false);
      if (text[at_ + 1] == '%') return bracket_item(true);
    }
    Item item = text_item();
    if (!item.content.text.empty()) return item;
  }
  return {ItemKind::kEnd, {}, {}, input_.part(text.size(), text.size()).range};
}

Item Scanner::text_item() {
  std::string_view text = input_.text;
  std::size_t begin = at_;
  std::size_t end = next_opener(text, at_);
  at_ = end;
  if (trim_left_)
    while (begin < end && is_space(text[begin])) ++begin;
  trim_left_ = false;
  if (end + 2 < text.size() && text[end + 2] == '-')
    while (end > begin && is_space(text[end - 1])) --end;
  Fragment content = input_.part(begin, end);
  return {ItemKind::kText, {}, content, content.range};
}

Item Scanner::bracket_item(bool tag) {
  std::string_view text = input_.text;
  std::size_t begin = at_;
  std::size_t close = text.find(tag ? "%}" : "}}", begin + 2);
  if (close == kNowhere) return unclosed(begin, tag ? "{%" : "{{");
  std::size_t inner = begin + 2;
  if (inner < text.size() && text[inner] == '-') ++inner;
  std::size_t name_at = 0;
  bool comment = tag && leading_word(text.substr(inner, close - inner), name_at) == "#";
  if (!comment && find_opener(text, inner, close) != kNowhere)
    return unclosed(begin, tag ? "{%" : "{{");
  std::size_t end = close;
  trim_left_ = text[close - 1] == '-';
  if (trim_left_ && end > inner) --end;
  at_ = close + 2;
  if (tag) return tag_item(begin, inner, end);
  return {ItemKind::kOutput, {}, input_.part(inner, end), input_.part(begin, at_).range};
}

Item Scanner::tag_item(std::size_t begin, std::size_t inner, std::size_t end) {
  Fragment all = input_.part(inner, end);
  std::size_t name_at = 0;
  std::size_t name_size = leading_word(all.text, name_at).size();
  Fragment name = all.part(name_at, name_at + name_size);
  Fragment content = all.part(name_at + name_size, all.text.size());
  return {ItemKind::kTag, name, content, input_.part(begin, at_).range};
}

Item Scanner::unclosed(std::size_t begin, std::string_view opener) {
  std::string_view closer = opener == "{{" ? "}}" : "%}";
  std::size_t resume = next_opener(input_.text, begin + 2);
  std::size_t line_end = std::min(input_.text.find('\n', begin), input_.text.size());
  std::size_t insert = std::min(resume, line_end);
  while (insert > begin + 2 && is_space(input_.text[insert - 1])) --insert;
  diagnostics_.report(Code::kLiquidUnclosed, input_.part(begin, begin + 2).range, {opener})
      .hint("end it with `{}`", closer)
      .replace(input_.part(insert, insert).range, " " + std::string(closer));
  at_ = resume;
  trim_left_ = false;
  return next();
}

Item Scanner::next_line() {
  std::string_view text = input_.text;
  while (at_ < text.size()) {
    std::size_t end = std::min(text.find('\n', at_), text.size());
    Fragment line = input_.part(at_, end).trimmed();
    at_ = end + 1;
    if (line.text.empty()) continue;
    std::size_t name_at = 0;
    std::size_t name_size = leading_word(line.text, name_at).size();
    return {ItemKind::kTag, line.part(0, name_size), line.part(name_size, line.text.size()),
            line.range};
  }
  return {ItemKind::kEnd, {}, {}, input_.part(text.size(), text.size()).range};
}

std::string_view Scanner::tag_name_at(std::size_t begin) const {
  std::size_t inner = begin + 2;
  if (inner < input_.text.size() && input_.text[inner] == '-') ++inner;
  std::size_t name_at = 0;
  return leading_word(input_.text.substr(std::min(inner, input_.text.size())), name_at);
}

std::optional<Fragment> Scanner::verbatim_until(std::string_view end_name) {
  if (form_ == Form::kLines) return std::nullopt;
  std::string_view text = input_.text;
  std::size_t begin = at_;
  for (std::size_t i = text.find("{%", at_); i != kNowhere; i = text.find("{%", i + 1)) {
    if (tag_name_at(i) != end_name) continue;
    std::size_t close = text.find("%}", i);
    if (close == kNowhere) return std::nullopt;
    trim_left_ = text[close - 1] == '-';
    at_ = close + 2;
    return input_.part(begin, i);
  }
  return std::nullopt;
}

// The end of the bracket that begins at at_, as the reference finds it: an output that contains
// `{%` runs to that tag's end.
std::size_t Scanner::skip_token() {
  std::string_view text = input_.text;
  std::size_t close = text.find(text[at_ + 1] == '%' ? "%}" : "}}", at_ + 2);
  if (text[at_ + 1] == '{') {
    std::size_t tag = text.find("{%", at_ + 2);
    if (tag < close) close = text.find("%}", tag);
  }
  return close == kNowhere ? text.size() : close + 2;
}

bool Scanner::skip_comment() {
  int depth = 1;
  if (form_ == Form::kLines) {
    for (Item line = next_line(); line.kind != ItemKind::kEnd; line = next_line()) {
      if (line.name.text == "comment") ++depth;
      if (line.name.text == "endcomment" && --depth == 0) return true;
    }
    return false;
  }
  std::string_view text = input_.text;
  for (at_ = next_opener(text, at_); at_ < text.size(); at_ = next_opener(text, at_)) {
    std::string_view name = text[at_ + 1] == '%' ? tag_name_at(at_) : std::string_view();
    at_ = skip_token();
    if (name == "raw" && !verbatim_until("endraw")) return false;
    if (name == "comment") ++depth;
    if (name == "endcomment" && --depth == 0) {
      trim_left_ = at_ >= 3 && text[at_ - 3] == '-';
      return true;
    }
  }
  return false;
}

}  // namespace trig::liquid
