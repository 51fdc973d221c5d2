// PackedRows: an ordered map of byte strings in pages: a row takes 8 bytes more than its key and
// value; pages are full where rows come one after the other, and else mostly more than half full.
// A copy shares its pages with the original until either changes them.
//
//   PackedRows rows;
//   rows.put("a", "1");
//   for (auto at = rows.lower_bound("a"); !at.at_end(); at.next()) use(at.key(), at.value());
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trig::store {

class PackedRows {
 private:
  // Rows lie in `bytes` in the order in which they came; `begins` has them by key. A page is small,
  // or it has one row, which begins at 0.
  struct Page {
    std::string bytes;
    std::vector<std::uint16_t> begins;
    std::size_t unused = 0;  // bytes of rows that are gone
  };
  using Pages = std::map<std::string, std::shared_ptr<Page>, std::less<>>;  // by their first keys

 public:
  // A place among the rows; valid until the next change.
  class Cursor {
   public:
    bool at_end() const { return page_ == pages_->end(); }
    std::string_view key() const;
    std::string_view value() const;
    void next();
    bool previous();  // false: there is none, and the place is as before

   private:
    friend class PackedRows;
    const Pages* pages_ = nullptr;
    Pages::const_iterator page_;
    std::size_t row_ = 0;
  };

  std::optional<std::string_view> find(std::string_view key) const;
  Cursor lower_bound(std::string_view key) const;
  Cursor end() const;

  void put(std::string_view key, std::string_view value);
  void erase(std::string_view key);

 private:
  struct Row {
    std::string_view key;
    std::string_view value;
    std::size_t size = 0;  // of the row as it lies in the page
  };
  static Row row_at(const Page& page, std::uint16_t begin);
  static std::size_t lower_bound(const Page& page, std::string_view key);
  static std::uint16_t append(Page& page, std::string_view key, std::string_view value);
  static void repack(Page& page);
  template <typename SomePages>
  static auto page_of(SomePages& pages, std::string_view key);
  Page& writable(Pages::iterator page);
  void split(Pages::iterator page, std::size_t from);

  Pages pages_;  // the first has the empty key, whatever its first row is
};

}  // namespace trig::store
