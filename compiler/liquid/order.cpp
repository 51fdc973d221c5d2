#include "compiler/liquid/order.h"

#include "compiler/liquid/number.h"

namespace trig::liquid {
namespace {

template <typename T>
int three_way(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

std::optional<int> compare_lists(const List& a, const List& b) {
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
    std::optional<int> order = compare(a[i], b[i]);
    if (!order || *order != 0) return order;
  }
  return three_way(a.size(), b.size());
}

}  // namespace

std::optional<int> compare(const Data& a, const Data& b) {
  if (is_number(a) && is_number(b)) return compare_numbers(a, b);
  if (a.value.index() == b.value.index()) {
    if (auto text = a.as_text()) return three_way(text->compare(*b.as_text()), 0);
    if (auto list = a.as_list()) return compare_lists(*list, *b.as_list());
    if (auto date = a.get<Date>()) return three_way(*date, *b.get<Date>());
    if (auto instant = a.get<Instant>()) return three_way(*instant, *b.get<Instant>());
    if (auto money = a.get<ir::Money>();
        money && money->currency.code == b.get<ir::Money>()->currency.code)
      return three_way(money->amount, b.get<ir::Money>()->amount);
  }
  if (auto money = a.get<ir::Money>(); money && is_number(b))
    return compare_numbers(Data{money->amount}, b);
  if (auto money = b.get<ir::Money>(); money && is_number(a))
    return compare_numbers(a, Data{money->amount});
  if (equal(a, b)) return 0;
  return std::nullopt;
}

Data first_of(const Data& data) {
  if (const List* list = data.as_list()) return list->empty() ? Data{} : list->front();
  if (auto range = data.get<IntegerRange>())
    return range->size() == 0 ? Data{} : Data::integer(range->first);
  if (const std::string* text = data.as_text())
    return Data::text(std::string(characters(*text, 0, 1)), data.trust());
  const Map* map = data.as_map();
  if (!map || map->empty()) return {};
  return Data::list({Data::text(map->front().first), map->front().second});
}

Data last_of(const Data& data) {
  if (const List* list = data.as_list()) return list->empty() ? Data{} : list->back();
  if (auto range = data.get<IntegerRange>())
    return range->size() == 0 ? Data{} : Data::integer(range->last);
  if (const std::string* text = data.as_text()) {
    std::size_t count = character_count(*text);
    return Data::text(std::string(characters(*text, count > 0 ? count - 1 : 0, 1)), data.trust());
  }
  return {};
}

std::optional<Data> size_of(const Data& data) {
  auto count = [](std::size_t size) { return Data::integer(static_cast<std::int64_t>(size)); };
  if (const List* list = data.as_list()) return count(list->size());
  if (const Map* map = data.as_map()) return count(map->size());
  if (const std::string* text = data.as_text()) return count(character_count(*text));
  if (auto range = data.get<IntegerRange>()) return count(range->size());
  if (data.get<std::int64_t>()) return count(sizeof(std::int64_t));  // as the reference has it
  return std::nullopt;
}

}  // namespace trig::liquid
