// Quick fixes and the format: the edits of hints, of `trig check --fix` and of `trig fmt`.
#include <algorithm>

#include "compiler/diagnostics/edits.h"
#include "compiler/parse/format.h"
#include "editor-support/lsp/features.h"

namespace trig::lsp {
namespace {

constexpr std::string_view kQuickFix = "quickfix";
constexpr std::string_view kFixAll = "source.fixAll.trig";

// The part of a text that is another one in `after`, as one edit.
FileEdit difference(std::string_view before, std::string_view after) {
  std::size_t first = 0;
  while (first < std::min(before.size(), after.size()) && before[first] == after[first]) ++first;
  while (first > 0 && before[first - 1] != '\n') --first;
  std::size_t last = 0;
  while (last < std::min(before.size(), after.size()) - first &&
         before[before.size() - 1 - last] == after[after.size() - 1 - last])
    ++last;
  while (last > 0 && before[before.size() - last - 1] != '\n') --last;
  return {static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(before.size() - last),
          std::string(after.substr(first, after.size() - last - first))};
}

class Actions {
 public:
  Actions(Session& session, const Spot& spot, const json::value& params)
      : session_(session), spot_(spot), told_(spot.project->told()), params_(params) {}

  json::array list() {
    const Lines lines(spot_.text);
    std::uint32_t begin = 0;
    std::uint32_t end = static_cast<std::uint32_t>(spot_.text.size());
    if (const json::value* range = member(params_, "range")) {
      const json::value* first = member(*range, "start");
      const json::value* last = member(*range, "end");
      const auto from = first == nullptr ? std::nullopt : position_in(*first);
      const auto to = last == nullptr ? std::nullopt : position_in(*last);
      if (from) begin = lines.offset(*from, session_.encoding);
      if (to) end = lines.offset(*to, session_.encoding);
    }
    for (const Diagnostic& one : told_.diagnostics.all()) {
      if (!one.range.valid() || told_.sources[one.range.source].path() != spot_.path) continue;
      if (one.range.begin > end || one.range.end < begin) continue;
      add_hint(one);
      add_allowance(one, lines);
    }
    add_fix_all();
    return std::move(actions_);
  }

 private:
  bool wants(std::string_view kind) const {
    const json::value* context = member(params_, "context");
    const json::value* only = context == nullptr ? nullptr : member(*context, "only");
    if (only == nullptr || !only->is_array()) return true;
    return std::any_of(only->get_array().begin(), only->get_array().end(), [&](const auto& one) {
      if (!one.is_string()) return false;
      const std::string_view asked = one.get_string();
      return kind == asked || (kind.starts_with(asked) && kind[asked.size()] == '.');
    });
  }

  // The ones of the editor's own list that this is an answer to.
  json::array of_editor(Code code) const {
    json::array same;
    const json::value* context = member(params_, "context");
    const json::value* known = context == nullptr ? nullptr : member(*context, "diagnostics");
    if (known == nullptr || !known->is_array()) return same;
    for (const json::value& one : known->get_array())
      if (text_in(one, "code") == info_of(code).code) same.push_back(one);
    return same;
  }

  void add(std::string title, std::string_view kind, const FileEdits& edits,
           const Diagnostic* about, bool preferred) {
    json::object action = {{"title", std::move(title)},
                           {"kind", kind},
                           {"edit", workspace_edit(session_, *spot_.project, edits)}};
    if (about != nullptr) action["diagnostics"] = of_editor(about->code);
    if (preferred) action["isPreferred"] = true;
    actions_.push_back(std::move(action));
  }

  void add_hint(const Diagnostic& one) {
    if (one.edits.empty() || !wants(kQuickFix)) return;
    FileEdits edits;
    for (const Edit& edit : one.edits) {
      const std::string& path = told_.sources[edit.range.source].path();
      if (spot_.project->text_of(path) == nullptr) return;  // of the standard library
      edits[path].push_back({edit.range.begin, edit.range.end, edit.replacement});
    }
    add(one.hint_text.empty() ? one.message : one.hint_text, kQuickFix, edits, &one, true);
  }

  // A note that the finding is meant.
  void add_allowance(const Diagnostic& one, const Lines& lines) {
    if (!is_lint(one.code) || !spot_.path.ends_with(".trig") || !wants(kQuickFix)) return;
    const std::uint32_t line = lines.line_of(one.range.begin);
    const std::string_view text = lines.text_of(line);
    const std::string indent(text.substr(0, std::min(text.find_first_not_of(" \t"), text.size())));
    const std::uint32_t at = lines.begin_of(line);
    const std::string code(info_of(one.code).code);
    add("allow " + code + " here, with a note", kQuickFix,
        {{spot_.path, {{at, at, indent + "# trig: allow " + code + " because it is meant\n"}}}},
        &one, false);
  }

  void add_fix_all() {
    if (!wants(kFixAll)) return;
    const Edited edited = apply_certain_edits(told_.diagnostics, told_.sources);
    FileEdits edits;
    for (const auto& [source, text] : edited.texts) {
      const std::string& path = told_.sources[source].path();
      const std::string* now = spot_.project->text_of(path);
      if (now == nullptr) return;
      edits[path].push_back(difference(*now, text));
    }
    if (!edits.empty()) add("apply all fixes that are certain", kFixAll, edits, nullptr, false);
  }

  Session& session_;
  const Spot& spot_;
  const LiveProject::Told& told_;
  const json::value& params_;
  json::array actions_;
};

}  // namespace

Answer code_actions(Session& session, const json::value& params) {
  const auto spot = spot_of(session, params);
  if (!spot) return json::value(json::array());
  return json::value(Actions(session, *spot, params).list());
}

Answer formatting(Session& session, const json::value& params) {
  const auto spot = spot_of(session, params);
  if (!spot || !spot->path.ends_with(".trig")) return json::value();
  SourceMap sources;
  Diagnostics diagnostics;
  const auto better = parse::formatted(spot->path, spot->text, sources, diagnostics);
  if (!better) return refuse("a file with a syntax error is not formatted");
  json::array edits;
  if (*better != spot->text) {
    const FileEdit edit = difference(spot->text, *better);
    edits.push_back(
        edit_json(Lines(spot->text), edit.begin, edit.end, edit.text, session.encoding));
  }
  return json::value(std::move(edits));
}

}  // namespace trig::lsp
