// FrameReader: the messages in a stream of bytes, as the Language Server Protocol frames them.
//
//   Content-Length: 52\r\n
//   \r\n
//   {"jsonrpc":"2.0", …}
//
//   reader.feed(bytes);
//   while (auto frame = reader.next()) frame->good() ? use(frame->text) : complain(frame->problem);
//
// After bytes that are no message the next header is looked for; a message that is too long is
// passed over without being kept.
// https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace trig::lsp {

struct Frame {
  std::string text;
  std::string problem;  // empty: none
  bool good() const { return problem.empty(); }
};

class FrameReader {
 public:
  void feed(std::string_view bytes);
  std::optional<Frame> next();  // nothing: more bytes are needed

 private:
  std::optional<Frame> bad(std::size_t length, std::string problem);
  std::optional<Frame> find_header();

  std::string buffer_;
  std::size_t skip_ = 0;  // bytes of a message that is passed over
};

// A message with its header.
std::string framed(std::string_view text);

}  // namespace trig::lsp
