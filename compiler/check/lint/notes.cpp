// Notes in comments: `# trig: allow W0101, W0303 because the shop sends it next week`.
// W0191 to W0194 say what is wrong with one.
#include <map>
#include <tuple>

#include "compiler/check/lint/lint.h"

namespace trig::check {
namespace {

constexpr std::string_view kMark = "trig:";
constexpr std::string_view kVerb = "allow";
constexpr std::string_view kReason = "because";

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

// The words of a text, with their places; a comma ends a word.
struct Word {
  std::string_view text;
  std::uint32_t begin = 0;
};
std::vector<Word> words_of(std::string_view text, std::uint32_t at) {
  std::vector<Word> words;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && !is_blank(text[end]) && text[end] != ',') ++end;
    if (end > i) words.push_back({text.substr(i, end - i), at + static_cast<std::uint32_t>(i)});
    i = end + 1;
  }
  return words;
}

struct Allowed {
  Code code;
  TextRange range;    // of the code in the note
  TextRange comment;  // the whole note
  bool alone = true;  // the only code of its note
  bool used = false;
};

class Notes {
 public:
  explicit Notes(Context& context) : context_(context) {}

  void read(const ast::File& file) {
    for (auto comment = file.comments.begin(); comment != file.comments.end(); ++comment) {
      std::string_view text = context_.sources.text_of(comment->range);
      std::size_t begin = text.find_first_not_of("# \t");
      if (begin == text.npos || !text.substr(begin).starts_with(kMark)) continue;
      begin += kMark.size();
      const auto at = comment->range.begin + static_cast<std::uint32_t>(begin);
      read(*comment, words_of(text.substr(begin), at), line_of(file, *comment));
    }
  }

  // Takes away what is allowed; then says which notes were for nothing.
  void apply(bool linted) {
    context_.diagnostics.revise([&](const Diagnostic& one) { return !is_allowed(one); });
    if (!linted) return;
    for (const Allowed& allowed : allowed_) {
      if (allowed.used || allowed.code == Code::kHollowNoSend) continue;
      Diagnostic& told =
          context_.report(Code::kAllowsNothing, allowed.range, {info_of(allowed.code).code});
      told.hint("remove the note");
      if (allowed.alone) told.fix(allowed.comment, "");
    }
  }

  std::set<Allowance> of_tests() const {
    std::set<Allowance> found;
    for (const auto& [place, index] : by_place_)
      if (std::get<Code>(place) == Code::kHollowNoSend) found.insert(place);
    return found;
  }

 private:
  // The line a note is about: its own, or the next one with something else than comments.
  std::uint32_t line_of(const ast::File& file, const ast::Comment& comment) const {
    const Source& source = context_.sources[file.source];
    std::uint32_t line = source.place_of(comment.range.begin).line;
    if (!comment.own_line) return line;
    while (++line < source.line_count()) {
      std::string_view text = source.line_text(line);
      const std::size_t first = text.find_first_not_of(" \t\r");
      if (first != text.npos && text[first] != '#') break;
    }
    return line;
  }

  // With its line, if it has one of its own.
  TextRange whole(const ast::Comment& comment) const {
    if (!comment.own_line) return comment.range;
    const Source& source = context_.sources[comment.range.source];
    const std::uint32_t line = source.place_of(comment.range.begin).line;
    const auto end = line < source.line_count() ? source.line_begin(line + 1)
                                                : static_cast<std::uint32_t>(source.text().size());
    return {comment.range.source, source.line_begin(line), end};
  }

  void read(const ast::Comment& comment, const std::vector<Word>& words, std::uint32_t line) {
    if (words.empty() || words[0].text != kVerb) {
      context_.report(Code::kUnknownNote, comment.range, {})
          .hint("a note is written `# trig: allow W0101 because …`");
      return;
    }
    std::size_t next = 1;
    const std::size_t first = allowed_.size();
    for (; next < words.size() && words[next].text != kReason; ++next)
      read_code(words[next], comment, line);
    const bool alone = allowed_.size() == first + 1;
    for (std::size_t i = first; i < allowed_.size(); ++i) allowed_[i].alone = alone;
    if (next + 1 < words.size() && next > 1) return;
    context_.report(Code::kAllowWithoutReason, comment.range, {})
        .hint("say why: `# trig: allow W0101 because …`");
  }

  void read_code(const Word& word, const ast::Comment& comment, std::uint32_t line) {
    const TextRange range{comment.range.source, word.begin,
                          word.begin + static_cast<std::uint32_t>(word.text.size())};
    Code code{};
    if (find_code(word.text, code) && is_lint(code)) {
      by_place_.emplace(std::tuple(range.source, line, code), allowed_.size());
      allowed_.push_back({code, range, whole(comment)});
      return;
    }
    std::vector<std::string> lints;
    for (Code one : all_codes())
      if (is_lint(one)) lints.emplace_back(info_of(one).code);
    Diagnostic& told = context_.report(Code::kUnknownLint, range, {word.text});
    if (info_of(code).code == word.text)
      told.hint("an error cannot be allowed");
    else if (std::string best = closest(word.text, lints); !best.empty())
      told.hint("did you mean `{}`?", best).replace(range, best);
  }

  bool is_allowed(const Diagnostic& diagnostic) {
    if (!is_lint(diagnostic.code) || !diagnostic.range.valid()) return false;
    const SourceId source = diagnostic.range.source;
    const std::uint32_t line = context_.sources[source].place_of(diagnostic.range.begin).line;
    auto [begin, end] = by_place_.equal_range({source, line, diagnostic.code});
    for (auto place = begin; place != end; ++place) allowed_[place->second].used = true;
    return begin != end;
  }

  Context& context_;
  std::vector<Allowed> allowed_;
  // Source, line and code → where it is in allowed_.
  std::multimap<Allowance, std::size_t> by_place_;
};

}  // namespace

std::set<Allowance> apply_notes(Context& context, const std::vector<ast::File>& files) {
  const bool linted = !context.diagnostics.has_errors();
  Notes notes(context);
  for (const ast::File& file : files) notes.read(file);
  notes.apply(linted);
  return notes.of_tests();
}

}  // namespace trig::check
