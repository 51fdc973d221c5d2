// The reference model at work: a list of people, a list of events, a list of journeys a person.
// What is asked is answered by going through the lists.
#pragma once

#include <deque>
#include <memory>

#include "tests/sim/differential/meaning.h"

namespace trig::sim {

struct Journey {
  std::pair<int, int> id;  // who started it, and how many they had started
  const Campaign* campaign = nullptr;
  Val key;
  Instant started;
  Moment trigger;  // what it started with, newest restart included
  Moment bound;    // what its binding is of
  Moment since;    // a `wait for` sees what occurred after this
  Fields start;    // the binding
  std::map<std::string, Fields> answers;
  // Which blocks it is in, and at which step of each.
  std::vector<std::pair<const std::vector<Step>*, std::size_t>> at;
  std::optional<Instant> wake;
  Instant wait_begin;
  std::vector<const Watch*> armed;
  std::vector<int> taken;  // events that its `wait for`s took since the last mail
  bool attempted = false;  // a mail of it has begun since it was last restarted
  bool effective = false;
  bool ended = false;
  // The mail it is parked at.
  std::optional<Instant> mail_due;
  std::optional<Instant> mail_expires;
  Instant mail_decided;

  const Step& step() const { return (*at.back().first)[at.back().second]; }
};
using JourneyRef = std::shared_ptr<Journey>;

struct PastStart {
  const Campaign* campaign = nullptr;
  Val key;
  Instant occurred;
};

struct OpenGoal {
  std::pair<int, int> journey;
  const Campaign* campaign = nullptr;
  const Goal* goal = nullptr;
  Moment trigger;
  Fields start;
};

// What comes by itself: a silence, a time of day.
struct Planned {
  std::optional<Instant> due;
  std::optional<Date> day;  // of a time of day: which one is next
  std::optional<Date> done;
  std::optional<Date> done_for;     // of a date of the person: the value that came last
  std::optional<Instant> came_for;  // of a silence: when the last one that came had begun
};

// Of a trigger that counts: what has counted since the last count was complete.
struct Counted {
  const Campaign* campaign = nullptr;
  Val key;
  std::vector<Event> events;  // by occurrence
  Moment complete{Instant::min(), 0};
};

struct Somebody {
  bool joined = false;      // with another; then nothing of this is true any more
  bool identified = false;  // some user id or address is theirs
  bool has_user = false;
  Fields fields;
  std::map<std::string, bool> topics;
  Instant known_since;
  int started = 0;
  std::vector<JourneyRef> journeys;
  std::vector<PastStart> past;
  std::vector<std::pair<std::string, Instant>> sent;  // capped policy (empty: all with consent)
  std::vector<OpenGoal> goals;
  std::map<const Campaign*, Planned> planned;
  std::vector<Counted> counted;
  std::map<std::string, bool> inside;    // of each segment that some campaign watches
  std::map<std::string, Instant> asked;  // when it was last asked whether they are inside
};

constexpr int kNobody = -1;

// One person's share of the model: what events, time and the policy do to journeys.
class Model {
 public:
  Model(const Program& program, Instant start) : program_(program), now_(start) {
    facts_.program = &program_;
  }

  void advance(Instant to);  // fires what is due before
  void settle();             // and what is due now
  void take(const Item& item);
  Outcome outcome();

 private:
  // --- people (people.cpp)
  // Ids are empty where there are none.
  int resolve(const std::string& anonymous, const std::string& user, const std::string& email);
  int alias(const std::string& previous, const std::string& user);
  int somebody_new();
  int known(const std::string& identity) const;
  int join(int a, int b);
  void unite(Somebody& mine, const Somebody& theirs);
  void fields_changed(int person);
  void set_fields(int person, const Fields& fields);
  void zone_changed(int person);

  // --- inputs and time (model.cpp)
  void fire_before(Instant limit);
  std::optional<Instant> next_due(int person) const;
  void timer(int person, Instant now);
  void take_traits(const Item& item);
  bool is_duplicate(const std::string& id);
  void finish_step(int person);   // begins what was started without an event
  void finish_input(int person);  // what was emitted, then the policy
  void take_emitted();
  View view(int person) const;
  View view(int person, const Journey& journey) const;
  Zone zone(int person) const;
  std::vector<JourneyRef> live(int person) const;  // by id

  // --- events (events.cpp)
  void on_event(Event event);
  bool meets(int person, const Watch& watch, const Moment& after, const Journey& journey,
             const Event& event) const;
  void end_by(const Event& event);
  void count_goals(const Event& event);
  void renew(const Event& event, std::vector<JourneyRef>& to_begin);
  void answer_waits(const Event& event, std::vector<JourneyRef>& to_run);
  void start_by(const Event& event, std::vector<JourneyRef>& to_begin);
  bool may_start(int person, const Campaign& campaign, const Val& key, Instant occurred) const;
  JourneyRef start(int person, const Campaign& campaign, const Val& key, const Moment& moment,
                   const Fields& start);

  // --- what starts without a single event (triggers.cpp)
  void count(const Event& event, const Campaign& campaign);
  Counted& counted(Somebody& somebody, const Campaign& campaign, const Val& key);
  bool complete(int person, Counted& counted, std::size_t among);
  Instant silent_since(int person, const Campaign& campaign) const;
  void plan(int person, const Campaign& campaign);
  void plan_date(int person, const Campaign& campaign, Planned& planned);
  void plan_all(int person);
  void plan_dates(int person);
  std::optional<Date> day_of(int person, const Campaign& campaign) const;
  void move_planned(int person);
  void note_silences(const Event& event);
  void planned_due(int person);
  void come(int person, const Campaign& campaign);
  bool watched(const std::string& segment) const;
  void ask_segment(int person, const Segment& segment, bool may_start);
  void ask_segments(int person);
  std::optional<Instant> next_ask(int person, const Segment& segment) const;
  void segments_due(int person);
  void unite_triggers(Somebody& mine, const Somebody& theirs);
  void after_join(int person);

  // --- journeys (journeys.cpp)
  void begin(int person, const JourneyRef& journey);
  void run(int person, const JourneyRef& journey);
  bool run_step(int person, Journey& journey);  // false: it waits or ended
  bool wait(int person, Journey& journey, Instant until);
  bool wait_for(int person, Journey& journey);
  bool look_back(int person, Journey& journey);
  void answer(Journey& journey, const Event& event);
  Instant silence_end(int person, const Journey& journey) const;
  void leave_wait(Journey& journey);
  bool overtaken(int person, const Journey& journey) const;
  void end(Journey& journey);
  void mark_effective(int person, Journey& journey);

  // --- mails (mails.cpp)
  bool consents(const Somebody& somebody, const std::string& topic) const;
  void subscribe(int person, const std::string& topic, bool subscribed);
  void ask_policy(int person);
  void ask(int person, const JourneyRef& journey);
  std::optional<Instant> quiet_until(int person, const Policy& policy) const;
  std::optional<Instant> capped_until(int person, const Policy& policy) const;
  void leave_send(Journey& journey);

  const Program& program_;
  Facts facts_;
  Instant now_;
  std::vector<Somebody> people_;
  std::map<std::string, int> identities_;  // "user:…", "anonymous:…", "email:…"
  std::map<std::string, std::vector<std::string>> left_;  // topics, by address
  std::map<std::string, Instant> seen_;                   // ids of events
  std::deque<Event> emitted_;
  std::deque<JourneyRef> queued_;  // started, to begin when the step is over
  int starts_ = 0;                 // in this step
  Outcome outcome_;
};

}  // namespace trig::sim
