#include "runtime/preview/preview.h"

#include <algorithm>
#include <boost/json.hpp>

#include "compiler/exec/payload.h"
#include "runtime/drive/test_run.h"
#include "runtime/preview/sample.h"
#include "runtime/server/compose.h"

namespace trig::preview {
namespace {

const ir::Program& program_of(const engine::Handover& handover) {
  return *handover.program->program;
}

std::vector<exec::PersonField> sample_person(const ir::Program& program, bool with_optional) {
  std::vector<exec::PersonField> fields;
  for (const ir::Field& field : program.types.record_at(program.person).fields) {
    if (field.type.optional && !with_optional) continue;
    fields.push_back({name_hash(field.name), sample_value(program, field.type, field.name)});
  }
  std::sort(fields.begin(), fields.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return fields;
}

const ir::Campaign* sender_of(const ir::Program& program, std::size_t mail_template) {
  for (const ir::Campaign& campaign : program.campaigns)
    for (const ir::Step& step : campaign.steps)
      if (const auto* send = std::get_if<ir::Send>(&step.node))
        if (send->mail_template == mail_template) return &campaign;
  return nullptr;
}

// The value as JSON: what is none is a text.
boost::json::value json_of(const std::string& text) {
  boost::system::error_code error;
  boost::json::value value = boost::json::parse(text, error);
  if (!error) return value;
  return boost::json::string(text);
}

// `record` with some fields given anew.
Result<ir::Items> with_given(const ir::Program& program, ir::Type record, const ir::Items& items,
                             const std::vector<Given>& given) {
  boost::json::object payload =
      boost::json::parse(exec::encode_payload(program, record, items)).as_object();
  std::vector<std::string> names;
  for (const ir::Field& field : program.types.record_at(record).fields) names.push_back(field.name);
  for (const Given& one : given) {
    if (std::find(names.begin(), names.end(), one.name) == names.end()) {
      const std::string best = closest(one.name, names);
      return fail("there is no value `{}` to set{}", one.name,
                  best.empty() ? "" : "; did you mean `" + best + "`?");
    }
    payload[one.name] = json_of(one.value);
  }
  auto decoded = exec::decode_record(program, record, boost::json::serialize(payload));
  if (!decoded.problems.empty()) return fail("{}", decoded.problems.front());
  return std::move(decoded.fields);
}

Status put_into_person(const std::vector<Given>& given, engine::Handover& handover) {
  const ir::Program& program = program_of(handover);
  exec::PersonState state;
  exec::MailContent content = handover.message.mail();
  state.fields = std::move(content.person);
  auto items = with_given(program, program.person, exec::person_items(program, state), given);
  if (!items) return tl::unexpected(items.error());
  const auto& fields = program.types.record_at(program.person).fields;
  for (std::size_t i = 0; i < fields.size(); ++i)
    state.set_field(name_hash(fields[i].name), (*items)[i]);
  content.person = std::move(state.fields);
  if (program.person_email >= 0)
    if (const auto* address =
            (*items)[static_cast<std::size_t>(program.person_email)].get<std::string>())
      content.address = *address;
  handover.message.content = std::make_shared<exec::MailContent>(std::move(content));
  return {};
}

// The parameters as a record, so that their values are read as those of an event are.
Status put_into_arguments(const std::vector<Given>& given, engine::Handover& handover) {
  ir::Program program = program_of(handover);
  auto found =
      std::find_if(program.templates.begin(), program.templates.end(),
                   [&](const auto& one) { return one.hash == handover.message.mail_template; });
  ir::RecordSource source;
  for (const ir::Field& parameter : found->parameters) {
    source.fields.push_back({{parameter.name}, ""});
    source.defaults.emplace_back();
  }
  const ir::Type record = program.types.add_record({found->name, found->parameters, {}});
  program.sources.push_back(std::move(source));
  auto items = with_given(program, record, handover.message.mail().arguments, given);
  if (!items) return tl::unexpected(items.error());
  exec::MailContent content = handover.message.mail();
  content.arguments = std::move(*items);
  handover.message.content = std::make_shared<exec::MailContent>(std::move(content));
  return {};
}

}  // namespace

engine::Handover sample_handover(const std::shared_ptr<const engine::Deployed>& deployed,
                                 std::size_t mail_template) {
  const ir::Program& program = *deployed->program;
  const ir::MailTemplate& wanted = program.templates[mail_template];
  exec::Message message;
  message.id = MessageId{1};
  if (const ir::Campaign* campaign = sender_of(program, mail_template)) {
    message.campaign = {campaign->hash, campaign->version};
    message.policy = program.policies[campaign->policy].hash;
  }
  message.mail_template = wanted.hash;
  message.attempt = 1;
  message.begun_at = message.decided_at = sample_time();
  exec::MailContent content;
  content.address = "ana@example.com";
  for (const ir::Field& parameter : wanted.parameters)
    content.arguments.push_back(sample_value(program, parameter.type, parameter.name));
  content.person = sample_person(program, true);
  message.content = std::make_shared<exec::MailContent>(std::move(content));
  return {std::move(message), deployed};
}

std::optional<engine::Handover> handover_of_test(
    const std::shared_ptr<const engine::Deployed>& deployed, const ir::Test& test,
    NameHash mail_template, std::optional<NameHash> campaign) {
  std::optional<engine::Handover> found;
  drive::TestOptions options;
  options.on_mail = [&](const engine::Handover& handover) {
    const exec::Message& message = handover.message;
    if (!found && message.mail_template == mail_template &&
        (!campaign || message.campaign.campaign == *campaign))
      found = handover;
  };
  drive::run_test(deployed, test, options);
  return found;
}

Status put(const std::vector<Given>& given, engine::Handover& handover) {
  constexpr std::string_view kPerson = "person.";
  std::vector<Given> person;
  std::vector<Given> arguments;
  for (const Given& one : given) {
    if (one.name.starts_with(kPerson))
      person.push_back({one.name.substr(kPerson.size()), one.value});
    else
      arguments.push_back(one);
  }
  Status done;
  if (!person.empty()) done = put_into_person(person, handover);
  if (done && !arguments.empty()) done = put_into_arguments(arguments, handover);
  return done;
}

Result<Mail> compose(const engine::Handover& handover) {
  // A preview's links open nothing: they are signed by a key that no server has.
  auto links = links::LinkKeys::create({{1, "a preview is signed with no secret at all"}});
  if (!links) return tl::unexpected(links.error());
  return server::Composer(handover.program->project->config, *links, "preview").compose(handover);
}

std::string plain_subject(const std::shared_ptr<const engine::Deployed>& deployed,
                          const ir::Send& send) {
  const ir::Program& program = *deployed->program;
  engine::Handover handover = sample_handover(deployed, send.mail_template);
  exec::MailContent content = handover.message.mail();
  content.person = sample_person(program, false);
  const auto& parameters = program.templates[send.mail_template].parameters;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const ir::Node& node = program.node(send.arguments[i]);
    if (node.op == ir::Op::kConstant)
      content.arguments[i] = node.value;
    else if (parameters[i].type.kind == ir::Kind::kText)
      content.arguments[i] = "{" + parameters[i].name + "}";
  }
  handover.message.content = std::make_shared<exec::MailContent>(std::move(content));
  auto mail = compose(handover);
  return mail ? mail->subject : std::string();
}

}  // namespace trig::preview
