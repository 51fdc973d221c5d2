// Short texts → their numbers, from 0 in the order in which they were added. Made for the names of
// fields and the constants they are compared with: a text of up to 16 bytes is compared as two
// words, and the table itself is small.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace trig::exec {

struct TextWords {  // the first 16 bytes, zeros where there are less
  std::uint64_t first = 0;
  std::uint64_t second = 0;
};

inline constexpr std::array<TextWords, 2 * sizeof(std::uint64_t) + 1> kTextMasks = [] {
  std::array<TextWords, 2 * sizeof(std::uint64_t) + 1> masks{};  // by size
  for (std::size_t size = 1; size < masks.size(); ++size)
    for (std::size_t byte = 0; byte < size; ++byte)
      (byte < 8 ? masks[size].first : masks[size].second) |= std::uint64_t{0xff} << byte % 8 * 8;
  return masks;
}();

class TextTable {
 public:
  static constexpr std::uint32_t kNone = 0xffffffff;

  TextTable() : places_(4, kFree), entries_(1, Entry{{}, ~std::uint64_t{0}}) {}
  std::uint32_t add(std::string_view text);  // one that is there keeps its number
  std::uint32_t find(std::string_view text) const { return find(text, words_of(text)); }
  // The same where kReadable bytes from its begin on may be read, whatever its size.
  static constexpr std::size_t kReadable = 16;
  std::uint32_t find_readable(std::string_view text) const {
    return find(text, words_before(text.data(), text.size()));
  }
  std::size_t size() const { return texts_.size(); }
  bool empty() const { return texts_.empty(); }
  const std::string& text(std::uint32_t number) const { return texts_[number]; }

 private:
  using Words = TextWords;
  struct Entry {
    Words words;
    std::uint64_t size = 0;
  };

  template <typename Word>
  static std::uint64_t word_at(const char* at) {
    Word word;
    std::memcpy(&word, at, sizeof word);
    return word;
  }
  static Words words_of(std::string_view text) {
    const char* at = text.data();
    const std::size_t size = text.size();
    if (size >= 16) return {word_at<std::uint64_t>(at), word_at<std::uint64_t>(at + 8)};
    if (size > 8)
      return {word_at<std::uint64_t>(at), word_at<std::uint64_t>(at + size - 8) >> (16 - size) * 8};
    // Bytes that are read twice fall on themselves.
    if (size >= 4)
      return {word_at<std::uint32_t>(at) | word_at<std::uint32_t>(at + size - 4) << (size - 4) * 8,
              0};
    if (size == 0) return {};
    auto byte = [&](std::size_t i) { return word_at<std::uint8_t>(at + i) << i * 8; };
    return {byte(0) | byte(size / 2) | byte(size - 1), 0};
  }
  // By a table: sizes come in no order that a branch could learn.
  static Words words_before(const char* at, std::size_t size) {
    const Words& mask = kTextMasks[size < kReadable ? size : kReadable];
    return {word_at<std::uint64_t>(at) & mask.first, word_at<std::uint64_t>(at + 8) & mask.second};
  }
  static std::size_t hash(const Words& words, std::size_t size) {
    constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;
    constexpr std::uint64_t kOther = 0xbf58476d1ce4e5b9;
    const std::uint64_t mixed = words.first * kOdd + (words.second ^ size) * kOther;
    return mixed ^ mixed >> 32;
  }
  // Whether a text is known comes in no order either: the one branch is that on another text in its
  // place, which is rare.
  std::uint32_t find(std::string_view text, const Words& words) const {
    for (std::size_t at = hash(words, text.size());; ++at) {
      const std::uint32_t place = places_[at & (places_.size() - 1)];
      const Entry& entry = entries_[place];
      const std::uint64_t differs = (entry.words.first ^ words.first) |
                                    (entry.words.second ^ words.second) |
                                    (entry.size ^ text.size());
      const bool other = (differs != 0) & (place != kFree);
      if (other) [[unlikely]]
        continue;
      if (text.size() > kReadable && place != kFree && texts_[place - 1] != text) [[unlikely]]
        continue;
      return place - 1;
    }
  }
  void put(std::uint32_t place);

  static constexpr std::uint32_t kFree = 0;
  static_assert(kFree - 1 == kNone);

  std::vector<std::uint32_t> places_;  // a power of two, at most a quarter of them taken
  std::vector<Entry> entries_;         // one more than the texts: the first is that of no text
  std::vector<std::string> texts_;
};

}  // namespace trig::exec
