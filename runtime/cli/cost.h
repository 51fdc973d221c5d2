// `trig check --cost`: how much work and kept history a project can cause, before it is deployed.
#pragma once

#include <string>

#include "compiler/ir/program.h"

namespace trig::cli {

// Tables: a row for each event some campaign reads, for each aggregate and for each campaign.
std::string cost_table(const ir::Program& program);

}  // namespace trig::cli
