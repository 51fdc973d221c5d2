// Who reads the fields of events: campaigns, segments and templates, by name. Internal to
// compiler/project.
#pragma once

#include <map>
#include <set>
#include <string>

#include "compiler/ir/program.h"

namespace trig::project {

struct Readers {
  std::set<std::string> campaigns;  // also by a segment that they ask
  std::set<std::string> segments;
  std::set<std::string> templates;
};

class FieldReads {
 public:
  // `mails`: the text of every template with its partials, by name.
  FieldReads(const ir::Program& program, const std::map<std::string, std::string>& mails);

  // The field of an event, or of a record inside one, of which only the templates are known.
  Readers readers(const std::string& event, const std::string& field) const;

 private:
  void read(const ir::Campaign& campaign);
  void read_trigger(const ir::Campaign& campaign);
  void read(const ir::Watch& watch);
  void read_segment(std::uint32_t segment);
  void read(ir::NodeId id, std::optional<std::uint32_t> event);
  void read_slot(const ir::Slot& slot, std::uint32_t event, const std::vector<int>& slot_fields);
  void read_template(const ir::MailTemplate& mail, const std::string& text);
  void note(std::uint32_t event, std::size_t field);

  const ir::Program& program_;
  std::string campaign_;  // at hand; empty: none
  std::string segment_;
  std::map<std::pair<std::string, std::string>, Readers> readers_;
};

}  // namespace trig::project
