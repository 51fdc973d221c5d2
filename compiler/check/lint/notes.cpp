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

class NoteReader {
 public:
  NoteReader(const ast::File& file, const SourceMap& sources) : file_(file), sources_(sources) {}

  FileNotes read() {
    for (const ast::Comment& comment : file_.comments) {
      std::string_view text = sources_.text_of(comment.range);
      std::size_t begin = text.find_first_not_of("# \t");
      if (begin == text.npos || !text.substr(begin).starts_with(kMark)) continue;
      begin += kMark.size();
      const auto at = comment.range.begin + static_cast<std::uint32_t>(begin);
      read(comment, words_of(text.substr(begin), at), line_of(comment));
    }
    return {file_.source, std::move(allowed_), findings_.all()};
  }

 private:
  // The line a note is about: its own, or the next one with something else than comments.
  std::uint32_t line_of(const ast::Comment& comment) const {
    const Source& source = sources_[file_.source];
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
    const Source& source = sources_[comment.range.source];
    const std::uint32_t line = source.place_of(comment.range.begin).line;
    const auto end = line < source.line_count() ? source.line_begin(line + 1)
                                                : static_cast<std::uint32_t>(source.text().size());
    return {comment.range.source, source.line_begin(line), end};
  }

  void read(const ast::Comment& comment, const std::vector<Word>& words, std::uint32_t line) {
    if (words.empty() || words[0].text != kVerb) {
      findings_.report(Code::kUnknownNote, comment.range, {})
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
    findings_.report(Code::kAllowWithoutReason, comment.range, {})
        .hint("say why: `# trig: allow W0101 because …`");
  }

  void read_code(const Word& word, const ast::Comment& comment, std::uint32_t line) {
    const TextRange range{comment.range.source, word.begin,
                          word.begin + static_cast<std::uint32_t>(word.text.size())};
    Code code{};
    if (find_code(word.text, code) && is_lint(code)) {
      allowed_.push_back({code, line, range, whole(comment)});
      return;
    }
    std::vector<std::string> lints;
    for (Code one : all_codes())
      if (is_lint(one)) lints.emplace_back(info_of(one).code);
    Diagnostic& told = findings_.report(Code::kUnknownLint, range, {word.text});
    if (info_of(code).code == word.text)
      told.hint("an error cannot be allowed");
    else if (std::string best = closest(word.text, lints); !best.empty())
      told.hint("did you mean `{}`?", best).replace(range, best);
  }

  const ast::File& file_;
  const SourceMap& sources_;
  std::vector<AllowNote> allowed_;
  Diagnostics findings_;
};

}  // namespace

FileNotes read_notes(const ast::File& file, const SourceMap& sources) {
  return NoteReader(file, sources).read();
}

// Takes away what is allowed; then says which notes were for nothing.
std::set<Allowance> apply_notes(const std::vector<FileNotes>& notes, const SourceMap& sources,
                                Diagnostics& diagnostics) {
  const bool linted = !diagnostics.has_errors();
  std::multimap<Allowance, const AllowNote*> by_place;
  std::set<Allowance> of_tests;
  for (const FileNotes& file : notes) {
    for (const Diagnostic& finding : file.findings) diagnostics.add(finding);
    for (const AllowNote& note : file.allowed) {
      by_place.emplace(std::tuple(file.source, note.line, note.code), &note);
      if (note.code == Code::kHollowNoSend)
        of_tests.insert(std::tuple(file.source, note.line, note.code));
    }
  }
  std::set<const AllowNote*> used;
  auto is_allowed = [&](const Diagnostic& diagnostic) {
    if (by_place.empty() || !is_lint(diagnostic.code) || !diagnostic.range.valid()) return false;
    const SourceId source = diagnostic.range.source;
    const std::uint32_t line = sources[source].place_of(diagnostic.range.begin).line;
    auto [begin, end] = by_place.equal_range({source, line, diagnostic.code});
    for (auto place = begin; place != end; ++place) used.insert(place->second);
    return begin != end;
  };
  diagnostics.revise([&](const Diagnostic& one) { return !is_allowed(one); });
  if (!linted) return of_tests;
  for (const FileNotes& file : notes)
    for (const AllowNote& note : file.allowed) {
      if (used.contains(&note) || note.code == Code::kHollowNoSend) continue;
      Diagnostic& told =
          diagnostics.report(Code::kAllowsNothing, note.range, {info_of(note.code).code});
      told.hint("remove the note");
      if (note.alone) told.fix(note.comment, "");
    }
  return of_tests;
}

}  // namespace trig::check
