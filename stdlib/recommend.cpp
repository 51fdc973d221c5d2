// recommend: rows of a catalog that resemble what a person looked at. Everything it knows are its
// operands, so the same history and catalog give the same rows. docs/reference/recommend.md defines
// it; the steps have the same order there and here.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "compiler/base/limits.h"
#include "stdlib/builtins.h"

namespace trig::stdlib::functions {
namespace {

// Of the keys in `viewed` only the last so many count.
constexpr std::size_t kViewedThatCount = 20;
constexpr int kWeightOfLike = 2;
constexpr int kWeightOfViewed = 1;

struct Row {
  std::string key;
  ir::Items fields;
  std::string category;
  const ir::Money* price = nullptr;  // into fields
};

// A row someone is interested in.
struct Model {
  Row row;
  int weight = 0;
};

struct Candidate {
  Row row;
  Decimal score;
  std::string closest;  // the model it resembles most
  Decimal closeness;
};

// How near two prices are: the smaller divided by the larger; a half where that cannot be said.
Decimal nearness(const ir::Money* a, const ir::Money* b) {
  const Decimal kHalf = Decimal::from_millionths(Decimal::kScale / 2);
  if (a == nullptr || b == nullptr || !(a->currency == b->currency)) return kHalf;
  if (a->amount <= Decimal() || b->amount <= Decimal()) return kHalf;
  auto ratio = divide(std::min(a->amount, b->amount), std::max(a->amount, b->amount));
  return ratio ? *ratio : kHalf;
}

class Recommender {
 public:
  explicit Recommender(const Call& call)
      : call_(call),
        record_(call.program->types.record_at(call.table->record)),
        table_(*call.table->rows) {
    category_ = record_.find("category");
    price_ = record_.find("price");
  }

  ir::Value run() {
    read_models(call_.operands[1], kWeightOfLike, kMaxListItems);
    for (const Model& model : models_) excluded_.insert(model.row.key);
    read_models(call_.operands[2], kWeightOfViewed, kViewedThatCount);
    for (const std::string& key : keys_of(call_.operands[3])) excluded_.insert(key);
    score_candidates();
    std::stable_sort(candidates_.begin(), candidates_.end(),
                     [](const Candidate& a, const Candidate& b) {
                       return a.score != b.score ? a.score > b.score : a.row.key < b.row.key;
                     });
    auto count = static_cast<std::size_t>(*call_.operands[0].get<std::int64_t>());
    if (candidates_.size() > count) candidates_.resize(count);
    if (call_.why != nullptr) *call_.why = explain();
    ir::Items rows;
    for (Candidate& candidate : candidates_)
      rows.push_back(ir::Value::record(std::move(candidate.row.fields)));
    return ir::Value::list(std::move(rows));
  }

 private:
  std::vector<std::string> keys_of(const ir::Value& list) const {
    std::vector<std::string> keys;
    const ir::List* items = list.get<ir::List>();
    if (items == nullptr) return keys;
    for (const ir::Value& item : *items->items)
      if (!item.missing()) keys.push_back(ir::table_key(item, call_.table->key.kind));
    return keys;
  }

  Row row_at(std::size_t position) const {
    Row row{std::string(table_.key(position)), table_.row(position), {}, nullptr};
    const auto* category = row.fields[static_cast<std::size_t>(category_)].get<std::string>();
    if (category != nullptr) row.category = *category;
    return row;
  }

  // Only once the fields stand where they stay.
  void find_price(Row& row) const {
    if (price_ >= 0) row.price = row.fields[static_cast<std::size_t>(price_)].get<ir::Money>();
  }

  // The last `at_most` keys that the catalog knows, each once, a key that weighs more first.
  void read_models(const ir::Value& list, int weight, std::size_t at_most) {
    std::vector<std::string> keys = keys_of(list);
    std::size_t from = keys.size() > at_most ? keys.size() - at_most : 0;
    for (std::size_t i = from; i < keys.size(); ++i) {
      ir::Table::Rows found = table_.find(keys[i]);
      bool known = std::any_of(models_.begin(), models_.end(),
                               [&](const Model& model) { return model.row.key == keys[i]; });
      if (!found || known) continue;
      models_.push_back({row_at(found.begin), weight});
    }
  }

  void score_candidates() {
    std::set<std::string> categories;
    for (Model& model : models_) {
      find_price(model.row);
      if (!model.row.category.empty()) categories.insert(model.row.category);
    }
    for (const std::string& category : categories) {
      for (std::uint32_t position : table_.group(category, kMaxRecommendCandidates)) {
        if (excluded_.contains(std::string(table_.key(position)))) continue;
        Candidate candidate{row_at(position), {}, {}, {}};
        find_price(candidate.row);
        score(candidate);
        candidate.row.price = nullptr;
        candidates_.push_back(std::move(candidate));
      }
    }
  }

  void score(Candidate& candidate) const {
    for (const Model& model : models_) {
      if (model.row.category != candidate.row.category) continue;
      Decimal near = nearness(model.row.price, candidate.row.price);
      Decimal weighted = Decimal::from_millionths(near.millionths() * model.weight);
      candidate.score =
          Decimal::from_millionths(candidate.score.millionths() + weighted.millionths());
      if (!candidate.closest.empty() && weighted <= candidate.closeness) continue;
      candidate.closest = model.row.key;
      candidate.closeness = weighted;
    }
  }

  std::string explain() const {
    std::string text = versioned_name(*call_.table) + " gives ";
    if (candidates_.empty())
      return text + (models_.empty() ? "nothing: no model for it" : "nothing of these categories");
    for (const Candidate& candidate : candidates_) {
      if (&candidate != &candidates_.front()) text += ", ";
      text += fmt::format("{} (like {} in {}, score {})", candidate.row.key, candidate.closest,
                          candidate.row.category, candidate.score.to_string(2));
    }
    return text;
  }

  const Call& call_;
  const ir::RecordType& record_;
  const ir::Table& table_;
  int category_ = -1;
  int price_ = -1;
  std::vector<Model> models_;
  std::set<std::string> excluded_;
  std::vector<Candidate> candidates_;
};

}  // namespace

ir::Value recommend(const Call& call) {
  if (call.table == nullptr) return ir::Value::list({});
  const ir::RecordType& record = call.program->types.record_at(call.table->record);
  if (record.find("category") < 0) return ir::Value::list({});  // the current catalog has none
  return Recommender(call).run();
}

}  // namespace trig::stdlib::functions
