// What completion knows of the place it is asked at. Internal to editor-support/lsp.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/ir/program.h"
#include "compiler/parse/upcoming.h"
#include "editor-support/lsp/session.h"

namespace trig::lsp {

// CompletionItemKind of the protocol.
enum class ItemKind : int {
  kFunction = 3,
  kField = 5,
  kVariable = 6,
  kClass = 7,
  kModule = 9,
  kUnit = 11,
  kValue = 12,
  kKeyword = 14,
  kFile = 17,
  kEvent = 23,
};

struct Item {
  std::string label;
  ItemKind kind = ItemKind::kKeyword;
  std::string detail;  // its type, or what it is
  std::string insert;  // empty: the label
  std::string said;    // Markdown
  int order = 0;       // what fits best stands first
};

class Items {
 public:
  void add(Item item);
  json::value list(const Session& session, const Lines& lines, std::uint32_t begin,
                   std::uint32_t end) const;
  bool empty() const { return items_.empty(); }

 private:
  std::vector<Item> items_;
  std::set<std::string> labels_;
};

// In a .trig file, by the words before the place.
void complete_trig(LiveProject& project, const parse::Upcoming& here, Items& items);
// In a template; gives where the word begins.
std::uint32_t complete_template(LiveProject& project, const Spot& spot, Items& items);

}  // namespace trig::lsp
