#include "runtime/report/mails.h"

#include <fmt/format.h>
#include <algorithm>
#include <boost/json.hpp>

#include "runtime/engine/rows.h"

namespace trig::report {
namespace {

constexpr std::string_view kGone = "(gone)";

std::string_view campaign_name(const ir::Program& program, const exec::Message& message) {
  int found = program.find_campaign(message.campaign.campaign);
  return found < 0 ? kGone : program.campaigns[static_cast<std::size_t>(found)].name;
}

std::string_view template_name(const ir::Program& program, const exec::Message& message) {
  if (message.post) return "post";
  for (const ir::MailTemplate& known : program.templates)
    if (known.hash == message.mail_template) return known.name;
  return kGone;
}

std::string receiver(const exec::Message& message) {
  if (message.post) return message.post->url;
  return message.mail().address.empty() ? fmt::format("#{}", raw(person_of(message.id)))
                                        : message.mail().address;
}

std::string short_time(Zone zone, Instant instant) {
  LocalTime local = zone.to_local(instant);
  local.since_epoch = std::chrono::floor<std::chrono::seconds>(local.since_epoch);
  return to_string(local);
}

}  // namespace

Status list_mails(const Store& store, const std::vector<exec::MessageState>& wanted,
                  const std::function<bool(const ListedMail&)>& visit) {
  auto workspace = store.get(Space::kMeta, engine::kMetaWorkspace);
  if (!workspace) return tl::unexpected(workspace.error());
  bool damaged = false;
  Status done = store.scan(Space::kMessages, {}, {}, [&](std::string_view, std::string_view value) {
    ByteReader reader(value);
    ListedMail mail{{}, exec::decode_message(reader)};
    damaged = !reader.ok() || !reader.at_end();
    if (damaged) return false;
    if (!wanted.empty() &&
        std::find(wanted.begin(), wanted.end(), mail.message.state) == wanted.end())
      return true;
    mail.name = engine::mail_name(workspace->value_or(""), mail.message.id);
    return visit(mail);
  });
  if (done && damaged) return fail("a mail row is damaged");
  return done;
}

std::string mail_text(const ListedMail& mail, const ir::Program& program, Zone zone) {
  const exec::Message& message = mail.message;
  std::string text = fmt::format(
      "{:<20} {:<10} {:<24} {:<32} {}", short_time(zone, message.decided_at),
      exec::to_string(message.state),
      fmt::format("{}/{}", campaign_name(program, message), template_name(program, message)),
      receiver(message), mail.name);
  std::string more = message.note;
  auto add = [&](std::string part) { more += (more.empty() ? "" : ", ") + std::move(part); };
  if (message.attempt > 1) add(fmt::format("attempt {}", message.attempt));
  if (message.due && !exec::is_final(message.state))
    add("asked for at " + short_time(zone, *message.due));
  if (!more.empty()) text += "\n" + std::string(21, ' ') + more;
  return text + "\n";
}

std::string mail_json(const ListedMail& mail, const ir::Program& program) {
  const exec::Message& message = mail.message;
  boost::json::object row{{"mail", mail.name},
                          {"state", exec::to_string(message.state)},
                          {"campaign", campaign_name(program, message)},
                          {"template", template_name(program, message)},
                          {"person", raw(person_of(message.id))},
                          {"journey", raw(message.journey)},
                          {"address", message.mail().address},
                          {"decided_at", to_string(message.decided_at)},
                          {"attempts", message.attempt},
                          {"note", message.note}};
  if (message.post) row["post"] = message.post->url;
  if (message.attempt > 0) row["begun_at"] = to_string(message.begun_at);
  if (message.due && !exec::is_final(message.state)) row["due"] = to_string(*message.due);
  return boost::json::serialize(row) + "\n";
}

}  // namespace trig::report
