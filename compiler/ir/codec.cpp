// Every struct of a program, member by member. How is in coding.h.
#include "compiler/ir/codec.h"

#include "compiler/ir/coding.h"

namespace trig::ir {
namespace coding {

// ------------------------------------------------------------------------- expressions, vocabulary

template <typename A>
void pass(A& a, typename A::template Of<Node> node) {
  auto& [op, type, x, y, z, index, slot, value, name, operands, range] = node;
  a(op, type, x, y, z, index, slot, value, name, operands, range);
}
template <typename A>
void pass(A& a, typename A::template Of<Aggregate> aggregate) {
  auto& [op, event, field, window, where, currency, type, gone] = aggregate;
  a(op, event, field, window, where, currency, type, gone);
}
template <typename A>
void pass(A& a, typename A::template Of<Silence> silence) {
  auto& [events, span] = silence;
  a(events, span);
}
template <typename A>
void pass(A& a, typename A::template Of<Field> field) {
  auto& [name, type, range] = field;
  a(name, type, range);
}
template <typename A>
void pass(A& a, typename A::template Of<RecordType> record) {
  auto& [name, fields, range] = record;
  a(name, fields, range);
}
inline void pass(ProgramWriter& w, const TypeTable& types) { TypeTableParts::pass_all(w, types); }
inline void pass(ProgramReader& r, TypeTable& types) {
  TypeTableParts::pass_all(r, types);
  TypeTableParts::each_type(types, [&](Type type) {
    if (!TypeTableParts::knows(types, type)) r.bytes.mark_bad();
  });
  r.types = &types;
}
template <typename A>
void pass(A& a, typename A::template Of<FieldSource> source) {
  auto& [names, currency] = source;
  a(names, currency);
}
template <typename A>
void pass(A& a, typename A::template Of<RecordSource> source) {
  auto& [fields, defaults] = source;
  a(fields, defaults);
}
template <typename A>
void pass(A& a, typename A::template Of<EventType> event) {
  auto& [name, hash, record, received, about_mail, kept, fields, window] = event;
  a(name, hash, record, received, about_mail, kept, fields, window);
}
template <typename A>
void pass(A& a, typename A::template Of<PersonKey> key) {
  auto& [field] = key;
  a(field);
}
template <typename A>
void pass(A& a, typename A::template Of<Topic> topic) {
  auto& [name, hash, title] = topic;
  a(name, hash, title);
}
template <typename A>
void pass(A& a, typename A::template Of<Segment> segment) {
  auto& [name, hash, version, condition, events, watched] = segment;
  a(name, hash, version, condition, events, watched);
}
template <typename A>
void pass(A& a, typename A::template Of<TableType> table) {
  auto& [name, hash, catalog, file, place, record, column, key, field, rows] = table;
  static_cast<void>(rows);  // are always the newest: whoever runs the program reads them
  a(name, hash, catalog, file, place, record, column, key, field);
}
template <typename A>
void pass(A& a, typename A::template Of<CouponPool> pool) {
  auto& [name, hash, prefix, range] = pool;
  a(name, hash, prefix, range);
}
template <typename A>
void pass(A& a, typename A::template Of<MailTemplate> mail) {
  auto& [name, hash, parameters, file, transactional] = mail;
  a(name, hash, parameters, file, transactional);
}
template <typename A>
void pass(A& a, typename A::template Of<Cap> cap) {
  auto& [count, unit] = cap;
  a(count, unit);
}
template <typename A>
void pass(A& a, typename A::template Of<QuietHours> quiet) {
  auto& [from, to] = quiet;
  a(from, to);
}
template <typename A>
void pass(A& a, typename A::template Of<Rate> rate) {
  auto& [count, unit] = rate;
  a(count, unit);
}
template <typename A>
void pass(A& a, typename A::template Of<Policy> policy) {
  auto& [name, hash, consent, topic, caps, quiet, rate, wait] = policy;
  a(name, hash, consent, topic, caps, quiet, rate, wait);
}

// --------------------------------------------------------------------------------------- campaigns

template <typename A>
void pass(A& a, typename A::template Of<Watch::Alternative> alternative) {
  auto& [event, where] = alternative;
  a(event, where);
}
template <typename A>
void pass(A& a, typename A::template Of<Watch> watch) {
  auto& [alternatives, range] = watch;
  a(alternatives, range);
}
template <typename A>
void pass(A& a, typename A::template Of<Slot> slot) {
  auto& [name, record, read] = slot;
  a(name, record, read);
}
template <typename A>
void pass(A&, typename A::template Of<OnEvent>) {}
template <typename A>
void pass(A& a, typename A::template Of<OnCount> on) {
  auto& [count, within] = on;
  a(count, within);
}
template <typename A>
void pass(A& a, typename A::template Of<OnSequence> on) {
  auto& [within, slots] = on;
  a(within, slots);
}
template <typename A>
void pass(A& a, typename A::template Of<OnSilence> on) {
  auto& [silence] = on;
  a(silence);
}
template <typename A>
void pass(A& a, typename A::template Of<OnDate::Rows> rows) {
  auto& [table, key] = rows;
  a(table, key);
}
template <typename A>
void pass(A& a, typename A::template Of<OnDate> on) {
  auto& [date, offset, every_year, at, rows] = on;
  a(date, offset, every_year, at, rows);
}
template <typename A>
void pass(A& a, typename A::template Of<OnSegment> on) {
  auto& [entering, segment] = on;
  a(entering, segment);
}
template <typename A>
void pass(A& a, typename A::template Of<OnRecurring> on) {
  auto& [weekday, at, segment] = on;
  a(weekday, at, segment);
}
template <typename A>
void pass(A& a, typename A::template Of<OnOnce> on) {
  auto& [date, at, segment] = on;
  a(date, at, segment);
}
template <typename A>
void pass(A& a, typename A::template Of<StartTrigger::Alternative> alternative) {
  auto& [event, where, key, slot_fields] = alternative;
  a(event, where, key, slot_fields);
}
template <typename A>
void pass(A& a, typename A::template Of<StartTrigger> trigger) {
  auto& [kind, alternatives, where, version] = trigger;
  a(kind, alternatives, where, version);
}
template <typename A>
void pass(A& a, typename A::template Of<WaitSpan> wait) {
  auto& [span, unless] = wait;
  a(span, unless);
}
template <typename A>
void pass(A& a, typename A::template Of<WaitUntil> wait) {
  auto& [base, time, unless] = wait;
  a(base, time, unless);
}
template <typename A>
void pass(A& a, typename A::template Of<WaitForEvent> wait) {
  auto& [watch, slot, slot_fields, up_to, otherwise] = wait;
  a(watch, slot, slot_fields, up_to, otherwise);
}
template <typename A>
void pass(A& a, typename A::template Of<WaitForSilence> wait) {
  auto& [silence, up_to, unless] = wait;
  a(silence, up_to, unless);
}
template <typename A>
void pass(A& a, typename A::template Of<Split::Arm> arm) {
  auto& [name, share, holdout, first] = arm;
  a(name, share, holdout, first);
}
template <typename A>
void pass(A& a, typename A::template Of<Split> split) {
  auto& [title, arms] = split;
  a(title, arms);
}
template <typename A>
void pass(A& a, typename A::template Of<Branch> branch) {
  auto& [condition, otherwise] = branch;
  a(condition, otherwise);
}
template <typename A>
void pass(A& a, typename A::template Of<Jump> jump) {
  auto& [to] = jump;
  a(to);
}
template <typename A>
void pass(A&, typename A::template Of<End>) {}
template <typename A>
void pass(A& a, typename A::template Of<Send> send) {
  auto& [mail, arguments, as, best_hour, within, skip_after] = send;
  a(mail, arguments, as, best_hour, within, skip_after);
}
template <typename A>
void pass(A& a, typename A::template Of<Subscribe> subscribe) {
  auto& [topic, subscribes] = subscribe;
  a(topic, subscribes);
}
template <typename A>
void pass(A& a, typename A::template Of<SetField> set) {
  auto& [field, value] = set;
  a(field, value);
}
template <typename A>
void pass(A& a, typename A::template Of<Post> post) {
  auto& [url, fields] = post;
  a(url, fields);
}
template <typename A>
void pass(A& a, typename A::template Of<Emit> emit) {
  auto& [event, record] = emit;
  a(event, record);
}
template <typename A>
void pass(A& a, typename A::template Of<Step> step) {
  auto& [node, name, range] = step;
  a(node, name, range);
}
template <typename A>
void pass(A& a, typename A::template Of<Goal> goal) {
  auto& [watch, within, value_fields] = goal;
  a(watch, within, value_fields);
}
template <typename A>
void pass(A& a, typename A::template Of<Campaign> campaign) {
  auto& [name, hash, version, title, policy, priority, trigger, again, again_after, restart, edits,
         slots, watches, exits, goals, steps, range] = campaign;
  a(name, hash, version, title, policy, priority, trigger, again, again_after, restart, edits,
    slots, watches, exits, goals, steps, range);
}

// ------------------------------------------------------------------------------------------- tests

template <typename A>
void pass(A& a, typename A::template Of<TestPerson> person) {
  auto& [name, anonymous, fields, topics] = person;
  a(name, anonymous, fields, topics);
}
template <typename A>
void pass(A& a, typename A::template Of<TestAt> at) {
  auto& [instant] = at;
  a(instant);
}
template <typename A>
void pass(A& a, typename A::template Of<TestAfter> after) {
  auto& [span] = after;
  a(span);
}
template <typename A>
void pass(A& a, typename A::template Of<TestEvent> test) {
  auto& [actor, event, fields, late, mails] = test;
  a(actor, event, fields, late, mails);
}
template <typename A>
void pass(A& a, typename A::template Of<TestIdentifies> test) {
  auto& [actor, as] = test;
  a(actor, as);
}
template <typename A>
void pass(A& a, typename A::template Of<TestSubscription> test) {
  auto& [actor, subscribes, topic] = test;
  a(actor, subscribes, topic);
}
template <typename A>
void pass(A& a, typename A::template Of<ExpectSend> expect) {
  auto& [none, at, count, mail, to, with] = expect;
  a(none, at, count, mail, to, with);
}
template <typename A>
void pass(A& a, typename A::template Of<ExpectJourney> expect) {
  auto& [campaign, of, ended, because] = expect;
  a(campaign, of, ended, because);
}
template <typename A>
void pass(A& a, typename A::template Of<TestStep> step) {
  auto& [node, range] = step;
  a(node, range);
}
template <typename A>
void pass(A& a, typename A::template Of<Test> test) {
  auto& [title, steps, range] = test;
  a(title, steps, range);
}

// The types come first: what follows is held against them.
template <typename A>
void pass(A& a, typename A::template Of<Program> program) {
  auto& [project, zone, types, sources, events, person, person_keys, person_timezone,
         person_language, person_email, topics, policies, tables, coupons, templates, patterns,
         aggregates, silences, segments, nodes, campaigns, tests, hash, identity, parent] = program;
  static_cast<void>(identity);  // no program goes on from one that was read
  static_cast<void>(parent);
  a(types, project, zone, sources, events, person, person_keys, person_timezone, person_language,
    person_email, topics, policies, tables, coupons, templates, patterns, aggregates, silences,
    segments, nodes, campaigns, tests, hash);
}

}  // namespace coding

std::string encode(const Program& program) {
  ByteWriter bytes;
  coding::ProgramWriter writer{bytes};
  coding::pass(writer, program);
  return bytes.take();
}

std::optional<Program> decode_program(ByteReader& bytes) {
  std::optional<Program> program(std::in_place);
  coding::ProgramReader reader{bytes};
  coding::pass(reader, *program);
  if (!bytes.ok() || !verify(*program).empty()) return std::nullopt;
  return program;
}

Hash128 content_hash(const Program& program) { return hash128(encode(program)); }

}  // namespace trig::ir
