#include "runtime/engine/history_rows.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <type_traits>
#include <utility>

#include "compiler/base/check.h"

namespace trig::engine {

HistoryRows::Head HistoryRows::head_at(const std::string& rows, std::size_t at) {
  static_assert(std::is_trivially_copyable_v<Head>);
  Head head;
  std::memcpy(&head, rows.data() + at, sizeof(Head));
  return head;
}

std::size_t HistoryRows::place_of(const std::string& rows, const exec::Moment& moment) {
  std::size_t at = 0;
  while (at < rows.size()) {
    const Head head = head_at(rows, at);
    if (!(head.moment < moment)) break;
    at += sizeof(Head) + head.size;
  }
  return at;
}

const HistoryRows::Event* HistoryRows::find(NameHash event) const {
  for (const Event& known : events_)
    if (known.event == event) return &known;
  return nullptr;
}

HistoryRows::Event* HistoryRows::find(NameHash event) {
  return const_cast<Event*>(std::as_const(*this).find(event));
}

void HistoryRows::begin(NameHash event) {
  TRIG_CHECK(may_begin() && !knows(event), "rows that are read, or known, do not begin");
  if (events_.size() >= kMaxEventsWithRowsInMemory) events_.erase(events_.begin());
  events_.push_back({event, {}});
}

void HistoryRows::add(NameHash event, const exec::Moment& moment, std::string_view row) {
  Event* known = find(event);
  if (known == nullptr) return;
  std::string& rows = known->rows;
  if (rows.size() + sizeof(Head) + row.size() > kMaxRowBytesInMemory) return forget(event);
  const Head head{moment, row.size()};
  std::array<char, sizeof(Head)> bytes{};
  std::memcpy(bytes.data(), &head, sizeof(Head));
  const std::size_t at = place_of(rows, moment);
  rows.insert(at, bytes.data(), bytes.size());
  rows.insert(at + sizeof(Head), row);
}

void HistoryRows::remove(NameHash event, const exec::Moment& moment) {
  Event* known = find(event);
  if (known == nullptr) return;
  const std::size_t at = place_of(known->rows, moment);
  if (at == known->rows.size()) return;
  const Head head = head_at(known->rows, at);
  if (head.moment == moment) known->rows.erase(at, sizeof(Head) + head.size);
}

void HistoryRows::forget(NameHash event) {
  std::erase_if(events_, [&](const Event& known) { return known.event == event; });
}

void HistoryRows::scan(NameHash event, Instant from, Instant to,
                       const exec::History::RowVisitor& row) const {
  const Event* known = find(event);
  TRIG_CHECK(known != nullptr, "rows that are not known are read");
  struct Reading {
    explicit Reading(std::size_t& count) : count_(count) { ++count_; }
    ~Reading() { --count_; }
    std::size_t& count_;
  };
  const Reading reading(reading_);
  const std::string_view rows = known->rows;
  for (std::size_t at = place_of(known->rows, {from, Sequence::kNone}); at < rows.size();) {
    const Head head = head_at(known->rows, at);
    if (head.moment.occurred_at > to) return;
    if (!row(head.moment, rows.substr(at + sizeof(Head), head.size))) return;
    at += sizeof(Head) + head.size;
  }
}

}  // namespace trig::engine
