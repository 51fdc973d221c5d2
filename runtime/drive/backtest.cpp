#include "runtime/drive/backtest.h"

#include <algorithm>
#include <mutex>
#include <set>
#include <thread>
#include <tuple>

#include "runtime/ports/limits.h"
#include "runtime/report/why.h"

namespace trig::drive {
namespace {

constexpr std::size_t kEventsAtOnce = 1'000;  // read, and then played by each version

// Somebody to tell about: where the events of that person are.
struct Somebody {
  PersonId person = PersonId::kNone;
  std::size_t part = 0;
};

// An order of people that has nothing to do with when they came: samples are of all of them.
std::uint64_t shuffled(PersonId person) { return raw(person) * 0x9e3779b97f4a7c15u; }

struct Crowded {
  std::uint64_t sends = 0;
  Date day;
  Somebody who;
};

bool worse(const Crowded& a, const Crowded& b) {
  return std::tuple(b.sends, a.day, a.who.person) < std::tuple(a.sends, b.day, b.who.person);
}

// What parts add up to.
struct Sum {
  report::Figures after;
  report::Figures before;
  report::Difference difference;
  std::vector<Somebody> samples;  // in the order of `shuffled`
  std::uint64_t crowded = 0;      // days of people
  std::vector<Crowded> worst;
};

class Run {
 public:
  Run(const Recording& recording, const Version& after, const Version* before,
      const BacktestSettings& settings, Progress& progress)
      : recording_(recording),
        after_(after),
        before_(before),
        settings_(settings),
        progress_(progress) {}

  Result<report::Backtest> run() {
    progress_.done = 0;
    progress_.all = recording_.events();
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < settings_.threads; ++i) threads.emplace_back([this] { work(); });
    work();
    for (std::thread& thread : threads) thread.join();
    if (!failed_) return tl::unexpected(failed_.error());
    return finish();
  }

 private:
  void work() {
    RecordedReader reader;
    for (std::size_t part = next_++; part < recording_.parts(); part = next_++) {
      Status done = play(part, reader);
      if (done) continue;
      std::lock_guard lock(mutex_);
      failed_ = done;
      next_ = recording_.parts();
    }
  }

  Status play(std::size_t part, RecordedReader& reader) {
    ReplaySettings replay_settings{settings_.count_from, false};
    Replay after(after_, replay_settings, recording_.begin());
    std::optional<Replay> before;
    if (before_ != nullptr) before.emplace(*before_, replay_settings, recording_.begin());
    auto recorded = recording_.part(part);
    if (!recorded) return tl::unexpected(recorded.error());
    std::vector<Recorded> ready;
    for (std::size_t next = 0; next < recorded->size();) {
      ready.clear();
      for (; next < recorded->size() && ready.size() < kEventsAtOnce; ++next)
        ready.push_back(recorded_of(*recorded, next, reader));
      if (before)
        for (const Recorded& one : ready)
          if (Status done = before->take(one); !done) return done;
      for (Recorded& one : ready)
        if (Status done = after.take(std::move(one)); !done) return done;
      progress_.done += ready.size();
    }
    if (Status done = after.finish(recording_.end()); !done) return done;
    if (before)
      if (Status done = before->finish(recording_.end()); !done) return done;
    fold(part, after, before ? &*before : nullptr);
    return {};
  }

  static Recorded recorded_of(const RecordedPart& part, std::size_t number,
                              RecordedReader& reader) {
    const Place& place = part.place(number);
    return {part.read(number, reader), place.at + 1, place.group};
  }

  void fold(std::size_t part, const Replay& after, const Replay* before) {
    std::vector<Somebody> wanted;
    report::Difference difference;
    static const std::vector<report::Sent> kNone;
    const std::vector<report::Sent>& sent_before = before == nullptr ? kNone : before->sends();
    if (before != nullptr)
      difference = report::compare(sent_before, after.sends(), [&](PersonId person) {
        wanted.push_back({person, part});
      });
    else
      for (const report::Sent& sent : after.sends())
        if (wanted.empty() || wanted.back().person != sent.person)
          wanted.push_back({sent.person, part});
    std::vector<Crowded> crowded = crowded_days(part, after.sends());
    std::lock_guard lock(mutex_);
    add(sum_.after, after.figures());
    if (before != nullptr) add(sum_.before, before->figures());
    add(sum_.difference, difference);
    keep_best(sum_.samples, std::move(wanted), settings_.samples,
              [](const Somebody& a, const Somebody& b) {
                return shuffled(a.person) < shuffled(b.person);
              });
    sum_.crowded += crowded.size();
    keep_best(sum_.worst, std::move(crowded), kMaxWorstPeople, worse);
    if (settings_.sends) settings_.sends(after.sends(), sent_before);
  }

  template <typename One, typename Less>
  static void keep_best(std::vector<One>& best, std::vector<One> more, std::size_t count,
                        Less less) {
    best.insert(best.end(), more.begin(), more.end());
    std::sort(best.begin(), best.end(), less);
    if (best.size() > count) best.resize(count);
  }

  // Days of people with more mails than is fine.
  std::vector<Crowded> crowded_days(std::size_t part,
                                    const std::vector<report::Sent>& sends) const {
    std::vector<Crowded> crowded;
    if (settings_.max_sends_per_person_day == 0) return crowded;
    std::map<std::pair<PersonId, Date>, std::uint64_t> days;
    for (const report::Sent& sent : sends)
      ++days[{sent.person, after_.zone.to_local(sent.at).date()}];
    for (const auto& [day, count] : days)
      if (count > settings_.max_sends_per_person_day)
        crowded.push_back({count, day.second, {day.first, part}});
    return crowded;
  }

  Result<report::Backtest> finish() {
    report::Backtest found;
    found.zone = after_.zone;
    found.begin = std::max(recording_.begin(), settings_.count_from.value_or(recording_.begin()));
    found.end = recording_.end();
    found.after = all_campaigns(std::move(sum_.after), after_);
    if (before_ != nullptr) found.before = all_campaigns(std::move(sum_.before), *before_);
    found.difference = std::move(sum_.difference);
    found.unreadable = recording_.unreadable();
    found.left_out = recording_.left_out();
    for (const Somebody& somebody : sum_.samples) {
      auto sample = tell_of(somebody);
      if (!sample) return tl::unexpected(sample.error());
      found.samples.push_back(std::move(*sample));
    }
    if (sum_.crowded == 0) return found;
    report::Finding finding;
    finding.text =
        fmt::format("{} days of people with more than {} mails", report::with_commas(sum_.crowded),
                    settings_.max_sends_per_person_day);
    for (const Crowded& crowded : sum_.worst) {
      auto person = tell_of(crowded.who);
      if (!person) return tl::unexpected(person.error());
      finding.worst.push_back({person->person, crowded.day, crowded.sends});
    }
    found.findings.push_back(std::move(finding));
    return found;
  }

  static report::Figures all_campaigns(report::Figures figures, const Version& version) {
    for (const ir::Campaign& campaign : version.deployed->program->campaigns)
      figures.campaigns.try_emplace(campaign.name);
    return figures;
  }

  // Plays the events of this person's group once more, with reasons.
  Result<report::Sample> tell_of(const Somebody& somebody) {
    auto part = recording_.part(somebody.part);
    if (!part) return tl::unexpected(part.error());
    std::optional<std::uint32_t> group;
    for (std::size_t i = 0; i < part->size() && !group; ++i)
      if (part->place(i).at + 1 == raw(somebody.person)) group = part->place(i).group;
    if (!group) return fail("a person who came with no event");
    report::Sample sample;
    auto after = history_of(after_, somebody.person, *part, *group, sample.person);
    if (!after) return tl::unexpected(after.error());
    sample.after = std::move(*after);
    if (before_ == nullptr) return sample;
    auto before = history_of(*before_, somebody.person, *part, *group, sample.person);
    if (!before) return tl::unexpected(before.error());
    sample.before = std::move(*before);
    return sample;
  }

  Result<std::string> history_of(const Version& version, PersonId person, const RecordedPart& part,
                                 std::uint32_t group, std::string& name) {
    RecordedReader reader;
    Replay replay(version, {settings_.count_from, true}, recording_.begin());
    std::set<std::string> users;
    std::set<std::string> browsers;
    for (std::size_t i = 0; i < part.size(); ++i) {
      if (part.place(i).group != group) continue;
      Recorded recorded = recorded_of(part, i, reader);
      if (!recorded.envelope.user_id.empty()) users.insert(recorded.envelope.user_id);
      if (!recorded.envelope.anonymous_id.empty()) browsers.insert(recorded.envelope.anonymous_id);
      if (Status done = replay.take(std::move(recorded)); !done)
        return tl::unexpected(done.error());
    }
    if (Status done = replay.finish(recording_.end()); !done) return tl::unexpected(done.error());
    const exec::PersonState* state = replay.engine().person(person);
    if (state == nullptr) return std::string();
    const PersonId now = state->id;
    for (const std::string& user : users)
      if (name.empty() && replay.engine().find_user(user) == now) name = user;
    for (const std::string& browser : browsers)
      if (name.empty() && replay.engine().find_anonymous(browser) == now) name = browser;
    return report::why_text(replay.engine().decisions(now), version.zone);
  }

  const Recording& recording_;
  const Version& after_;
  const Version* before_;
  const BacktestSettings& settings_;
  Progress& progress_;
  std::atomic<std::size_t> next_ = 0;
  std::mutex mutex_;  // over what follows
  Status failed_;
  Sum sum_;
};

}  // namespace

Version make_version(std::unique_ptr<project::Project> project,
                     const std::vector<std::string>& topics, const MakeExecutor& make_executor) {
  Version version;
  version.zone = project->config.zone;
  version.max_event_age = project->config.max_event_age;
  for (ir::Policy& policy : project->program.policies) policy.rate.reset();
  for (const ir::Topic& topic : project->program.topics)
    if (std::any_of(topics.begin(), topics.end(),
                    [&](const std::string& one) { return one == "all" || one == topic.name; }))
      version.subscribed_at_first.push_back(topic.hash);
  auto without_files = std::make_shared<engine::Deployed>(
      *deployed(std::shared_ptr<const project::Project>(std::move(project)), make_executor));
  // Each engine stores the files of its program, for versions to come: here there are none.
  without_files->files = std::make_shared<const project::Files>();
  version.deployed = std::move(without_files);
  return version;
}

Result<report::Backtest> run_backtest(const Recording& recording, const Version& after,
                                      const Version* before, const BacktestSettings& settings,
                                      Progress& progress) {
  return Run(recording, after, before, settings, progress).run();
}

}  // namespace trig::drive
