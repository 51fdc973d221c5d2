// The declarations of a project by name, as canonical text: what tells whether two say the same.
// Internal to compiler/project.
#pragma once

#include <map>
#include <set>
#include <string>

#include "compiler/ast/ast.h"
#include "compiler/project/project.h"

namespace trig::project {

// A campaign, part by part. Comments and layout do not count, except in `written`.
struct CampaignTexts {
  std::string written;  // as it stands in the file
  std::string title;
  std::string policy;
  std::string start;  // what starts it and what it carries: trigger without its conditions
  std::string entry;  // conditions, key, pauses, priority
  // Steps and exits, without what `posts` and `shares` hold: addresses and bodies of `post`, the
  // percentages of splits.
  std::string skeleton;
  std::string posts;
  std::string shares;
  std::string goals;
  std::string edits;
  std::set<std::string> templates;
  std::set<std::string> segments;
};

struct Declarations {
  std::map<std::string, CampaignTexts> campaigns;
  std::map<std::string, std::string> policies;
  std::map<std::string, std::string> segments;
  std::map<std::string, std::string> templates;                      // the signature
  std::map<std::string, std::string> mails;                          // the text, with its partials
  std::map<std::string, std::map<std::string, std::string>> events;  // field → type; and records
  std::set<std::string> records;
};

Declarations read_declarations(const Project& project);

}  // namespace trig::project
