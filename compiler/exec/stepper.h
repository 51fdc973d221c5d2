// Private to compiler/exec: the working state of one `step`, shared by its parts, one file each
// (step_event.cpp, step_journey.cpp, step_send.cpp, …).
#pragma once

#include <fmt/format.h>

#include "compiler/exec/step.h"

namespace trig::exec {

class Stepper {
 public:
  Stepper(const World& world, PersonState& state, Instant now, Effects& effects)
      : world_(world), state_(state), now_(now), effects_(effects) {}

  void on(const EventInput& input);
  void on(const FieldsInput& input);
  void on(const TimerDue& input);
  void on(const SendDue& input);
  void on(const SendResult& input);
  void on(const SubscriptionInput& input);
  void on(const Appeared& input);
  void on(const Deployment& input);
  void end_all(const std::vector<JourneyId>& journeys, const std::string& reason);
  // Ends the journeys that something in the history should have ended: after a join of two people.
  void end_overtaken();
  void zone_changed();
  // Waits for an event or for silence look again: after a join of two people.
  void resume_waits();
  void edit(JourneyId id);  // step_edits.cpp
  // Rows were filled in: who is inside a segment, without entering or leaving.
  void history_refilled();
  // Two people are one: what either side was on the way to may be complete now.
  void after_join();
  void tell_standing(std::uint32_t campaign, const AddressState& address,
                     std::vector<std::string>& lines);  // step_standing.cpp
  // Journeys whose triggers had no event of their own begin last.
  void begin_queued();

 private:
  // --- step_event.cpp
  void check_watches(const EventInput& input);
  void count_late(const EventInput& input);
  void check_goals(const EventInput& input);
  void reach_goal(const GoalWatch& watch, const CampaignInProgram& in, std::size_t alternative,
                  const ir::Items& fields);
  void renew_journeys(const EventInput& input, std::vector<JourneyId>& to_run);
  void restart(Journey& journey, const ir::Campaign& campaign, const Moment& moment,
               const std::string& event);
  void start_journeys(const EventInput& input, std::vector<JourneyId>& to_run);
  void try_start(const EventInput& input, const Executor::Match& match, FieldTexts& texts,
                 std::vector<JourneyId>& to_run);
  std::string refusal_to_start(const ir::Campaign& campaign, const ir::Value& key,
                               Instant occurred_at);
  void explain_not_started(const EventInput& input, const std::vector<Executor::Match>& matches,
                           FieldTexts& texts);
  ir::Value bind(const Executor& executor, const ir::Campaign& campaign,
                 const ir::StartTrigger::Alternative& alternative, const ir::Items& fields,
                 std::uint32_t slot = 0) const;
  // The event as another program decodes it; null if that program does not know it.
  EventFields fields_for(const Executor& executor, const EventInput& input, std::uint32_t& index);
  // Whether the event satisfies the watch of a journey that began at `trigger`.
  bool satisfies(const CampaignInProgram& in, const ir::Watch& watch, const Moment& trigger,
                 const std::vector<ir::Value>& slots, const EventInput& input,
                 std::size_t* alternative = nullptr);

  // --- step_start.cpp
  // A trigger has come, with everything that the journey begins with.
  struct Start {
    std::uint32_t campaign = 0;
    ir::Value key;
    Moment moment;
    std::vector<ir::Value> slots;
    std::string why;
  };
  // The journey, or kNone where it may not begin, which is told.
  JourneyId start(Start start);
  struct Row {  // of a list, with the key that tells it from others
    ir::Value key;
    ir::Items fields;
  };
  // Of a trigger without an event: tests the segment and `where`, and the journey is queued, bound
  // to the row if there is one.
  void come(std::uint32_t campaign, const std::optional<std::uint32_t>& segment,
            const std::string& why, const Row* row = nullptr);
  void not_started(const ir::Campaign& campaign, std::string why);
  // What happens now, after everything that has happened.
  Moment this_moment() const { return {now_, world_.sequence}; }

  // --- step_count.cpp
  void count(const EventInput& input, std::uint32_t campaign, ir::Value key, ir::Value record);
  // Starts the journey of the first N within the window that hold the event at `among`.
  bool complete(CountProgress& progress, std::size_t among);
  void drop_stale_counts();
  void bound_trigger_events();

  // --- step_sequence.cpp
  void take_parts(const EventInput& input);
  bool take_part(const EventInput& input, const TriggerIndex::Part& part);
  bool take_open(const EventInput& input, const TriggerIndex::Part& part, const ir::Value& record);
  bool open_sequence(const EventInput& input, std::uint32_t campaign, const ir::Value& record);
  bool fits(std::uint32_t campaign, const SequenceProgress& open, const TriggerEvent& next) const;
  std::vector<ir::Value> slots_of(std::uint32_t campaign, const SequenceProgress& open,
                                  const TriggerEvent* next) const;
  void go_on(std::uint32_t campaign, SequenceProgress open, bool may_start);
  void drop_stale_sequences();

  // --- step_planned.cpp
  void plan_all(Instant counts_from);
  void plan(PlannedStart& planned, const ir::Campaign& campaign);
  void plan_date(PlannedStart& planned, const ir::OnDate& on, const ir::Value& value);
  std::vector<Date> days_of(const ir::OnDate& on, const ir::Value& value) const;
  // The first of the days after the one it came for last whose time of day is not past.
  void plan_day(PlannedStart& planned, const std::vector<Date>& days, TimeOfDay at);
  void plan_dates();
  void move_planned();  // to the person's zone
  void note_silences(const EventInput& input);
  void planned_due();
  void planned_came(PlannedStart& planned, const ir::Campaign& campaign);
  // Whether `days_of` still gives the day that is planned.
  bool still_on(const PlannedStart& planned, const ir::OnDate& on, const ir::Value& value) const;

  // --- step_rows.cpp
  std::vector<Row> rows_of_person(const ir::OnDate& on) const;
  ir::Value date_of(const ir::OnDate& on, const Row& row) const;
  ir::Value bound_row(const ir::Campaign& campaign, const Row& row) const;
  void plan_rows(const ir::Campaign& campaign, const ir::OnDate& on);
  void row_came(PlannedStart& planned, const ir::Campaign& campaign, const ir::OnDate& on);

  // --- step_segment.cpp
  void refresh_segments(const std::vector<std::uint32_t>& segments, bool may_start);
  void refresh_segment(std::uint32_t segment, bool may_start);
  // Asks again who is inside, and when to ask next. True: it is another answer.
  bool ask_again(const ir::Segment& segment, Membership& known);
  void tell_segment(const ir::Segment& segment, const std::string& what);
  void segments_due();
  void take_stock_of_segments();  // for a deploy: nobody enters or leaves
  Membership& membership(const ir::Segment& segment);
  // After a field of the person changed.
  void fields_changed();

  // --- step_journey.cpp
  void begin(JourneyId id);  // at its first step, also after a restart
  void run(JourneyId id);
  bool run_step(Journey& journey, const CampaignInProgram& in);  // false: parked or ended
  bool begin_wait(Journey& journey, const CampaignInProgram& in, std::optional<Instant> until,
                  const std::vector<std::uint32_t>& unless, std::string_view what = {});
  std::optional<Instant> wait_until(const Journey& journey, const CampaignInProgram& in,
                                    const ir::WaitUntil& wait) const;
  // The first event of the history, from `trigger` up to `until`, that a watch was looking for.
  struct Found {
    Moment moment;
    std::size_t alternative = 0;
    ir::Items fields;
  };
  std::optional<Found> first_in_history(const CampaignInProgram& in, const ir::Watch& watch,
                                        const Moment& trigger, const std::vector<ir::Value>& slots,
                                        Instant until,
                                        const std::vector<Moment>* taken = nullptr) const;
  // The name of an event that has happened and should end the journey: of an armed `unless` or an
  // `exit on`. Empty: none.
  std::string overtaken_by(const Journey& journey, const CampaignInProgram& in) const;
  void end_journey(JourneyId id, const std::string& reason);
  void mark_effective(Journey& journey, const ir::Campaign& campaign);
  std::optional<CampaignInProgram> version_of(const Journey& journey);

  void leave_wait(Journey& journey);

  // --- step_wait.cpp
  bool begin_wait_for(Journey& journey, const CampaignInProgram& in, const ir::WaitForEvent& wait);
  // Whether the event of the wait is in the history already; then it is taken.
  bool look_back(Journey& journey, const CampaignInProgram& in, const ir::WaitForEvent& wait);
  void check_waits(const EventInput& input, std::vector<JourneyId>& to_resume);
  void came(Journey& journey, const CampaignInProgram& in, const ir::WaitForEvent& wait,
            const Moment& moment, std::size_t alternative, const ir::Items& fields);
  void note_event(const EventInput& input);
  void note_own_event(const Moment& moment);
  Instant silence_end(const Journey& journey, const ir::WaitForSilence& wait) const;
  // The step of a journey that waits; null if it does not.
  template <typename Wait>
  const Wait* waiting_at(const Journey& journey, const std::optional<CampaignInProgram>& in) const {
    if (!in || !journey.wake) return nullptr;
    const ir::Campaign& campaign = in->executor->program().campaigns[in->campaign];
    return std::get_if<Wait>(&campaign.steps[journey.step].node);
  }

  // --- step_action.cpp
  void subscribe(Journey& journey, const CampaignInProgram& in, const ir::Subscribe& subscribe);
  void set_field(Journey& journey, const CampaignInProgram& in, const ir::SetField& set);
  void emit(Journey& journey, const CampaignInProgram& in, const ir::Emit& emit);
  void post(Journey& journey, const CampaignInProgram& in, const ir::Post& post);
  void choose_arm(Journey& journey, const CampaignInProgram& in, const ir::Split& split);
  void hold_out(Journey& journey, const CampaignInProgram& in);

  void begin_post(Message& message, const ir::Campaign& campaign);

  // --- step_edits.cpp
  void move(Journey& journey, const CampaignInProgram& from, const CampaignInProgram& to);
  void settle_in(Journey& journey, const CampaignInProgram& in);

  // --- step_send.cpp
  Instant should_have_gone(JourneyId id) const;
  void decide_send(Journey& journey, const CampaignInProgram& in, const ir::Send& send);
  // `policies` is the program that `policy` belongs to.
  std::string refusal_to_send(const Message& message, const ir::Program& policies,
                              const ir::Policy& policy, const AddressState& address) const;
  struct Hold {
    Instant until;
    std::string why;
  };
  std::optional<Hold> quiet_hours(const ir::Policy& policy) const;
  std::optional<Hold> cap(const ir::Policy& policy) const;
  void hold_back(Message& message, const ir::Campaign& campaign, Hold hold);
  void refuse(const Message& message, MessageState final_state, std::string why);
  void begin_attempt(Message& message, const ir::Policy& policy);
  // Fills in the arguments of a mail's first attempt. False: one is missing that the template
  // needs, as a row of a catalog that is gone; `note` says which, and otherwise what was looked up.
  bool read_arguments(const Message& message, const CampaignInProgram& in, const Journey& journey,
                      std::vector<ir::Value>& arguments, std::string& note) const;
  void finish_message(MessageId id, MessageState state, std::string note);
  void leave_send(const Message& message, bool begun);
  void changed(Message message, std::optional<MessageState> from);
  void begun(const Message& message);  // an attempt

  // --- send_time.cpp
  std::string schedule_at_best_hour(Message& message) const;  // and says why
  Instant at_best_hour(const Message& message) const;
  std::string measure(const Message& message, Duration objective);
  void name_mail(Journey& journey, std::uint32_t slot, MessageId message);
  void cancel_message(MessageId id, const std::string& reason);

  // --- shared
  Frame frame_for(const Executor& executor, const std::vector<ir::Value>* slots) const;
  Frame frame_for(const Executor& executor, const Journey& journey) const;  // in its steps
  PersonRecord person_for(const Executor& executor) const {
    return {executor.program(), executor.triggers().person_fields, state_};
  }
  Zone zone() const { return send_zone(world_.current->program(), state_); }
  // `detail`: a text, or what makes it if anybody wants it.
  template <typename Detail>
  void decide(DecisionKind kind, const ir::Campaign* campaign, JourneyId journey, Detail&& detail) {
    if (!world_.explain) return;
    if constexpr (std::is_invocable_v<Detail>)
      note(kind, campaign, journey, detail());
    else
      note(kind, campaign, journey, std::forward<Detail>(detail));
  }
  void note(DecisionKind kind, const ir::Campaign* campaign, JourneyId journey, std::string detail);
  // The position of the campaign at hand in the current program; -1: gone, or another version.
  int current_campaign(const CampaignRef& ref) const;
  // An instant as the person's clock shows it: "2026-03-28 12:30 Europe/Paris".
  std::string at_text(Instant instant) const;

  const World& world_;
  PersonState& state_;
  Instant now_;
  Effects& effects_;
  std::vector<JourneyId> queued_;  // started, not begun: their triggers had no event
  std::size_t starts_ = 0;
  // Journeys that go on late, after an outage, and when they should have: what `or skip after`
  // counts from.
  std::vector<std::pair<JourneyId, Instant>> overdue_;
  // Made once per program and step: the event as it decodes it.
  std::vector<std::pair<const Executor*, std::unique_ptr<Decoded>>> decoded_;
};

}  // namespace trig::exec
