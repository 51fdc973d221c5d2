// People as a store has them, for those who look at it beside the engine: reports, the admin API.
// The numbers of campaigns that a record uses are committed with it or before it, so a number that
// is not known is one that came since they were read.
//
//   engine::PersonReader reader(store);
//   Result<exec::PersonState> state = reader.read(stored);
#pragma once

#include <string_view>

#include "compiler/exec/campaign_numbers.h"
#include "runtime/ports/store.h"

namespace trig::engine {

// The numbers that stored people use, in their order.
Result<exec::CampaignNumbers> read_campaign_numbers(const Store& store);

class PersonReader {
 public:
  explicit PersonReader(const Store& store) : store_(store) {}

  // Fails where the record is damaged or of a newer release: what that one kept is not understood
  // here, and nothing is guessed.
  Result<exec::PersonState> read(std::string_view stored);

 private:
  const Store& store_;
  exec::CampaignNumbers numbers_;
};

// A record by numbers that are known.
Result<exec::PersonState> read_person(std::string_view stored,
                                      const exec::CampaignNumbers& numbers);

}  // namespace trig::engine
