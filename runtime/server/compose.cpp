#include "runtime/server/compose.h"

#include <algorithm>

#include "compiler/base/language_tag.h"
#include "compiler/liquid/data.h"
#include "compiler/liquid/mail_template.h"
#include "runtime/links/unsubscribe.h"

namespace trig::server {
namespace {

const project::Sender* find_sender(const project::Config& config, const std::string& name) {
  if (name.empty()) return config.senders.empty() ? nullptr : &config.senders.front();
  for (const project::Sender& sender : config.senders)
    if (sender.name == name) return &sender;
  return nullptr;
}

std::string domain_of(const std::string& address) { return address.substr(address.find('@') + 1); }

// The person as they were when the first attempt began.
exec::PersonState person_of_mail(const exec::Message& message) {
  exec::PersonState state;
  state.fields = message.mail().person;
  return state;
}

liquid::Data person_data(const ir::Program& program, const exec::Message& message) {
  const ir::Items items = exec::person_items(program, person_of_mail(message));
  return liquid::from_value(ir::Value::record(items), program.person, program.types);
}

}  // namespace

Composer::Composer(project::Config config, links::LinkKeys links, std::string workspace_secret)
    : config_(std::move(config)),
      links_(std::move(links)),
      workspace_secret_(std::move(workspace_secret)) {}

std::string Composer::unsubscribe_url(const exec::Message& message,
                                      const std::string& topic) const {
  UnsubscribeRequest request;
  request.person = raw(person_of(message.id));
  request.address_hash = engine::address_key(workspace_secret_, message.mail().address);
  request.topic = topic;
  return config_.public_url + "/u/" + links::make_unsubscribe_token(links_, request);
}

// The languages the person can be given, best first; empty if none is known.
std::vector<std::string> Composer::languages_of(const ir::Program& program,
                                                const exec::Message& message) const {
  if (program.person_language < 0) return {};
  const ir::Items items = exec::person_items(program, person_of_mail(message));
  const std::string* language =
      items[static_cast<std::size_t>(program.person_language)].get<std::string>();
  if (language == nullptr) return {};
  return language_chain(*language, config_.language_fallbacks);
}

Result<Mail> Composer::compose(const engine::Handover& handover) const {
  const exec::Message& message = handover.message;
  if (!handover.program) return fail("the program of this mail is gone");
  const ir::Program& program = *handover.program->program;
  auto found = std::find_if(
      program.templates.begin(), program.templates.end(),
      [&](const ir::MailTemplate& known) { return known.hash == message.mail_template; });
  if (found == program.templates.end()) return fail("the template of this mail is gone");
  const project::Project& project = *handover.program->project;
  const auto& texts =
      project.templates[static_cast<std::size_t>(found - program.templates.begin())];
  const liquid::MailTemplate* source = texts.best_for(languages_of(program, message));
  if (source == nullptr) return fail("the template `{}` could not be read", found->name);

  const project::Sender* sender =
      find_sender(config_, source->from ? source->from->text : std::string());
  if (sender == nullptr) return fail("trig.toml has no sender for the template `{}`", found->name);
  int campaign = handover.program->executor->triggers().find_campaign(message.campaign.campaign);
  std::string topic;
  if (campaign >= 0) {
    const ir::Campaign& owner = program.campaigns[static_cast<std::size_t>(campaign)];
    const ir::Policy& policy = program.policies[owner.policy];
    if (policy.topic) topic = program.topics[*policy.topic].name;
  }
  std::string unsubscribe = unsubscribe_url(message, topic);

  liquid::Scope scope;
  for (std::size_t i = 0; i < message.mail().arguments.size(); ++i) {
    const ir::Field& parameter = found->parameters[i];
    scope.arguments.emplace_back(parameter.name, liquid::from_value(message.mail().arguments[i],
                                                                    parameter.type, program.types));
  }
  scope.globals.emplace_back(liquid::kPersonVariable, person_data(program, message));
  scope.globals.emplace_back(liquid::kUnsubscribeUrl,
                             liquid::Data::text(unsubscribe, liquid::Trust::kData));
  scope.globals.emplace_back(liquid::kPostalAddress,
                             liquid::Data::text(sender->postal_address, liquid::Trust::kData));
  liquid::RenderOptions options;
  options.now = message.begun_at;
  options.zone = exec::send_zone(program, person_of_mail(message));
  options.partials = project.partials;
  options.sources = &project.sources;
  auto rendered = liquid::render_mail(*source, scope, options);
  if (!rendered) return tl::unexpected(rendered.error());

  Mail mail;
  mail.id = message.id;
  mail.attempt = message.attempt;
  std::string name = engine::mail_name(workspace_secret_, message.id);
  mail.message_id = name + "@" + domain_of(sender->address);
  mail.date = message.begun_at;
  mail.from = {sender->display, sender->address};
  if (source->reply_to)
    mail.reply_to = Mailbox{"", source->reply_to->text};
  else if (!sender->reply_to.empty())
    mail.reply_to = Mailbox{"", sender->reply_to};
  mail.to = {"", message.mail().address};
  mail.subject = std::move(rendered->subject);
  mail.html = std::move(rendered->html);
  mail.text = std::move(rendered->text);
  mail.headers.push_back({"X-Trig-Send", name});
  if (found->transactional) {
    mail.headers.push_back({"Auto-Submitted", "auto-generated"});  // RFC 3834
  } else {
    mail.headers.push_back({"List-Unsubscribe", "<" + unsubscribe + ">"});            // RFC 2369
    mail.headers.push_back({"List-Unsubscribe-Post", "List-Unsubscribe=One-Click"});  // RFC 8058
  }
  return mail;
}

}  // namespace trig::server
