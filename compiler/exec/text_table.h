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
  std::uint32_t find(std::string_view text) const { return find(text, words_of(text)); }
  // The same where kReadable bytes from its begin on may be read, whatever its size.
  static constexpr std::ptrdiff_t kReadable = 16;
  // `guess` is tried first: its number, or any.
  std::uint32_t find_readable(std::string_view text, std::uint32_t guess) const {
    const Words words = words_before(text.data(), text.size());
    if (guess < entries_.size() && is(guess, text, words)) return guess;
    return find(text, words);
  }
  std::size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }
  const std::string& text(std::uint32_t number) const { return texts_[number]; }

 private:
  struct Words {  // the first 16 bytes, zeros where there are less
    std::uint64_t first = 0;
    std::uint64_t second = 0;
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
  static Words words_before(const char* at, std::size_t size) {
    constexpr std::uint64_t kAll = ~std::uint64_t{0};
    const std::uint64_t first = size >= 8 ? kAll : ~(kAll << size * 8);
    const std::uint64_t second = size >= 16 ? kAll : size <= 8 ? 0 : ~(kAll << (size - 8) * 8);
    return {word_at<std::uint64_t>(at) & first, word_at<std::uint64_t>(at + 8) & second};
  }
  static std::size_t hash(const Words& words, std::size_t size) {
    constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;
    constexpr std::uint64_t kOther = 0xbf58476d1ce4e5b9;
    const std::uint64_t mixed = words.first * kOdd + (words.second ^ size) * kOther;
    return mixed ^ mixed >> 32;
  }
  std::uint32_t find(std::string_view text, const Words& words) const {
    for (std::size_t at = hash(words, text.size());; ++at) {
      const std::uint32_t number = places_[at & (places_.size() - 1)];
      if (number == kNone) return kNone;
      if (is(number, text, words)) return number;
    }
  }
  bool is(std::uint32_t number, std::string_view text, const Words& words) const {
    const Entry& entry = entries_[number];
    return entry.words.first == words.first && entry.words.second == words.second &&
           entry.size == text.size() && (text.size() <= 16 || texts_[number] == text);
  }
  void place(std::uint32_t number);

  std::vector<std::uint32_t> places_;  // a power of two, at most a quarter of them taken
  std::vector<Entry> entries_;
  std::vector<std::string> texts_;
};

}  // namespace trig::exec
