// Short texts → their numbers, from 0 in the order in which they were added. Made for the names of
// fields and the constants they are compared with: a text of up to 16 bytes is compared as two
// words, and the table itself is small.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace trig::exec {

class TextTable {
 public:
  static constexpr std::uint32_t kNone = 0xffffffff;

  TextTable() : places_(4, kNone) {}
  std::uint32_t add(std::string_view text);  // one that is there keeps its number
  std::uint32_t find(std::string_view text) const {
    const Words words = words_of(text);
    for (std::size_t at = hash(words, text.size());; ++at) {
      const std::uint32_t number = places_[at & (places_.size() - 1)];
      if (number == kNone) return kNone;
      const Entry& entry = entries_[number];
      if (entry.words.first == words.first && entry.words.last == words.last &&
          entry.size == text.size() && (text.size() <= 16 || texts_[number] == text))
        return number;
    }
  }
  std::size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }
  const std::string& text(std::uint32_t number) const { return texts_[number]; }

 private:
  struct Words {
    std::uint64_t first = 0;  // of less than 8 bytes: all of them
    std::uint64_t last = 0;   // the last 8
  };
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
    if (size >= 8) return {word_at<std::uint64_t>(at), word_at<std::uint64_t>(at + size - 8)};
    // Bytes that are read twice fall on themselves.
    if (size >= 4)
      return {word_at<std::uint32_t>(at) | word_at<std::uint32_t>(at + size - 4) << (size - 4) * 8,
              0};
    if (size == 0) return {};
    auto byte = [&](std::size_t i) { return word_at<std::uint8_t>(at + i) << i * 8; };
    return {byte(0) | byte(size / 2) | byte(size - 1), 0};
  }
  static std::size_t hash(const Words& words, std::size_t size) {
    constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;
    return ((words.first ^ (words.last << 7 | words.last >> 57) ^ size) * kOdd) >> 32;
  }
  void place(std::uint32_t number);

  std::vector<std::uint32_t> places_;  // a power of two, at most a quarter of them taken
  std::vector<Entry> entries_;
  std::vector<std::string> texts_;
};

}  // namespace trig::exec
