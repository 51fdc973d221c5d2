// A campaign as some deploy had it.
#pragma once

#include "compiler/base/hash.h"

namespace trig::exec {

struct CampaignRef {
  NameHash campaign{};
  Hash128 version;
  friend bool operator==(const CampaignRef&, const CampaignRef&) = default;
};

}  // namespace trig::exec
