#include "editor-support/lsp/completion.h"

#include "editor-support/lsp/features.h"
#include "editor-support/lsp/limits.h"

namespace trig::lsp {

void Items::add(Item item) {
  if (items_.size() < kMaxCompletions && labels_.insert(item.label).second)
    items_.push_back(std::move(item));
}

json::value Items::list(const Session& session, const Lines& lines, std::uint32_t begin,
                        std::uint32_t end) const {
  json::array list;
  for (const Item& item : items_) {
    json::object one = {{"label", item.label},
                        {"kind", static_cast<int>(item.kind)},
                        {"sortText", fmt::format("{}{}", item.order, item.label)}};
    if (!item.detail.empty()) one["detail"] = item.detail;
    if (!item.said.empty())
      one["documentation"] = json::object{{"kind", "markdown"}, {"value", item.said}};
    one["textEdit"] = edit_json(lines, begin, end, item.insert.empty() ? item.label : item.insert,
                                session.encoding);
    list.push_back(std::move(one));
  }
  return json::object{{"isIncomplete", items_.size() == kMaxCompletions},
                      {"items", std::move(list)}};
}

Answer completion(Session& session, const json::value& params) {
  const auto spot = spot_of(session, params);
  if (!spot || member(params, "position") == nullptr) return json::value();
  Items items;
  std::uint32_t begin = spot->offset;
  if (spot->path.ends_with(".trig")) {
    const Source source(spot->path, spot->text);
    const parse::Upcoming here = parse::upcoming_at(source, spot->offset);
    begin = here.begin;
    if (!here.in_text && !here.in_comment) complete_trig(*spot->project, here, items);
  } else {
    begin = complete_template(*spot->project, *spot, items);
  }
  return items.list(session, Lines(spot->text), begin, spot->offset);
}

}  // namespace trig::lsp
