#include "compiler/liquid/html_to_text.h"

#include <algorithm>
#include <vector>

#include "compiler/base/ascii.h"

namespace trig::liquid {
namespace {

constexpr std::size_t kMaxDepth = 200;  // of lists and quotes; deeper ones are not indented further

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool never_closes(std::string_view name) {
  return is_one_of(name, {"area", "base", "br", "col", "embed", "hr", "img", "input", "link",
                          "meta", "source", "track", "wbr"});
}

struct Tag {
  std::string name;
  bool closing = false;
  std::string href;
  std::string alt;
  bool hidden = false;
};

struct Link {
  std::string href;
  std::size_t text_at;  // in the output
};

class Converter {
 public:
  explicit Converter(std::string_view html) : html_(html) {}

  std::string run() {
    while (at_ < html_.size()) {
      if (html_[at_] == '<' && at_ + 1 < html_.size() && begins_tag(html_[at_ + 1]))
        tag();
      else
        text();
    }
    return finished();
  }

 private:
  static bool begins_tag(char c) { return c == '/' || c == '!' || c == '?' || is_letter(c); }

  void text() {
    std::size_t end = std::min(html_.find('<', at_ + 1), html_.size());
    if (hidden_depth_ == 0) put(decode_entities(html_.substr(at_, end - at_)));
    at_ = end;
  }

  // White space collapses; a no-break space is an ordinary one, zero-width characters are dropped.
  void put(const std::string& words) {
    for (std::size_t i = 0; i < words.size();) {
      const std::size_t begin = i;
      while (i < words.size() && words[i] > ' ' && words[i] < 0x7f) ++i;
      if (i > begin) {  // most of a text
        flush_breaks();
        out_.append(words, begin, i - begin);
        continue;
      }
      std::string_view rest = std::string_view(words).substr(i);
      bool no_break = rest.substr(0, 2) == "\xc2\xa0";
      if (no_break || is_html_space(words[i])) {
        space_ = space_ || !line_empty();
        i += no_break ? 2 : 1;
      } else if (rest.substr(0, 2) == "\xc2\xad" || rest.substr(0, 3) == "\xe2\x80\x8c" ||
                 rest.substr(0, 3) == "\xe2\x80\x8d" || rest.substr(0, 3) == "\xe2\x80\x8b" ||
                 rest.substr(0, 3) == "\xef\xbb\xbf") {
        i += rest.substr(0, 2) == "\xc2\xad" ? 2 : 3;
      } else {
        flush_breaks();
        out_ += words[i++];
      }
    }
  }

  bool line_empty() const { return out_.empty() || breaks_ > 0; }

  void flush_breaks() {
    if (breaks_ > 0 && !out_.empty()) out_.append(breaks_, '\n');
    if (line_empty()) {
      std::size_t depth = std::min(lists_.size(), kMaxDepth);
      if (depth > 1) out_.append((depth - 1) * 2, ' ');
      out_ += pending_mark_;
    } else if (space_) {
      out_ += ' ';
    }
    pending_mark_.clear();
    space_ = false;
    breaks_ = 0;
  }

  void line_break(std::size_t count) {
    breaks_ = std::max(breaks_, count);
    space_ = false;
  }

  void tag() {
    if (html_.substr(at_, 4) == "<!--") {
      std::size_t end = html_.find("-->", at_ + 4);
      at_ = end == std::string_view::npos ? html_.size() : end + 3;
      return;
    }
    Tag tag = read_tag();
    if (!tag.closing && is_one_of(tag.name, {"script", "style", "title", "noscript", "template"}))
      return skip_to_end_of(tag.name);
    if (hidden_depth_ > 0 || (tag.hidden && !tag.closing && !never_closes(tag.name))) {
      if (!never_closes(tag.name) && tag.name == (hidden_depth_ > 0 ? hidden_tag_ : tag.name)) {
        hidden_tag_ = tag.name;
        hidden_depth_ += tag.closing ? -1 : 1;
      }
      return;
    }
    apply(tag);
  }

  void skip_to_end_of(const std::string& name) {
    for (; at_ < html_.size(); ++at_) {
      if (html_.substr(at_, 2) != "</") continue;
      std::string found;
      for (std::size_t i = at_ + 2; i < html_.size() && found.size() < name.size(); ++i)
        found += to_lower(html_[i]);
      if (found != name) continue;
      at_ = std::min(html_.find('>', at_), html_.size() - 1) + 1;
      return;
    }
  }

  Tag read_tag() {
    Tag tag;
    ++at_;
    tag.closing = html_[at_] == '/';
    if (tag.closing) ++at_;
    while (at_ < html_.size() && !is_html_space(html_[at_]) && html_[at_] != '>' &&
           html_[at_] != '/')
      tag.name += to_lower(html_[at_++]);
    while (at_ < html_.size() && html_[at_] != '>') attribute(tag);
    if (at_ < html_.size()) ++at_;
    return tag;
  }

  void attribute(Tag& tag) {
    if (is_html_space(html_[at_]) || html_[at_] == '/') {
      ++at_;
      return;
    }
    std::string name;
    name += to_lower(html_[at_++]);
    while (at_ < html_.size() && !is_html_space(html_[at_]) && html_[at_] != '=' &&
           html_[at_] != '>' && html_[at_] != '/')
      name += to_lower(html_[at_++]);
    std::string value = attribute_value();
    if (name == "href") tag.href = value;
    if (name == "alt") tag.alt = value;
    if (name == "hidden") tag.hidden = true;
    if (name == "style") {
      std::erase_if(value, is_html_space);
      std::transform(value.begin(), value.end(), value.begin(), to_lower);
      tag.hidden = tag.hidden || value.find("display:none") != std::string::npos ||
                   value.find("visibility:hidden") != std::string::npos ||
                   value.find("mso-hide:all") != std::string::npos;
    }
  }

  std::string attribute_value() {
    while (at_ < html_.size() && is_html_space(html_[at_])) ++at_;
    if (at_ >= html_.size() || html_[at_] != '=') return {};
    ++at_;
    while (at_ < html_.size() && is_html_space(html_[at_])) ++at_;
    if (at_ >= html_.size()) return {};
    char quote = html_[at_];
    std::size_t begin = at_;
    if (quote == '"' || quote == '\'') {
      ++begin;
      at_ = std::min(html_.find(quote, begin), html_.size());
      std::string value = decode_entities(html_.substr(begin, at_ - begin));
      at_ = std::min(at_ + 1, html_.size());
      return value;
    }
    while (at_ < html_.size() && !is_html_space(html_[at_]) && html_[at_] != '>') ++at_;
    return decode_entities(html_.substr(begin, at_ - begin));
  }

  void apply(const Tag& tag) {
    if (tag.name == "br") {
      breaks_ = std::min<std::size_t>(breaks_ + 1, 2);
      space_ = false;
    } else if (tag.name == "hr") {
      line_break(1);
      put("----------");
      line_break(1);
    } else if (tag.name == "img") {
      put(tag.alt);
    } else if (tag.name == "a") {
      tag.closing ? end_link() : links_.push_back({tag.href, out_.size()});
    } else if (is_one_of(tag.name, {"td", "th"})) {
      if (!tag.closing && !line_empty()) space_ = true;
    } else if (is_one_of(tag.name, {"ul", "ol"})) {
      list(tag);
    } else if (tag.name == "li") {
      line_break(1);
      if (!tag.closing) pending_mark_ = mark();
    } else if (is_one_of(tag.name,
                         {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "table", "pre"})) {
      line_break(2);
    } else if (is_one_of(tag.name, {"div", "tr", "section", "article", "header", "footer", "main",
                                    "center", "body", "dt", "dd", "address", "form", "nav"})) {
      line_break(1);
    }
  }

  void list(const Tag& tag) {
    if (tag.closing) {
      if (!lists_.empty()) lists_.pop_back();
    } else {
      lists_.push_back(tag.name == "ol" ? 1 : 0);
    }
    line_break(lists_.size() > (tag.closing ? 0u : 1u) ? 1 : 2);
  }

  std::string mark() {
    if (lists_.empty() || lists_.back() == 0) return "- ";
    return std::to_string(lists_.back()++) + ". ";
  }

  void end_link() {
    if (links_.empty()) return;
    Link link = links_.back();
    links_.pop_back();
    std::string words = out_.substr(std::min(link.text_at, out_.size()));
    words.erase(0, words.find_first_not_of(" \n"));
    std::string_view bare = link.href;
    for (std::string_view scheme : {"mailto:", "tel:"})
      if (bare.substr(0, scheme.size()) == scheme) bare.remove_prefix(scheme.size());
    if (bare.empty() || bare[0] == '#' || words == bare || words == link.href) return;
    if (words.empty()) return put(std::string(bare));
    out_ += " (" + std::string(bare) + ")";
  }

  std::string finished() {
    std::string lines;
    for (std::string_view rest = out_;;) {
      const std::size_t end = rest.find('\n');
      const std::string_view line = rest.substr(0, end);
      lines += line.substr(0, line.find_last_not_of(' ') + 1);
      lines += '\n';
      if (end == std::string_view::npos) break;
      rest.remove_prefix(end + 1);
    }
    std::size_t first = lines.find_first_not_of("\n");
    return first == std::string::npos ? "" : lines.substr(first);
  }

  std::string_view html_;
  std::size_t at_ = 0;
  std::string out_;
  std::size_t breaks_ = 0;  // line ends to print before the next word
  bool space_ = false;
  std::string pending_mark_;  // of a list item whose text has not come yet
  std::vector<int> lists_;    // the next number; 0: without numbers
  std::vector<Link> links_;
  std::string hidden_tag_;
  int hidden_depth_ = 0;
};

}  // namespace

std::string html_to_text(std::string_view html) { return Converter(html).run(); }

}  // namespace trig::liquid
