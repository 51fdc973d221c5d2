// `:take PERSON`: what a data directory has recorded of somebody, as lines of a test that are then
// played. Times are to the second.
#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <set>

#include "compiler/exec/decoded.h"
#include "runtime/drive/session.h"
#include "runtime/drive/typed_text.h"
#include "runtime/engine/rows.h"
#include "runtime/ports/limits.h"
#include "runtime/report/people.h"

namespace trig::drive {
namespace {

using std::chrono::seconds;

// "ana@example.com" → "ana": a word that can be a name.
std::string actor_of(const std::string& word) {
  std::string name;
  for (char c : word.substr(0, word.find('@'))) {
    const bool letter = c >= 'a' && c <= 'z';
    const bool digit = c >= '0' && c <= '9';
    if (c >= 'A' && c <= 'Z')
      name += static_cast<char>(c - 'A' + 'a');
    else
      name += letter || digit ? c : '_';
  }
  const bool begins_well = !name.empty() && name.front() >= 'a' && name.front() <= 'z';
  return begins_well ? name : "person_" + name;
}

// The person and everybody who was joined with them.
Result<std::set<PersonId>> ids_of(const Store& data, PersonId person) {
  std::set<PersonId> ids = {person};
  const std::string kind = engine::forward_key(PersonId::kNone).substr(0, 1);
  std::vector<std::pair<PersonId, PersonId>> forwards;
  Status done = data.scan(Space::kIdentities, kind, engine::after_prefix(kind),
                          [&](std::string_view key, std::string_view value) {
                            const auto from = engine::read_person_value(key.substr(1));
                            const auto to = engine::read_person_value(value);
                            if (from && to) forwards.emplace_back(*from, *to);
                            return true;
                          });
  if (!done) return tl::unexpected(done.error());
  for (bool more = true; more;) {
    more = false;
    for (const auto& [from, to] : forwards)
      if (ids.contains(to)) more = ids.insert(from).second || more;
  }
  return ids;
}

int event_of(const ir::Program& program, const Envelope& envelope) {
  std::string name = envelope.event;
  if (envelope.kind == EnvelopeKind::kPage) name = "page_viewed";
  if (envelope.kind == EnvelopeKind::kScreen) name = "screen_viewed";
  if (const int known = program.find_event(name); known >= 0) return known;
  for (std::size_t i = 0; i < program.events.size(); ++i) {
    const auto& names = program.events[i].received_names;
    if (std::find(names.begin(), names.end(), name) != names.end()) return static_cast<int>(i);
  }
  return -1;
}

struct RecordedEvent {
  Instant received_at;
  Duration late{0};
  std::string text;  // "cart_updated { … }"
};

std::string person_line(const ir::Program& program, const exec::PersonState& state,
                        const std::string& actor) {
  std::string fields =
      record_text(program.types, program.person, exec::person_items(program, state));
  std::string topics;
  for (const ir::Topic& topic : program.topics)
    if (state.subscribed(topic.hash)) topics += (topics.empty() ? "" : ", ") + topic.name;
  if (!topics.empty()) {
    fields.resize(fields.size() - (fields == "{}" ? 1 : 2));
    fields += fmt::format("{} subscribed: [{}] }}", fields == "{" ? "" : ",", topics);
  }
  return fmt::format("person {} {}\n", actor, fields);
}

// `at` has minutes; what is finer is said with `after`.
std::string time_line(std::optional<Instant>& now, Instant to, const Zone& zone) {
  const Instant second = std::chrono::floor<seconds>(to);
  if (now && second <= *now) return {};
  std::string text;
  if (!now || second - *now >= std::chrono::hours(1)) {
    const LocalTime local = zone.to_local(second);
    const Instant minute = zone.to_instant(LocalTime::at(local.date(), local.time_of_day()));
    if (!now || minute > *now) {
      text = fmt::format("at {} {}\n", trig::to_string(local.date()),
                         trig::to_string(local.time_of_day()));
      now = minute;
    }
  }
  const auto rest = std::chrono::duration_cast<seconds>(second - *now).count();
  if (rest > 0) text += fmt::format("after {} second{}\n", rest, rest == 1 ? "" : "s");
  now = second;
  return text;
}

}  // namespace

Result<RecordedLines> recorded_lines(const Store& data, const engine::Deployed& deployed,
                                     const exec::PersonState& state, const std::string& actor) {
  const ir::Program& program = *deployed.program;
  auto ids = ids_of(data, state.id);
  if (!ids) return tl::unexpected(ids.error());
  RecordedLines recorded;
  std::deque<RecordedEvent> events;
  Status done = data.scan(Space::kEvents, {}, {}, [&](std::string_view, std::string_view value) {
    const auto row = engine::decode_event_row(value);
    if (!row || !ids->contains(row->person) || row->fate == engine::EventFate::kEmitted)
      return true;
    if (row->envelope.kind == EnvelopeKind::kIdentify || row->fate == engine::EventFate::kOnlyIds)
      return true;
    const int index = event_of(program, row->envelope);
    exec::Decoded decoded;
    if (index >= 0)
      deployed.executor->decode(static_cast<std::uint32_t>(index), row->envelope.payload, decoded);
    if (index < 0 || !decoded.problems.empty() || row->fate == engine::EventFate::kRejected) {
      ++recorded.left_out;
      return true;
    }
    const ir::EventType& event = program.events[static_cast<std::size_t>(index)];
    events.push_back(
        {row->envelope.received_at, row->envelope.received_at - row->envelope.occurred_at,
         event.name + " " + record_text(program.types, event.record, decoded.fields())});
    if (events.size() > kMaxReplTakenEvents) {
      events.pop_front();
      ++recorded.left_out;
    }
    return true;
  });
  if (!done) return tl::unexpected(done.error());
  recorded.events = events.size();
  recorded.lines = person_line(program, state, actor);
  std::optional<Instant> now;
  for (const RecordedEvent& event : events) {
    recorded.lines += time_line(now, event.received_at, program.zone);
    recorded.lines += fmt::format("{} {}", actor, event.text);
    if (const auto late = std::chrono::floor<seconds>(event.late).count(); late > 0)
      recorded.lines += fmt::format(" late by {} second{}", late, late == 1 ? "" : "s");
    recorded.lines += "\n";
  }
  return recorded;
}

Answer Session::take_recorded(const std::string& words) {
  if (!options_.data) return refusal("there is no data directory: start with `--data DIR`");
  const auto [word, rest] = first_word(words);
  const auto [as, name] = first_word(rest);
  if (word.empty() || (!rest.empty() && (as != "as" || name.empty())))
    return refusal("whom? `:take ana@example.com as ana`");
  const std::string actor = name.empty() ? actor_of(word) : name;
  auto person = report::find_person(*options_.data, sandbox_->program(), word);
  if (!person) return refusal(person.error().message);
  if (!*person) return refusal(fmt::format("nobody in the data directory is known as {}", word));
  auto state = stored_person(*options_.data, **person);
  if (!state) return refusal(state.error().message);
  auto recorded = recorded_lines(*options_.data, *sandbox_->now().deployed, *state, actor);
  if (!recorded) return refusal(recorded.error().message);
  Answer answer = sandbox_->play(recorded->lines);
  std::string text = recorded->lines;
  if (recorded->left_out > 0)
    text +=
        fmt::format("{} events are left out: too many, or not understood\n", recorded->left_out);
  answer.text = text + answer.text;
  if (answer.ok) of_data_.clear();
  return answer;
}

}  // namespace trig::drive
