#include "compiler/exec/text_table.h"

#include <bit>

namespace trig::exec {

static_assert(std::endian::native == std::endian::little, "texts are packed into words");

std::uint32_t TextTable::add(std::string_view text) {
  const std::uint32_t known = find(text);
  if (known != kNone) return known;
  const auto number = static_cast<std::uint32_t>(entries_.size());
  entries_.push_back({words_of(text), text.size()});
  texts_.emplace_back(text);
  constexpr std::size_t kPlacesPerText = 4;
  if (entries_.size() * kPlacesPerText <= places_.size()) {
    place(number);
    return number;
  }
  places_.assign(places_.size() * 2, kNone);
  for (std::uint32_t i = 0; i < entries_.size(); ++i) place(i);
  return number;
}

void TextTable::place(std::uint32_t number) {
  const Entry& entry = entries_[number];
  std::size_t at = hash(entry.words, entry.size);
  while (places_[at & (places_.size() - 1)] != kNone) ++at;
  places_[at & (places_.size() - 1)] = number;
}

}  // namespace trig::exec
