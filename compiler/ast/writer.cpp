#include "compiler/ast/writer.h"

#include <algorithm>
#include <cctype>

#include "compiler/ast/docs.h"

namespace trig::ast {

void Writer::blank() {
  if (!fresh_ && !lines_.back().text.empty()) lines_.emplace_back();
}

void Writer::add(std::string text) {
  if (want_blank_) blank();
  want_blank_ = false;
  lines_.push_back({std::string(depth_ * kIndent, ' ') + std::move(text), {}});
  fresh_ = false;
}

std::string Writer::text_of(const Comment& comment) const {
  std::string_view text =
      text_.substr(comment.range.begin, comment.range.end - comment.range.begin);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return std::string(text);
}

void Writer::before(std::uint32_t begin) {
  for (; next_comment_ < comments_.size(); ++next_comment_) {
    const Comment& comment = comments_[next_comment_];
    if (comment.range.begin >= begin) break;
    bool behind = !comment.own_line && !lines_.empty() && !lines_.back().text.empty() &&
                  lines_.back().comment.empty() && !lines_.back().only_comment;
    if (behind) {
      lines_.back().comment = text_of(comment);
      continue;
    }
    if (blank_before(comment.range.begin)) blank();
    add(text_of(comment));
    lines_.back().only_comment = true;
  }
  if (blank_before(begin)) blank();
}

void Writer::inside(std::uint32_t end) {
  for (; next_comment_ < comments_.size(); ++next_comment_) {
    if (comments_[next_comment_].range.begin >= end) break;
    add(text_of(comments_[next_comment_]));
    lines_.back().only_comment = true;
  }
}

// The first comment at or after a place.
std::vector<Comment>::const_iterator Writer::comment_from(std::uint32_t place) const {
  return std::lower_bound(
      comments_.begin(), comments_.end(), place,
      [](const Comment& comment, std::uint32_t place) { return comment.range.begin < place; });
}

bool Writer::comment_between(std::uint32_t begin, std::uint32_t end) const {
  auto comment = comment_from(begin);
  return comment != comments_.end() && comment->range.begin < end;
}

bool Writer::neighbours(TextRange first, TextRange second) const {
  if (blank_before(second.begin)) return false;
  auto comment = comment_from(first.end);
  for (; comment != comments_.end() && comment->range.begin < second.end; ++comment) {
    bool moves_between = comment->range.begin > second.begin;
    if (comment->own_line || moves_between) return false;
  }
  return true;
}

void Writer::want_blank(std::uint32_t begin) {
  for (std::size_t i = next_comment_; i < comments_.size(); ++i) {
    if (comments_[i].range.begin >= begin) break;
    if (comments_[i].own_line && blank_before(comments_[i].range.begin)) return;
  }
  want_blank_ = !blank_before(begin);
}

void Writer::line(std::string_view text) { add(std::string(text)); }

void Writer::write(const Doc& doc, bool open) {
  std::vector<std::string> lines = layout(doc, depth_ * kIndent, open ? 2 : 0);
  for (const std::string& one : lines) add(one);
  if (!open) return;
  // Behind a head of several lines the brace alone tells where the block begins.
  if (lines.size() > 1)
    add("{");
  else
    lines_.back().text += " {";
  ++depth_;
  fresh_ = true;
}

void Writer::open(std::string_view head) { write(text(head), true); }

void Writer::close(std::uint32_t end, std::string_view after) {
  before(end);
  if (!lines_.empty() && lines_.back().text.empty()) lines_.pop_back();
  --depth_;
  fresh_ = false;
  add("}" + std::string(after));
}

void Writer::reopen(std::uint32_t end, const Doc& head) {
  before(end);
  if (!lines_.empty() && lines_.back().text.empty()) lines_.pop_back();
  --depth_;
  fresh_ = false;
  write(text("} ") + head, true);
}

bool Writer::one_line(std::uint32_t begin, std::uint32_t end) const {
  return text_.substr(begin, end - begin).find_first_of("\r\n") == std::string_view::npos;
}

bool Writer::blank_before(std::uint32_t begin) const {
  std::size_t ends = 0;
  for (std::uint32_t i = begin; i > 0; --i) {
    char c = text_[i - 1];
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') break;
    if (c == '\n') ++ends;
  }
  return ends >= 2;
}

std::uint32_t Writer::find(char wanted, std::uint32_t from) const {
  std::uint32_t i = from;
  while (i < text_.size() && text_[i] != wanted) {
    if (text_[i] == '#')
      while (i < text_.size() && text_[i] != '\n') ++i;
    else
      ++i;
  }
  return i;
}

std::uint32_t Writer::word_before(std::uint32_t place) const {
  std::uint32_t i = place;
  while (i > 0 && std::isspace(static_cast<unsigned char>(text_[i - 1]))) --i;
  std::uint32_t end = i;
  while (i > 0 && std::islower(static_cast<unsigned char>(text_[i - 1]))) --i;
  return i == end ? place : i;
}

// Comments behind neighbouring lines stand in one column.
void Writer::align_comments() {
  for (std::size_t i = 0; i < lines_.size();) {
    std::size_t end = i;
    std::size_t widest = 0;
    for (; end < lines_.size() && !lines_[end].comment.empty(); ++end)
      widest = std::max(widest, columns(lines_[end].text));
    for (std::size_t k = i; k < end; ++k) {
      std::size_t gap = widest - columns(lines_[k].text);
      lines_[k].text += std::string(gap, ' ') + kGap + lines_[k].comment;
    }
    i = std::max(end, i + 1);
  }
}

std::string Writer::finish() {
  before(static_cast<std::uint32_t>(text_.size()));
  while (!lines_.empty() && lines_.back().text.empty()) lines_.pop_back();
  align_comments();
  std::string out;
  for (const Line& line : lines_) out += line.text + "\n";
  return out;
}

}  // namespace trig::ast
