// One campaign → ir::Campaign: head, trigger, steps and tail. Internal to compiler/check.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/check/expression.h"

namespace trig::check {

class CampaignChecker {
 public:
  // `index` of Program::campaigns.
  CampaignChecker(Context& context, const ast::CampaignDecl& written, std::uint32_t index)
      : context_(context),
        written_(written),
        index_(index),
        campaign_(context.program.campaigns.edit(index)) {}

  void check();

 private:
  void check_head();
  void check_again();
  void suggest_policy();
  void reach(std::uint32_t event);
  void check_tail();

  // check_trigger.cpp
  void check_trigger();
  void check(const ast::Trigger& trigger, const ast::EventTrigger& events);
  void check(const ast::Trigger& trigger, const ast::CountTrigger& count);
  void check_events(const ast::Trigger& trigger, const std::vector<ast::Name>& events,
                    const std::optional<ast::Name>& as);
  void bind_trigger(ir::Type record, const std::optional<ast::Name>& as);
  void add_binding(const ast::Name& name, std::uint32_t slot, ir::Type record);
  bool refuse_taken_binding(const ast::Name& name);
  ir::Type common_record(const std::vector<ir::Type>& records);
  void check_start(const ast::Trigger& trigger, ir::StartTrigger::Alternative& start);
  ir::NodeId check_key(const ast::Trigger& trigger, Scope& scope);

  // check_sequence.cpp
  void check(const ast::Trigger& trigger, const ast::SequenceTrigger& sequence);
  void check_sequence_where(const ast::Trigger& trigger, const ir::OnSequence& on);

  // check_planned.cpp
  void check(const ast::Trigger& trigger, const ast::SilenceTrigger& silence);
  void check(const ast::Trigger& trigger, const ast::DateTrigger& date);
  void check(const ast::Trigger& trigger, const ast::SegmentTrigger& segment);
  void check(const ast::Trigger& trigger, const ast::RecurringTrigger& recurring);
  void check(const ast::Trigger& trigger, const ast::OnceTrigger& once);
  void check_row_date(const ast::Trigger& trigger, const ast::DateTrigger& date, ir::OnDate on);
  ir::NodeId date_at(const ast::Path& path, TextRange range, Scope& scope);
  void check_without_event(const ast::Trigger& trigger);
  void refuse_history();  // in the `where` of such a trigger
  std::optional<std::uint32_t> check_audience(const ast::Name& audience);

  // check_watch.cpp
  ir::Watch check_watch(const ast::Occurrence& occurrence);
  std::vector<std::uint32_t> check_unless(const std::vector<ast::Occurrence>& written);
  void refuse_binding(const ast::Occurrence& occurrence);
  void check_goal(const ast::Goal& goal);
  int goal_value_field(const ast::Name& name, std::uint32_t event);

  // check_steps.cpp, check_wait.cpp, check_split.cpp, check_emit.cpp, check_post.cpp: each gives
  // whether the step after it can be reached
  bool check_block(const ast::Block& block);
  bool check_step(const ast::Step& step);
  bool check(const ast::StepName& name);
  bool check(const ast::WaitSpan& wait);
  bool check(const ast::WaitUntil& wait);
  bool check(const ast::WaitForEvent& wait);
  bool check(const ast::WaitForSilence& wait);
  bool check(const ast::When& when);
  bool check(const ast::Stop& stop);
  bool check(const ast::Split& split);
  bool check(const ast::Send& send);
  bool check(const ast::Subscribe& subscribe);
  bool check(const ast::Unsubscribe& unsubscribe);
  bool check(const ast::Post& post);
  bool check(const ast::SetField& set);
  bool check(const ast::Emit& emit);
  // check_wait.cpp
  void bind_awaited(const ast::Name& name, ir::WaitForEvent& step);
  // check_split.cpp
  void refuse_second_split(const ast::TextLiteral& title);
  void check_shares(const ast::Split& split);
  // check_steps.cpp
  void after_branches(const std::set<std::string>& before);
  void require_step_name();
  std::uint32_t emit_step(decltype(ir::Step::node) node);
  void require_step_to_name();
  void after_wait();
  bool check_when_branch(const ast::When& when, std::size_t index,
                         std::vector<std::uint32_t>& to_end);

  // check_send.cpp
  std::optional<std::uint32_t> name_mail(const ast::Name& name);
  void check_class(const ast::Send& send, const ir::MailTemplate& mail);
  std::vector<ir::NodeId> check_arguments(const ast::Send& send, const ir::MailTemplate& mail);
  int parameter_of(const ast::Argument& argument, const ast::Send& send,
                   const ir::MailTemplate& mail);
  void label_parameter(const ir::Field& parameter);
  void report_missing_argument(const ast::Send& send, const ir::MailTemplate& mail,
                               const ir::Field& parameter);

  Context& context_;
  const ast::CampaignDecl& written_;
  std::uint32_t index_;
  ir::Campaign& campaign_;
  const Symbol* policy_ = nullptr;         // null: none, reported
  std::vector<const Symbol*> started_by_;  // the trigger's events; empty: unknown, or none
  bool without_event_ = false;             // the trigger takes none
  Scope scope_;                            // of the steps
  std::optional<ast::Name> step_name_;     // waits for the wait or send that follows
  std::vector<ast::Name> step_names_;
  std::vector<ast::TextLiteral> splits_;
  TextRange step_range_;
};

}  // namespace trig::check
