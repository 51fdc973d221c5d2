// Random stories. Everything follows from the seed. Instants are drawn from the spans that the
// program waits for and looks back, so that events fall on the very ends of waits and windows.
#pragma once

#include <random>

#include "tests/sim/differential/story.h"

namespace trig::sim {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}

  Program program();
  History history(const Program& program);

 private:
  // What a condition may read where it stands.
  struct Scope {
    bool event = false;    // an event is tested
    bool trigger = false;  // there is an event that started the journey
    bool windows = false;
    bool segments = false;
    Texts answers;
  };

  // --- dice.cpp
  int below(int bound) { return static_cast<int>(random_() % static_cast<unsigned>(bound)); }
  bool chance(int percent) { return below(100) < percent; }
  template <typename T>
  const T& one_of(const std::vector<T>& list) {
    return list[static_cast<std::size_t>(below(static_cast<int>(list.size())))];
  }
  std::string event() { return one_of(kEvents); }
  Texts some_events();
  Span span();
  Span short_span();
  TimeOfDay time();
  Fields event_fields();
  Date day();
  Item happening();
  Duration step_of_time();

  // --- dice_program.cpp
  Policy policy(int number);
  Campaign campaign(int number);
  Trigger trigger();
  Watch watch(const Scope& scope);
  std::vector<Step> steps(Scope scope, int depth);
  Step step(const Scope& scope, int depth);
  Step branch(const Scope& scope, int depth);
  Step action(const Scope& scope);

  // --- dice_condition.cpp
  std::vector<Condition> maybe(int percent, const Scope& scope);
  Condition condition(const Scope& scope, int depth);
  Condition comparison(const Scope& scope);
  Condition of_text(const Scope& scope);
  Condition of_number(const Scope& scope);
  Condition of_money(const Scope& scope);
  Condition of_tags(const Scope& scope);
  Condition of_window(const Scope& scope);
  Operand record_field(const Scope& scope, const std::string& field);
  Window window(const std::string& function, const std::string& field);

  std::mt19937_64 random_;
  int steps_ = 0;       // of the campaign being made
  bool emits_ = false;  // it may
};

}  // namespace trig::sim
