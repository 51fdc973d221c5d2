#include "compiler/exec/text_table.h"

#include <bit>

namespace trig::exec {

static_assert(std::endian::native == std::endian::little, "texts are packed into words");

std::uint32_t TextTable::add(std::string_view text) {
  const std::uint32_t known = find(text);
  if (known != kNone) return known;
  const auto place = static_cast<std::uint32_t>(entries_.size());
  entries_.push_back({words_of(text), text.size()});
  texts_.emplace_back(text);
  constexpr std::size_t kPlacesPerText = 4;
  if (texts_.size() * kPlacesPerText <= places_.size()) {
    put(place);
    return place - 1;
  }
  places_.assign(places_.size() * 2, kFree);
  for (std::uint32_t i = 1; i < entries_.size(); ++i) put(i);
  return place - 1;
}

void TextTable::put(std::uint32_t place) {
  const Entry& entry = entries_[place];
  std::size_t at = hash(entry.words, entry.size);
  while (places_[at & (places_.size() - 1)] != kFree) ++at;
  places_[at & (places_.size() - 1)] = place;
}

}  // namespace trig::exec
