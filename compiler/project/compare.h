// What changed between two states of a project, for the people who are inside its campaigns.
//
//   for (const CampaignChange& change : compare(before, after).campaigns) …
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/project/project.h"

namespace trig::project {

enum class ChangeClass : std::uint8_t {
  kUnchanged,
  kWording,   // comments, layout, the title
  kContent,   // texts of templates, what is posted and where
  kSafe,      // who starts, shares of a split, what is measured, how mails compete; nothing a
              // journey carries
  kBreaking,  // the steps, or what a journey carries and reads; or the campaign is gone
  kAdded,
};
std::string_view name_of(ChangeClass change);  // "breaking"

struct CampaignChange {
  std::string campaign;
  ChangeClass change = ChangeClass::kUnchanged;
  std::vector<std::string> reasons;  // "the steps", "the text of `cart_reminder`"
};

struct EventChange {
  std::string event;
  std::string field;
  std::string what;                    // "is gone", "was money, is number"
  std::vector<std::string> campaigns;  // that read it before, also by a segment
  std::vector<std::string> segments;
  std::vector<std::string> templates;  // that are given it and name it
  bool record = false;                 // of a record, whose readers are not known one by one
};

// "`total` of `order_completed` is gone; read by a, b".
std::string sentence(const EventChange& change);

struct Comparison {
  std::vector<CampaignChange> campaigns;  // by name
  std::vector<EventChange> events;
};

// `before` must have no errors; `after` must parse.
Comparison compare(const Project& before, const Project& after);

}  // namespace trig::project
