#include "tests/sim/differential/shrink.h"

namespace trig::sim {
namespace {

// Does one of the things that can be left out, the one with the number that is wanted.
class Cut {
 public:
  explicit Cut(int wanted) : left_(wanted) {}

  // False: there is no such number.
  bool make(Story& story) {
    return shorter(story.history.items) || items(story.history.items) ||
           shorter(story.program.campaigns) || every(story.program.campaigns) ||
           every(story.program.policies) || segments(story.program.segments);
  }

 private:
  bool turn() { return left_-- == 0; }

  template <typename T>
  bool shorter(std::vector<T>& list) {
    for (std::size_t i = 0; i < list.size(); ++i)
      if (turn()) {
        list.erase(list.begin() + static_cast<std::ptrdiff_t>(i));
        return true;
      }
    return false;
  }
  template <typename T>
  bool gone(std::optional<T>& part) {
    if (!part || !turn()) return false;
    part.reset();
    return true;
  }
  bool none(bool& flag) {
    if (!flag || !turn()) return false;
    flag = false;
    return true;
  }
  template <typename T>
  bool every(std::vector<T>& list) {
    for (T& one : list)
      if (cut(one)) return true;
    return false;
  }

  bool items(std::vector<Item>& items) {
    for (Item& item : items) {
      if (item.late != Duration(0) && turn()) {
        item.late = Duration(0);
        return true;
      }
      for (auto field = item.fields.begin(); field != item.fields.end(); ++field)
        if (field->first != "key" && turn()) {
          item.fields.erase(field);
          return true;
        }
    }
    return false;
  }

  bool segments(std::vector<Segment>& segments) {
    for (Segment& segment : segments)
      if (cut(segment.condition)) return true;
    return false;
  }

  bool cut(Campaign& campaign) {
    if (campaign.again != Again::kWhenFinished && turn()) {
      campaign.again = Again::kWhenFinished;
      return true;
    }
    if (campaign.priority != 1 && turn()) {
      campaign.priority = 1;
      return true;
    }
    return none(campaign.restart) || none(campaign.trigger.per_key) ||
           where(campaign.trigger.where) || fewer(campaign.trigger.events) ||
           shorter(campaign.exits) || every(campaign.exits) || shorter(campaign.goals) ||
           block(campaign.steps);
  }

  bool cut(Policy& policy) {
    return shorter(policy.caps) || gone(policy.quiet) || gone(policy.wait_when_capped);
  }

  // A block keeps a step.
  bool block(std::vector<Step>& steps) {
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (steps.size() > 1 && turn()) {
        steps.erase(steps.begin() + static_cast<std::ptrdiff_t>(i));
        return true;
      }
      if (cut(steps[i])) return true;
    }
    return false;
  }

  bool cut(Step& step) {
    if (!step.then.empty() && step.kind == StepKind::kWhen && turn()) {
      Step first = step.then.front();
      step = std::move(first);
      return true;
    }
    return shorter(step.unless) || every(step.unless) || gone(step.skip_after) ||
           gone(step.up_to) || cut(step.watch) || conditions(step.condition) ||
           (!step.then.empty() && block(step.then)) || shorter_to_none(step.otherwise) ||
           (!step.otherwise.empty() && block(step.otherwise));
  }

  bool shorter_to_none(std::vector<Step>& steps) {
    if (steps.empty() || !turn()) return false;
    steps.clear();
    return true;
  }

  bool cut(Watch& watch) { return where(watch.where) || fewer(watch.events); }
  bool fewer(Texts& events) { return events.size() > 1 && shorter(events); }
  bool where(std::vector<Condition>& where) { return shorter(where) || conditions(where); }
  bool conditions(std::vector<Condition>& list) { return every(list); }

  bool cut(Condition& condition) {
    for (const Condition& part : condition.parts)
      if (turn()) {
        Condition alone = part;
        condition = std::move(alone);
        return true;
      }
    for (Operand& operand : condition.operands)
      for (Window& window : operand.window)
        if (where(window.where)) return true;
    return every(condition.parts);
  }

  int left_;
};

}  // namespace

Story shrunk(Story story, const std::function<bool(const Story&)>& shows, int most) {
  for (bool smaller = true; smaller;) {
    smaller = false;
    for (int number = 0; most > 0; --most) {
      Story less = story;
      if (!Cut(number).make(less)) break;
      if (shows(less)) {
        story = std::move(less);
        smaller = true;
      } else {
        ++number;
      }
    }
  }
  return story;
}

}  // namespace trig::sim
