#include "compiler/project/compare.h"

#include <algorithm>
#include <set>

#include "compiler/project/declarations.h"
#include "compiler/project/field_reads.h"

namespace trig::project {
namespace {

std::string text_at(const std::map<std::string, std::string>& texts, const std::string& name) {
  auto place = texts.find(name);
  return place == texts.end() ? std::string() : place->second;
}

class Comparer {
 public:
  Comparer(const Project& before, const Project& after)
      : before_(before),
        after_(after),
        old_(read_declarations(before)),
        new_(read_declarations(after)),
        reads_(before.program, old_.mails) {}

  Comparison compare() {
    compare_events();
    for (const auto& [name, texts] : old_.campaigns) {
      auto match = new_.campaigns.find(name);
      if (match == new_.campaigns.end())
        comparison_.campaigns.push_back(
            {name, ChangeClass::kBreaking, {"it is gone: its journeys end"}});
      else
        compare_campaign(name, texts, match->second);
    }
    for (const auto& [name, texts] : new_.campaigns)
      if (!old_.campaigns.contains(name))
        comparison_.campaigns.push_back({name, ChangeClass::kAdded, {}});
    std::sort(comparison_.campaigns.begin(), comparison_.campaigns.end(),
              [](const auto& a, const auto& b) { return a.campaign < b.campaign; });
    return std::move(comparison_);
  }

 private:
  void compare_events() {
    for (const auto& [event, fields] : old_.events) {
      auto match = new_.events.find(event);
      for (const auto& [field, type] : fields) {
        const std::string now = match == new_.events.end() ? "" : text_at(match->second, field);
        if (now == type) continue;
        const Readers readers = reads_.readers(event, field);
        comparison_.events.push_back(
            {event,
             field,
             now.empty() ? "is gone" : fmt::format("was {}, is {}", type, now),
             {readers.campaigns.begin(), readers.campaigns.end()},
             {readers.segments.begin(), readers.segments.end()},
             {readers.templates.begin(), readers.templates.end()},
             old_.records.contains(event)});
      }
    }
  }

  void compare_campaign(const std::string& name, const CampaignTexts& was,
                        const CampaignTexts& is) {
    CampaignChange change{name, ChangeClass::kUnchanged, {}};
    auto found = [&](bool differs, ChangeClass kind, std::string reason) {
      if (!differs) return;
      change.change = std::max(change.change, kind);
      change.reasons.push_back(std::move(reason));
    };
    found(was.skeleton != is.skeleton, ChangeClass::kBreaking, "the steps or exits");
    found(was.skeleton == is.skeleton && was.posts != is.posts, ChangeClass::kContent,
          "what it posts");
    found(was.skeleton == is.skeleton && was.shares != is.shares, ChangeClass::kSafe,
          "the shares of a split");
    if (was.skeleton == is.skeleton)
      for (const std::string& field : newly_carried(name))
        found(true, ChangeClass::kBreaking,
              fmt::format("it reads `{}`, which the people inside do not carry", field));
    found(was.start != is.start, ChangeClass::kBreaking, "the event it starts on");
    for (const EventChange& event : comparison_.events)
      found(std::count(event.campaigns.begin(), event.campaigns.end(), name) > 0,
            ChangeClass::kBreaking,
            fmt::format("`{}` of `{}` {}", event.field, event.event, event.what));
    for (const std::string& mail : is.templates) {
      const bool known = old_.templates.contains(mail);
      found(known && text_at(old_.templates, mail) != text_at(new_.templates, mail),
            ChangeClass::kBreaking, fmt::format("the parameters or file of `{}`", mail));
      found(known && text_at(old_.mails, mail) != text_at(new_.mails, mail), ChangeClass::kContent,
            fmt::format("the text of `{}`", mail));
    }
    found(was.start == is.start && was.entry != is.entry, ChangeClass::kSafe,
          "who starts, and when again");
    found(was.goals != is.goals, ChangeClass::kSafe, "the goals");
    found(was.edits != is.edits, ChangeClass::kSafe, "what edits do");
    found(was.policy != is.policy, ChangeClass::kSafe,
          fmt::format("the policy: `{}`, not `{}`", is.policy, was.policy));
    found(was.policy == is.policy &&
              text_at(old_.policies, was.policy) != text_at(new_.policies, is.policy),
          ChangeClass::kSafe, fmt::format("the policy `{}`", is.policy));
    for (const std::string& segment : is.segments)
      found(text_at(old_.segments, segment) != text_at(new_.segments, segment), ChangeClass::kSafe,
            fmt::format("the segment `{}`", segment));
    found(was.title != is.title, ChangeClass::kWording, "the title");
    found(change.reasons.empty() && !same_version(name), ChangeClass::kBreaking,
          "a record or event it reads");
    const bool rewritten = change.reasons.empty() && was.written != is.written;
    found(rewritten, ChangeClass::kWording, "comments or layout");
    comparison_.campaigns.push_back(std::move(change));
  }

  // The fields of bindings that the campaign reads now and did not keep before.
  std::vector<std::string> newly_carried(const std::string& name) const {
    std::vector<std::string> fields;
    const int was = before_.program.find_campaign(name_hash(name));
    const int is = after_.program.find_campaign(name_hash(name));
    if (was < 0 || is < 0 || after_.diagnostics.has_errors()) return fields;
    const std::set<std::string> known =
        carried(before_.program, before_.program.campaigns[static_cast<std::size_t>(was)]);
    for (const std::string& field :
         carried(after_.program, after_.program.campaigns[static_cast<std::size_t>(is)]))
      if (!known.contains(field)) fields.push_back(field);
    return fields;
  }

  static std::set<std::string> carried(const ir::Program& program, const ir::Campaign& campaign) {
    std::set<std::string> fields;
    for (const ir::Slot& slot : campaign.slots)
      for (std::size_t i = 0; i < slot.read.size(); ++i)
        if (slot.read[i])
          fields.insert(slot.name + "." + program.types.record_at(slot.record).fields[i].name);
    return fields;
  }

  // What the parts do not show: a record inside an event, the language itself.
  bool same_version(const std::string& name) const {
    const int was = before_.program.find_campaign(name_hash(name));
    const int is = after_.program.find_campaign(name_hash(name));
    if (was < 0 || is < 0 || after_.diagnostics.has_errors()) return true;
    return before_.program.campaigns[was].version == after_.program.campaigns[is].version;
  }

  const Project& before_;
  const Project& after_;
  Declarations old_;
  Declarations new_;
  FieldReads reads_;
  Comparison comparison_;
};

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

// "a, b, the segment c, the templates d, e"; empty: nobody that is known.
std::string readers_of(const EventChange& change) {
  std::vector<std::string> readers = change.campaigns;
  auto add = [&](std::string_view noun, const std::vector<std::string>& names) {
    if (names.empty()) return;
    readers.push_back(
        fmt::format("the {}{} {}", noun, names.size() == 1 ? "" : "s", joined(names)));
  };
  add("segment", change.segments);
  add("template", change.templates);
  return joined(readers);
}

}  // namespace

std::string sentence(const EventChange& change) {
  const std::string readers = readers_of(change);
  const std::string read = readers.empty() ? "" : "; read by " + readers;
  if (change.record)
    return fmt::format("`{}` of the record `{}` {}{}", change.field, change.event, change.what,
                       read);
  return fmt::format("`{}` of `{}` {}{}", change.field, change.event, change.what,
                     readers.empty() ? "; no campaign reads it" : read);
}

std::string_view name_of(ChangeClass change) {
  switch (change) {
    case ChangeClass::kUnchanged: return "unchanged";
    case ChangeClass::kWording: return "wording";
    case ChangeClass::kContent: return "content";
    case ChangeClass::kSafe: return "safe";
    case ChangeClass::kBreaking: return "breaking";
    case ChangeClass::kAdded: return "added";
  }
  return "unchanged";
}

Comparison compare(const Project& before, const Project& after) {
  return Comparer(before, after).compare();
}

}  // namespace trig::project
