// Files that a .trig test brings along in its comments:
//
//   # file lists/vip.csv
//   #| email
//   #| ana@example.com
#pragma once

#include <map>
#include <string>

namespace trig::golden {

// By path. An empty line of a file is `#|`.
std::map<std::string, std::string> files_in_comments(const std::string& text);

// The trig.toml that such a project needs: a sender, and a key for every pool of coupons declared
// in the text.
std::string settings_for(const std::string& text, const std::string& zone);

// A short mail for every template declared in the text, transactional in a folder of that name.
std::map<std::string, std::string> mails_for(const std::string& text);

}  // namespace trig::golden
