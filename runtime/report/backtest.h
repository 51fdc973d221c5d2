// What a back-test found: figures of one version, the difference to another one, and people's
// histories. Made by runtime/drive/backtest.h, written by backtest_text.h and its kin. All of it is
// sums, so that figures of parts add up to those of the whole.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/base/ids.h"
#include "compiler/base/time.h"

namespace trig::report {

using Counts = std::map<std::string, std::uint64_t>;
// Beyond kMaxReasons names the rest is counted as "other reasons".
void count(Counts& counts, const std::string& name, std::uint64_t times = 1);

struct CampaignFigures {
  std::uint64_t sends = 0;   // mails whose attempt began
  std::uint64_t people = 0;  // who got at least one of them
  std::uint64_t posts = 0;
  std::uint64_t journeys = 0;                   // begun
  std::uint64_t goals = 0;                      // reached
  Counts steps;                                 // sends by step and template
  Counts suppressed;                            // mails by reason
  Counts held;                                  // how often a mail was held back, by reason
  Counts not_sent;                              // expired or failed, by reason
  Counts ended;                                 // journeys by reason
  std::map<std::string, __int128> goal_values;  // by currency: millionths
  std::map<Date, std::uint64_t> days;           // sends, in the zone of the project
  std::uint64_t suppressed_in_all() const { return sum(suppressed); }
  std::uint64_t held_in_all() const { return sum(held); }
  static std::uint64_t sum(const Counts& counts);
};

struct Figures {
  std::map<std::string, CampaignFigures> campaigns;  // all of the version, by name
  std::uint64_t people = 0;                          // who got at least one mail of any campaign
  std::uint64_t known = 0;                           // people there were
  std::uint64_t events = 0;                          // taken
  std::uint64_t duplicates = 0;
  Counts rejected;           // events by why: not declared, not as declared
  std::uint64_t inside = 0;  // journeys that had not ended
  CampaignFigures total() const;
};
void add(Figures& to, const Figures& part);

// Mails of one campaign: before and after. A mail is the same if it is the same template to the
// same person at the same instant. What is left is paired in the order of time, and was moved.
struct CampaignDifference {
  std::uint64_t same = 0;
  std::uint64_t added = 0;    // only after
  std::uint64_t removed = 0;  // only before
  std::uint64_t moved = 0;
  std::uint64_t people_added = 0;    // people who get some that they did not
  std::uint64_t people_removed = 0;  // who no longer get some
  std::uint64_t people_both = 0;     // of these: both at once
};
struct Difference {
  std::map<std::string, CampaignDifference> campaigns;
  CampaignDifference total;  // each person counts once
};
void add(Difference& to, const Difference& part);

// One mail of a person, in figures and comparisons.
struct Sent {
  PersonId person = PersonId::kNone;
  std::string_view campaign;
  std::string_view mail_template;
  Instant at;
  friend auto operator<=>(const Sent&, const Sent&) = default;
};
// Of the mails of one or more people, both sorted. `differs` is told of everybody for whom
// something is not the same.
Difference compare(const std::vector<Sent>& before, const std::vector<Sent>& after,
                   const std::function<void(PersonId)>& differs);

// A day on which a person got more mails than was said to be fine.
struct CrowdedDay {
  std::string person;  // an id that the sender gave
  Date day;
  std::uint64_t sends = 0;
};

struct Sample {
  std::string person;
  std::optional<std::string> before;  // the lines of `why`
  std::string after;
};

// A condition or bound that was broken.
struct Finding {
  std::string text;
  std::vector<CrowdedDay> worst;
};

struct UnreadableRecords {
  std::uint64_t count = 0;
  struct One {
    std::string place;
    std::string reason;
  };
  std::vector<One> first;
  Counts reasons;
};

struct Backtest {
  std::string project;
  std::string against;  // what `before` is; empty: there is none
  Zone zone = Zone::utc();
  Instant begin;  // figures count from here
  Instant end;    // to here
  Figures after;
  std::optional<Figures> before;
  Difference difference;
  UnreadableRecords unreadable;
  std::uint64_t left_out = 0;  // events, by --from and --to
  std::vector<Sample> samples;
  std::vector<Finding> findings;
};

// "1,240".
std::string with_commas(std::uint64_t count);

}  // namespace trig::report
