#include "runtime/store/packed_rows.h"

#include <algorithm>
#include <cstring>

#include "compiler/base/check.h"

namespace trig::store {
namespace {

constexpr std::size_t kPageBytes = 8192;  // a page is larger only if it holds a single row

// Before the key of each row.
struct RowHead {
  std::uint16_t value_low;
  std::uint16_t value_high;
  std::uint16_t key;
};

}  // namespace

PackedRows::Row PackedRows::row_at(const Page& page, std::uint16_t begin) {
  const char* from = page.bytes.data() + begin;
  RowHead head;
  std::memcpy(&head, from, sizeof head);
  from += sizeof head;
  const std::size_t value_size = head.value_low | std::size_t{head.value_high} << 16;
  return {{from, head.key}, {from + head.key, value_size}, sizeof head + head.key + value_size};
}

std::size_t PackedRows::lower_bound(const Page& page, std::string_view key) {
  auto found =
      std::partition_point(page.begins.begin(), page.begins.end(),
                           [&](std::uint16_t begin) { return row_at(page, begin).key < key; });
  return static_cast<std::size_t>(found - page.begins.begin());
}

std::uint16_t PackedRows::append(Page& page, std::string_view key, std::string_view value) {
  TRIG_CHECK(key.size() <= 0xffff && value.size() <= 0xffffffff, "a row too large for any store");
  const auto begin = static_cast<std::uint16_t>(page.bytes.size());
  // A page grows by little at a time: all of them together are the store.
  const std::size_t wanted = begin + sizeof(RowHead) + key.size() + value.size();
  if (wanted > page.bytes.capacity()) page.bytes.reserve(wanted + wanted / 16);
  const RowHead head{static_cast<std::uint16_t>(value.size() & 0xffff),
                     static_cast<std::uint16_t>(value.size() >> 16),
                     static_cast<std::uint16_t>(key.size())};
  char bytes[sizeof head];
  std::memcpy(bytes, &head, sizeof head);
  page.bytes.append(bytes, sizeof head).append(key).append(value);
  return begin;
}

void PackedRows::repack(Page& page) {
  Page packed;
  packed.bytes.reserve(page.bytes.size() - page.unused);
  packed.begins.reserve(page.begins.size());
  for (std::uint16_t begin : page.begins) {
    const Row row = row_at(page, begin);
    packed.begins.push_back(append(packed, row.key, row.value));
  }
  page = std::move(packed);
}

template <typename SomePages>
auto PackedRows::page_of(SomePages& pages, std::string_view key) {
  auto after = pages.upper_bound(key);
  return after == pages.begin() ? pages.end() : std::prev(after);
}

PackedRows::Page& PackedRows::writable(Pages::iterator page) {
  if (page->second.use_count() > 1) page->second = std::make_shared<Page>(*page->second);
  return *page->second;
}

std::optional<std::string_view> PackedRows::find(std::string_view key) const {
  auto at = page_of(pages_, key);
  if (at == pages_.end()) return std::nullopt;
  const Page& page = *at->second;
  const std::size_t place = lower_bound(page, key);
  if (place == page.begins.size()) return std::nullopt;
  const Row row = row_at(page, page.begins[place]);
  if (row.key != key) return std::nullopt;
  return row.value;
}

PackedRows::Cursor PackedRows::lower_bound(std::string_view key) const {
  Cursor cursor = end();
  auto at = page_of(pages_, key);
  if (at == pages_.end()) return cursor;
  cursor.page_ = at;
  cursor.row_ = lower_bound(*at->second, key);
  if (cursor.row_ == at->second->begins.size()) {
    ++cursor.page_;
    cursor.row_ = 0;
  }
  return cursor;
}

PackedRows::Cursor PackedRows::end() const {
  Cursor cursor;
  cursor.pages_ = &pages_;
  cursor.page_ = pages_.end();
  return cursor;
}

// Rows from the place `from` on move to a page of their own.
void PackedRows::split(Pages::iterator at, std::size_t from) {
  Page& page = *at->second;
  auto right = std::make_shared<Page>();
  for (std::size_t i = from; i < page.begins.size(); ++i) {
    const Row row = row_at(page, page.begins[i]);
    right->begins.push_back(append(*right, row.key, row.value));
  }
  std::string first(row_at(*right, right->begins.front()).key);
  page.begins.resize(from);
  repack(page);
  pages_.emplace(std::move(first), std::move(right));
}

void PackedRows::put(std::string_view key, std::string_view value) {
  auto at = page_of(pages_, key);
  if (at == pages_.end()) at = pages_.emplace("", std::make_shared<Page>()).first;
  Page& page = writable(at);
  const std::size_t place = lower_bound(page, key);
  if (place < page.begins.size()) {
    const Row old = row_at(page, page.begins[place]);
    if (old.key == key) {
      if (old.value.size() == value.size()) {
        std::copy(value.begin(), value.end(),
                  page.bytes.begin() + (old.value.data() - page.bytes.data()));
        return;
      }
      page.unused += old.size;
      page.begins.erase(page.begins.begin() + static_cast<std::ptrdiff_t>(place));
      if (page.begins.empty()) page = {};
    }
  }
  const bool last = place == page.begins.size();
  const std::size_t wanted = sizeof(RowHead) + key.size() + value.size();
  const bool full = page.bytes.size() + wanted > kPageBytes && !page.begins.empty();
  if (full && page.unused > kPageBytes / 8) {
    repack(page);
    return put(key, value);
  }
  if (full) {
    // Rows that come in order fill their pages; others leave room on both sides.
    if (last && (std::next(at) == pages_.end() || page.begins.size() == 1)) {
      auto fresh = pages_.emplace(std::string(key), std::make_shared<Page>()).first;
      fresh->second->begins.push_back(append(*fresh->second, key, value));
      return;
    }
    // Where one row after the other grows, those before it have grown already.
    const std::size_t rows = page.begins.size();
    split(at, std::max(rows / 2, std::min(place, rows - 1)));
    if (page.begins.size() > 0) return put(key, value);
  }
  const std::uint16_t begin = append(page, key, value);
  page.begins.insert(page.begins.begin() + static_cast<std::ptrdiff_t>(place), begin);
}

void PackedRows::erase(std::string_view key) {
  auto at = page_of(pages_, key);
  if (at == pages_.end()) return;
  const std::size_t place = lower_bound(*at->second, key);
  if (place == at->second->begins.size()) return;
  const Row row = row_at(*at->second, at->second->begins[place]);
  if (row.key != key) return;
  Page& page = writable(at);
  page.unused += row.size;
  page.begins.erase(page.begins.begin() + static_cast<std::ptrdiff_t>(place));
  if (page.begins.empty()) {
    pages_.erase(at);
    if (pages_.empty()) return;
    auto first_page = pages_.extract(pages_.begin());
    first_page.key().clear();
    pages_.insert(std::move(first_page));
  } else if (page.unused > page.bytes.size() / 2) {
    repack(page);
  }
}

std::string_view PackedRows::Cursor::key() const {
  return row_at(*page_->second, page_->second->begins[row_]).key;
}

std::string_view PackedRows::Cursor::value() const {
  return row_at(*page_->second, page_->second->begins[row_]).value;
}

void PackedRows::Cursor::next() {
  if (++row_ < page_->second->begins.size()) return;
  ++page_;
  row_ = 0;
}

bool PackedRows::Cursor::previous() {
  if (row_ > 0) {
    --row_;
    return true;
  }
  if (page_ == pages_->begin()) return false;
  --page_;
  row_ = page_->second->begins.size() - 1;
  return true;
}

}  // namespace trig::store
