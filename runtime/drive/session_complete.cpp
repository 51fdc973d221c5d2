// What TAB offers: commands, people, campaigns, events, fields of the event or person at hand, and
// the words of the language.
#include <algorithm>

#include "compiler/parse/parse.h"
#include "runtime/drive/session.h"

namespace trig::drive {
namespace {

bool is_part_of_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == ':' || c == '-' || c == '@' || c == '#';
}

void add_fields(const ir::Program& program, ir::Type record, std::string_view end,
                std::vector<std::string>& words) {
  for (const ir::Field& field : program.types.record_at(record).fields)
    words.push_back(field.name + std::string(end));
}

std::string word_before(std::string_view text) {
  const std::size_t end = text.find_last_not_of(" \n") + 1;
  std::size_t begin = end;
  while (begin > 0 && is_part_of_word(text[begin - 1])) --begin;
  return std::string(text.substr(begin, end - begin));
}

// The word before the newest brace that is open: `ana cart_updated { total: 3 EUR, …`.
std::string word_before_brace(std::string_view text) {
  std::size_t depth = 0;
  for (std::size_t at = text.size(); at > 0; --at) {
    const char c = text[at - 1];
    if (c == '}') ++depth;
    if (c != '{') continue;
    if (depth > 0) {
      --depth;
      continue;
    }
    return word_before(text.substr(0, at - 1));
  }
  return {};
}

}  // namespace

std::vector<std::string> Session::completions(std::string_view text) const {
  std::size_t begin = text.size();
  while (begin > 0 && is_part_of_word(text[begin - 1])) --begin;
  const std::string_view word = text.substr(begin);
  const std::string_view before = text.substr(0, begin);
  const ir::Program& program = sandbox_->program();
  std::vector<std::string> words;
  auto add_campaigns = [&] {
    for (const ir::Campaign& campaign : program.campaigns) words.push_back(campaign.name);
  };
  auto add_actors = [&] {
    for (const Actor& actor : sandbox_->now().actors) words.push_back(actor.name);
  };
  const std::string brace = word_before_brace(before);
  const std::string last = word_before(before);
  const int event = program.find_event(brace);
  const bool is_actor =
      std::any_of(sandbox_->now().actors.begin(), sandbox_->now().actors.end(),
                  [&](const Actor& actor) { return actor.name == last || actor.name == brace; });
  if (word.starts_with(':') && last.empty()) {
    for (const Command& command : commands()) words.emplace_back(command.name);
  } else if (before.ends_with('.')) {
    if (word_before(before.substr(0, before.size() - 1)) == "person")
      add_fields(program, program.person, "", words);
  } else if (event >= 0) {
    add_fields(program, program.events[static_cast<std::size_t>(event)].record, ":", words);
  } else if (word_before_brace(before).empty() && last == ":plan") {
    add_campaigns();
  } else if (last == ":why" || last == ":journeys" || last == ":as") {
    add_actors();
    if (last == ":why") add_campaigns();
  } else if (last == ":dump") {
    words = {"ir", "llvm"};
  } else if (before.find("person ") == before.find_first_not_of(' ') && !brace.empty()) {
    add_fields(program, program.person, ":", words);
    words.emplace_back("subscribed:");
  } else if (is_actor && brace.empty()) {
    for (const ir::EventType& one : program.events) words.push_back(one.name);
    for (const char* verb : {"identifies", "subscribes", "unsubscribes"}) words.emplace_back(verb);
  } else {
    add_actors();
    add_campaigns();
    for (const ir::EventType& one : program.events) words.push_back(one.name);
    for (const ir::MailTemplate& mail : program.templates) words.push_back(mail.name);
    for (const ir::Topic& topic : program.topics) words.push_back(topic.name);
    for (const ir::Segment& segment : program.segments) words.push_back(segment.name);
    words.insert(words.end(), parse::reserved_words().begin(), parse::reserved_words().end());
    words.insert(words.end(), parse::soft_words().begin(), parse::soft_words().end());
  }
  std::erase_if(words, [&](const std::string& one) { return !one.starts_with(word); });
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

}  // namespace trig::drive
