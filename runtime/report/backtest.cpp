#include "runtime/report/backtest.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "runtime/ports/limits.h"

namespace trig::report {
namespace {

template <typename Map>
void add_counts(Map& to, const Map& part) {
  for (const auto& [name, count] : part) to[name] += count;
}

void add_counts(Counts& to, const Counts& part) {
  for (const auto& [name, times] : part) count(to, name, times);
}

void add_campaign(CampaignFigures& to, const CampaignFigures& part) {
  to.sends += part.sends;
  to.people += part.people;
  to.posts += part.posts;
  to.journeys += part.journeys;
  to.goals += part.goals;
  add_counts(to.steps, part.steps);
  add_counts(to.suppressed, part.suppressed);
  add_counts(to.held, part.held);
  add_counts(to.not_sent, part.not_sent);
  add_counts(to.ended, part.ended);
  add_counts(to.goal_values, part.goal_values);
  add_counts(to.days, part.days);
}

using Mails = std::vector<Sent>::const_iterator;

// The mails of one person, campaign and template on both sides, in the order of time.
struct Pairing {
  std::uint64_t same = 0;
  std::uint64_t left_before = 0;
  std::uint64_t left_after = 0;
};

Pairing pair_up(Mails before, Mails before_end, Mails after, Mails after_end) {
  Pairing pairing;
  while (before != before_end && after != after_end) {
    if (before->at == after->at) {
      ++pairing.same;
      ++before;
      ++after;
    } else if (before->at < after->at) {
      ++pairing.left_before;
      ++before;
    } else {
      ++pairing.left_after;
      ++after;
    }
  }
  pairing.left_before += static_cast<std::uint64_t>(before_end - before);
  pairing.left_after += static_cast<std::uint64_t>(after_end - after);
  return pairing;
}

bool later(const Sent& a, const Sent& b) { return b.mail_template < a.mail_template; }

// The changes of one person and campaign.
struct Changes {
  CampaignDifference difference;
  bool any() const { return difference.added + difference.removed + difference.moved > 0; }

  void take(const Pairing& pairing) {
    const std::uint64_t moved = std::min(pairing.left_before, pairing.left_after);
    difference.same += pairing.same;
    difference.moved += moved;
    difference.added += pairing.left_after - moved;
    difference.removed += pairing.left_before - moved;
  }
  void close() {
    difference.people_added = difference.added > 0 ? 1 : 0;
    difference.people_removed = difference.removed > 0 ? 1 : 0;
    difference.people_both = difference.added > 0 && difference.removed > 0 ? 1 : 0;
  }
};

void add_difference(CampaignDifference& to, const CampaignDifference& part) {
  to.same += part.same;
  to.added += part.added;
  to.removed += part.removed;
  to.moved += part.moved;
  to.people_added += part.people_added;
  to.people_removed += part.people_removed;
  to.people_both += part.people_both;
}

}  // namespace

void count(Counts& counts, const std::string& name, std::uint64_t times) {
  auto known = counts.find(name);
  if (known != counts.end())
    known->second += times;
  else
    counts[counts.size() < kMaxReasons ? name : "other reasons"] += times;
}

std::uint64_t CampaignFigures::sum(const Counts& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const auto& one) { return sum + one.second; });
}

CampaignFigures Figures::total() const {
  CampaignFigures sum;
  for (const auto& [name, campaign] : campaigns) add_campaign(sum, campaign);
  sum.people = people;
  return sum;
}

void add(Figures& to, const Figures& part) {
  for (const auto& [name, campaign] : part.campaigns) add_campaign(to.campaigns[name], campaign);
  to.people += part.people;
  to.known += part.known;
  to.events += part.events;
  to.duplicates += part.duplicates;
  add_counts(to.rejected, part.rejected);
  to.inside += part.inside;
}

void add(Difference& to, const Difference& part) {
  for (const auto& [name, campaign] : part.campaigns) add_difference(to.campaigns[name], campaign);
  add_difference(to.total, part.total);
}

namespace {

// The mails of one person and campaign on both sides; moves both past them.
Changes changes_of(Mails& b, Mails b_last, Mails& a, Mails a_last) {
  Changes changes;
  while (b != b_last || a != a_last) {
    const bool b_first = a == a_last || (b != b_last && later(*a, *b));
    const std::string_view mail_template = b_first ? b->mail_template : a->mail_template;
    auto is_other = [&](const Sent& sent) { return sent.mail_template != mail_template; };
    const Mails b_end = std::find_if(b, b_last, is_other);
    const Mails a_end = std::find_if(a, a_last, is_other);
    changes.take(pair_up(b, b_end, a, a_end));
    b = b_end;
    a = a_end;
  }
  return changes;
}

}  // namespace

Difference compare(const std::vector<Sent>& before, const std::vector<Sent>& after,
                   const std::function<void(PersonId)>& differs) {
  Difference difference;
  Mails b = before.begin();
  Mails a = after.begin();
  while (b != before.end() || a != after.end()) {
    const bool b_first = a == after.end() || (b != before.end() && b->person < a->person);
    const PersonId person = b_first ? b->person : a->person;
    auto is_mine = [&](Mails mail, Mails end) { return mail != end && mail->person == person; };
    Changes all;
    while (is_mine(b, before.end()) || is_mine(a, after.end())) {
      const bool from_b =
          !is_mine(a, after.end()) || (is_mine(b, before.end()) && b->campaign < a->campaign);
      const std::string_view campaign = from_b ? b->campaign : a->campaign;
      auto is_other = [&](const Sent& sent) {
        return sent.person != person || sent.campaign != campaign;
      };
      Changes changes = changes_of(b, std::find_if(b, before.end(), is_other), a,
                                   std::find_if(a, after.end(), is_other));
      add_difference(all.difference, changes.difference);
      changes.close();
      add_difference(difference.campaigns[std::string(campaign)], changes.difference);
    }
    if (all.any() && differs) differs(person);
    all.close();
    add_difference(difference.total, all.difference);
  }
  return difference;
}

std::string with_commas(std::uint64_t count) {
  std::string text = std::to_string(count);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

}  // namespace trig::report
