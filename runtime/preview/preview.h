// A mail as somebody would get it, without sending it: by the same composer as the server's, with
// the values of a test or with samples.
//
//   Result<Mail> mail = preview::compose(deployed, handover);
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compiler/ir/program.h"
#include "runtime/engine/engine.h"
#include "runtime/ports/transport.h"

namespace trig::preview {

// `name=value` as given on the command line: of a parameter, or of the person (`person.NAME`). The
// value is JSON, or a text as it stands.
struct Given {
  std::string name;
  std::string value;
};

// What the engine would hand over for this template with sample values, for a person who has all
// fields. As a mail of the first campaign that sends it.
engine::Handover sample_handover(const std::shared_ptr<const engine::Deployed>& deployed,
                                 std::size_t mail_template);

// What `test` makes the engine hand over: its first mail of this template, by this campaign if one
// is named. nullopt: it sends none.
std::optional<engine::Handover> handover_of_test(
    const std::shared_ptr<const engine::Deployed>& deployed, const ir::Test& test,
    NameHash mail_template, std::optional<NameHash> campaign);

// Puts the given values in. Failure: a name that the template and the person do not have, or a
// value of another type.
Status put(const std::vector<Given>& given, engine::Handover& handover);

Result<Mail> compose(const engine::Handover& handover);

// The subject of a send for somebody of whom nothing optional is known: with the values that are
// written there, and `{name}` for a text that is known only later. Empty where it cannot be
// rendered.
std::string plain_subject(const std::shared_ptr<const engine::Deployed>& deployed,
                          const ir::Send& send);

}  // namespace trig::preview
