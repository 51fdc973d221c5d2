// The late watches of a person: every mail leaves some, they stay for a day, and hardly any event
// asks for one. So they lie packed, in the order in which their sends began, and are read one by
// one only for an event that occurred before one of them had begun.
#pragma once

#include <string>
#include <vector>

#include "compiler/base/codec.h"
#include "compiler/base/ids.h"
#include "compiler/base/time.h"
#include "compiler/base/touch.h"
#include "compiler/exec/campaign_ref.h"
#include "compiler/exec/moment.h"
#include "compiler/ir/value.h"

namespace trig::exec {

class CampaignNumbers;

// An `unless` whose send has begun: what still arrives and would have stopped it is counted.
struct LateWatch {
  JourneyId journey = JourneyId::kNone;
  CampaignRef campaign;
  std::uint32_t watch = 0;
  Moment trigger;
  Instant begun_at;
  std::vector<ir::Value> slots;
};

class LateWatches {
 public:
  void add(const LateWatch& watch);
  bool empty() const { return bytes_.empty(); }
  bool any_from(Instant begun_at) const { return !empty() && newest_ >= begun_at; }
  // Those that had begun then or later.
  std::vector<LateWatch> from(Instant begun_at) const;
  // Lets go of those that had begun before, as far as they come first.
  void drop_before(Instant begun_at) {
    if (oldest_ < begun_at) drop_first_before(begun_at);
  }
  // One will be added soon.
  void expect() const {
    touch(campaigns_.data(), campaigns_.size() * sizeof(CampaignRef));
    touch(bytes_.data() + bytes_.size(), 1);
  }
  void unite(const LateWatches& other);

  void encode(CampaignNumbers& numbers, ByteWriter& writer) const;
  // Marks the reader bad where the bytes are no late watches.
  static LateWatches decode(ByteReader& reader, const CampaignNumbers& numbers);

 private:
  void drop_first_before(Instant begun_at);
  void note_ends();
  LateWatch read(std::string_view entry) const;

  std::vector<CampaignRef> campaigns_;  // which the entries name by their place in it
  std::string bytes_;                   // entries: their size, `begun_at`, the rest
  Instant oldest_ = Instant::max();     // `begun_at` of the first one
  Instant newest_ = Instant::min();     // the latest `begun_at` of all
};

}  // namespace trig::exec
