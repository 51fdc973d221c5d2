// Checks templates against what they are given: every variable and field exists, only lists are
// iterated, what may be missing has a fallback where it is printed, and a marketing mail carries
// its unsubscribe link and postal address on every path. Partials are checked with the values they
// are called with.
//
//   check_mail_template(mail, {.arguments = {{"items", items}}, .person = person}, types, partials,
//                       diagnostics);
//
// Reports E0415 to E0427.
#pragma once

#include <string>
#include <vector>

#include "compiler/ir/type.h"
#include "compiler/liquid/mail_template.h"

namespace trig::liquid {

struct Argument {
  std::string name;
  ir::Type type;
};

// What a template is called with. Besides, every template has unsubscribe_url and postal_address.
struct Signature {
  std::vector<Argument> arguments;
  ir::Type person;  // a record; invalid: nothing is known of it, and every field is taken
};

void check_template(const Template& source, const Signature& signature, const ir::TypeTable& types,
                    const PartialLoader& partials, Diagnostics& diagnostics);

void check_mail_template(const MailTemplate& mail, const Signature& signature,
                         const ir::TypeTable& types, const PartialLoader& partials,
                         Diagnostics& diagnostics);

}  // namespace trig::liquid
