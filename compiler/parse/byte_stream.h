// The text of a Source as ANTLR's lexer reads it: bytes, so that every place is a byte offset as
// TextRange means it. The text must outlive the stream.
#pragma once

#include <antlr4-runtime.h>

#include <string>
#include <string_view>

namespace trig::parse {

class ByteStream : public antlr4::CharStream {
 public:
  // Reads from `begin` on; offsets still count from the start of `text`.
  ByteStream(std::string_view text, std::size_t begin) : text_(text), index_(begin) {}

  void consume() override { ++index_; }
  std::size_t LA(ssize_t offset) override;
  ssize_t mark() override { return 0; }
  void release(ssize_t) override {}
  std::size_t index() override { return index_; }
  void seek(std::size_t index) override { index_ = index; }
  std::size_t size() override { return text_.size(); }
  std::string getSourceName() const override { return {}; }
  std::string getText(const antlr4::misc::Interval& interval) override;
  std::string toString() const override { return std::string(text_); }

 private:
  std::string_view text_;
  std::size_t index_;
};

}  // namespace trig::parse
