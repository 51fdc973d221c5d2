// `trig mails`: every mail that was decided, and its state (P4): pending, sending, sent,
// suppressed, failed, expired or in doubt, with the reason.
#pragma once

#include <functional>
#include <string>

#include "compiler/exec/person_state.h"
#include "compiler/ir/program.h"
#include "runtime/ports/store.h"

namespace trig::report {

struct ListedMail {
  std::string name;  // the local part of its Message-ID, and its X-Trig-Send
  exec::Message message;
};

// Those of the wanted states (none named: all), in the order of people and of their mails; false
// from the visitor ends it.
Status list_mails(const Store& store, const std::vector<exec::MessageState>& wanted,
                  const std::function<bool(const ListedMail&)>& visit);

// Campaigns and templates by the names `program` has for them; `(gone)` if it no longer has them.
std::string mail_text(const ListedMail& mail, const ir::Program& program, Zone zone);
std::string mail_json(const ListedMail& mail, const ir::Program& program);

}  // namespace trig::report
