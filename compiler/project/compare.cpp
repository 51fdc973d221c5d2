#include "compiler/project/compare.h"

#include <algorithm>
#include <set>

#include "compiler/project/declarations.h"

namespace trig::project {
namespace {

using ir::NodeId;

std::string text_at(const std::map<std::string, std::string>& texts, const std::string& name) {
  auto place = texts.find(name);
  return place == texts.end() ? std::string() : place->second;
}

// Which fields of which events each campaign reads.
class FieldReads {
 public:
  explicit FieldReads(const ir::Program& program) : program_(program) {
    for (const ir::Campaign& campaign : program.campaigns) read(campaign);
  }

  const std::set<std::string>& readers(const std::string& event, const std::string& field) {
    return readers_[{event, field}];
  }

 private:
  void read(const ir::Campaign& campaign) {
    campaign_ = &campaign;
    for (const ir::StartTrigger::Alternative& start : campaign.trigger.alternatives) {
      read(start.where, start.event);
      read(start.key, start.event);
      for (std::size_t i = 0; i < start.slot_fields.size() && i < campaign.slots[0].read.size();
           ++i)
        if (campaign.slots[0].read[i] && start.slot_fields[i] >= 0)
          note(start.event, static_cast<std::size_t>(start.slot_fields[i]));
    }
    for (const ir::Watch& watch : campaign.watches) read(watch);
    for (const ir::Watch& exit : campaign.exits) read(exit);
    for (const ir::Goal& goal : campaign.goals) {
      read(goal.watch);
      for (std::size_t i = 0; i < goal.value_fields.size(); ++i)
        if (goal.value_fields[i] >= 0)
          note(goal.watch.alternatives[i].event, static_cast<std::size_t>(goal.value_fields[i]));
    }
    for (const ir::Step& step : campaign.steps) {
      if (const auto* branch = std::get_if<ir::Branch>(&step.node)) read(branch->condition, {});
      if (const auto* send = std::get_if<ir::Send>(&step.node))
        for (NodeId argument : send->arguments) read(argument, {});
    }
  }
  void read(const ir::Watch& watch) {
    for (const ir::Watch::Alternative& alternative : watch.alternatives)
      read(alternative.where, alternative.event);
  }
  void read(NodeId id, std::optional<std::uint32_t> event) {
    if (id == NodeId::kNone) return;
    const ir::Node& node = program_.node(id);
    if (node.op == ir::Op::kEventField && event) note(*event, node.index);
    if (node.op == ir::Op::kAggregate) {
      const ir::Aggregate& aggregate = program_.aggregates[node.index];
      if (aggregate.field >= 0) note(aggregate.event, static_cast<std::size_t>(aggregate.field));
      read(aggregate.where, aggregate.event);
    }
    for (NodeId operand : {node.a, node.b, node.c}) read(operand, event);
    for (NodeId operand : node.operands) read(operand, event);
  }
  void note(std::uint32_t event, std::size_t field) {
    const ir::EventType& type = program_.events[event];
    const ir::RecordType& record = program_.types.record_at(type.record);
    readers_[{type.name, record.fields[field].name}].insert(campaign_->name);
  }

  const ir::Program& program_;
  const ir::Campaign* campaign_ = nullptr;
  std::map<std::pair<std::string, std::string>, std::set<std::string>> readers_;
};

class Comparer {
 public:
  Comparer(const Project& before, const Project& after)
      : before_(before),
        after_(after),
        old_(read_declarations(before)),
        new_(read_declarations(after)),
        reads_(before.program) {}

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
        const std::set<std::string>& readers = reads_.readers(event, field);
        comparison_.events.push_back(
            {event,
             field,
             now.empty() ? "is gone" : fmt::format("was {}, is {}", type, now),
             {readers.begin(), readers.end()},
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
    found(was.steps != is.steps, ChangeClass::kBreaking, "the steps or exits");
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

}  // namespace

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
