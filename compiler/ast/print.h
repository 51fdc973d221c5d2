// The formatter's parts, one a kind of declaration. Internal to the library.
#pragma once

#include "compiler/ast/ast.h"
#include "compiler/ast/writer.h"

namespace trig::ast {

class Printer {
 public:
  Printer(const File& file, const std::vector<Comment>& comments, const Source& source)
      : file_(file), out_(comments, source) {}
  std::string print();
  std::string print_one(std::size_t index);

 private:
  // printer.cpp
  void declaration(std::size_t index);
  void segment(std::size_t index, const SegmentDecl& segment);
  bool breaks(const Declaration& declaration) const;
  void fields(const Declaration& declaration, const std::vector<FieldDecl>& fields);
  void rules(const Declaration& declaration, const PolicyDecl& policy);

  // print_campaign.cpp
  void campaign(const Declaration& declaration, const CampaignDecl& campaign);
  void block(const Block& block);
  void step(const Step& step);
  void wait_for_event(const Step& step, const WaitForEvent& wait);
  void when(const Step& step, const When& when);
  void split(const Step& step, const Split& split);
  std::uint32_t after(const Block& block, std::uint32_t open) const;

  // print_test.cpp
  void test(const Declaration& declaration, const TestDecl& test);

  // `doc`, which stood from begin to end.
  void item(const Doc& doc, std::uint32_t begin, std::uint32_t end);

  const File& file_;
  Writer out_;
  std::size_t segments_end_ = 0;  // of the neighbouring segments whose colons are aligned
  std::size_t segments_width_ = 0;
};

}  // namespace trig::ast
