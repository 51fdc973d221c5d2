// Chunked: a vector whose copies share what neither has changed. A copy costs a pointer per chunk;
// changing an item of a copy, or adding one, first copies that item's chunk alone. So a program of
// ten thousand campaigns and the next one, in which one of them is another, differ by a few chunks.
//
//   Chunked<Campaign> next = last;        // shares everything
//   next.edit(7).title = "another";       // `last` keeps its own
//
// Items keep their place in memory while others are added. `edit` is for who owns the vector: a
// reference it gave must not be written through after the vector was copied.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

namespace trig {

template <typename T, std::size_t kItems = 64>
class Chunked {
  static_assert((kItems & (kItems - 1)) == 0, "an item is found by a shift and a mask");
  using Chunk = std::array<T, kItems>;

 public:
  using value_type = T;

  class const_iterator {
   public:
    using iterator_category = std::random_access_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = const T*;
    using reference = const T&;

    const_iterator() = default;
    const_iterator(const Chunked* all, std::size_t at) : all_(all), at_(at) {}
    reference operator*() const { return (*all_)[at_]; }
    pointer operator->() const { return &(*all_)[at_]; }
    reference operator[](difference_type by) const { return *(*this + by); }
    const_iterator& operator+=(difference_type by) {
      at_ = static_cast<std::size_t>(static_cast<difference_type>(at_) + by);
      return *this;
    }
    const_iterator& operator-=(difference_type by) { return *this += -by; }
    const_iterator& operator++() { return *this += 1; }
    const_iterator& operator--() { return *this -= 1; }
    const_iterator operator++(int) { return std::exchange(*this, *this + 1); }
    const_iterator operator--(int) { return std::exchange(*this, *this - 1); }
    friend const_iterator operator+(const_iterator it, difference_type by) { return it += by; }
    friend const_iterator operator+(difference_type by, const_iterator it) { return it += by; }
    friend const_iterator operator-(const_iterator it, difference_type by) { return it -= by; }
    friend difference_type operator-(const const_iterator& a, const const_iterator& b) {
      return static_cast<difference_type>(a.at_) - static_cast<difference_type>(b.at_);
    }
    friend bool operator==(const const_iterator& a, const const_iterator& b) {
      return a.at_ == b.at_;
    }
    friend auto operator<=>(const const_iterator& a, const const_iterator& b) {
      return a.at_ <=> b.at_;
    }

   private:
    const Chunked* all_ = nullptr;
    std::size_t at_ = 0;
  };

  Chunked() = default;
  Chunked(std::initializer_list<T> items) {
    for (const T& item : items) push_back(item);
  }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const T& operator[](std::size_t index) const {
    return (*chunks_[index / kItems])[index % kItems];
  }
  const T& at(std::size_t index) const { return (*chunks_.at(index / kItems)).at(index % kItems); }
  const T& front() const { return (*this)[0]; }
  const T& back() const { return (*this)[size_ - 1]; }
  const_iterator begin() const { return {this, 0}; }
  const_iterator end() const { return {this, size_}; }

  T& edit(std::size_t index) { return own(index / kItems)[index % kItems]; }
  T& edit_back() { return edit(size_ - 1); }
  void push_back(T item) { emplace_back() = std::move(item); }
  T& emplace_back() {
    if (size_ == chunks_.size() * kItems) chunks_.push_back(std::make_shared<Chunk>());
    ++size_;
    return edit_back();
  }
  void pop_back() {
    edit_back() = T();
    --size_;
    if (size_ % kItems == 0) chunks_.pop_back();
  }
  void clear() { *this = Chunked(); }

  // Whether both hold the very same object there: nothing about it can differ.
  static bool shares(const Chunked& a, const Chunked& b, std::size_t index) {
    const std::size_t chunk = index / kItems;
    return chunk < a.chunks_.size() && chunk < b.chunks_.size() &&
           a.chunks_[chunk] == b.chunks_[chunk];
  }
  static constexpr std::size_t kChunk = kItems;

 private:
  Chunk& own(std::size_t chunk) {
    std::shared_ptr<Chunk>& held = chunks_[chunk];
    if (held.use_count() > 1) {
      held = std::make_shared<Chunk>(*held);
    } else {
      // Who let go of it last may have done so in another thread.
      std::atomic_thread_fence(std::memory_order_acquire);
    }
    return *held;
  }

  std::vector<std::shared_ptr<Chunk>> chunks_;
  std::size_t size_ = 0;
};

}  // namespace trig
