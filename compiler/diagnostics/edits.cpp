#include "compiler/diagnostics/edits.h"

#include <algorithm>

namespace trig {
namespace {

// By where they begin; no two overlap, nor begin at one place.
using Edits = std::map<std::uint32_t, const Edit*>;

bool fits(const Edits& taken, const Edit& edit) {
  auto next = taken.lower_bound(edit.range.begin);
  if (next != taken.end() && next->first < std::max(edit.range.end, edit.range.begin + 1))
    return false;
  return next == taken.begin() || std::prev(next)->second->range.end <= edit.range.begin;
}

// All of them or none.
bool take(const std::vector<Edit>& edits, std::map<SourceId, Edits>& taken) {
  for (std::size_t i = 0; i < edits.size(); ++i) {
    if (fits(taken[edits[i].range.source], edits[i])) {
      taken[edits[i].range.source].emplace(edits[i].range.begin, &edits[i]);
      continue;
    }
    while (i > 0) {
      --i;
      taken[edits[i].range.source].erase(edits[i].range.begin);
    }
    return false;
  }
  return true;
}

}  // namespace

Edited apply_certain_edits(const Diagnostics& diagnostics, const SourceMap& sources) {
  Edited edited;
  std::map<SourceId, Edits> taken;
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    if (!diagnostic.certain || diagnostic.edits.empty()) continue;
    if (!take(diagnostic.edits, taken)) continue;
    ++edited.diagnostics;
  }
  for (const auto& [source, edits] : taken) {
    if (edits.empty()) continue;
    std::string text = sources[source].text();
    for (auto edit = edits.rbegin(); edit != edits.rend(); ++edit) {
      const TextRange range = edit->second->range;
      text.replace(range.begin, range.end - range.begin, edit->second->replacement);
    }
    edited.texts.emplace(source, std::move(text));
  }
  return edited;
}

}  // namespace trig
