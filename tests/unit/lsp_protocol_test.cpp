// Framing, places and hostile messages: the server answers or ignores, and stays.
#include <gtest/gtest.h>

#include <random>

#include "editor-support/lsp/frame.h"
#include "editor-support/lsp/limits.h"
#include "editor-support/lsp/server.h"

namespace trig::lsp {
namespace {

TEST(Frame, MessagesComeInAnyPieces) {
  const std::string stream = framed("{\"a\":1}") + framed("") + framed("é");
  for (std::size_t size = 1; size < stream.size(); ++size) {
    FrameReader reader;
    std::vector<std::string> texts;
    for (std::size_t at = 0; at < stream.size(); at += size) {
      reader.feed(std::string_view(stream).substr(at, size));
      while (auto frame = reader.next()) {
        ASSERT_TRUE(frame->good()) << frame->problem;
        texts.push_back(frame->text);
      }
    }
    EXPECT_EQ(texts, (std::vector<std::string>{"{\"a\":1}", "", "é"}));
  }
}

TEST(Frame, OtherHeadersAreRead) {
  FrameReader reader;
  reader.feed(
      "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\ncontent-length: 2\r\n\r\n{}");
  EXPECT_EQ(reader.next()->text, "{}");
}

TEST(Frame, AfterNonsenseTheNextMessageIsFound) {
  for (const char* nonsense :
       {"hello\r\n\r\n", "Content-Length: x\r\n\r\n", "Content-Length: -1\r\n\r\n",
        "Content-Length: 9999999999999999999999\r\n\r\n", "Content-Type: a\r\n\r\n", "\r\n\r\n"}) {
    FrameReader reader;
    reader.feed(nonsense + framed("{}"));
    std::size_t problems = 0;
    std::string text;
    while (auto frame = reader.next()) {
      if (!frame->good()) ++problems;
      text = frame->text;
    }
    EXPECT_GE(problems, 1u) << nonsense;
    EXPECT_EQ(text, "{}") << nonsense;
  }
}

TEST(Frame, WhatIsTooLongIsPassedOver) {
  FrameReader reader;
  const std::size_t length = kMaxMessageBytes + 1;
  reader.feed(fmt::format("Content-Length: {}\r\n\r\n", length));
  EXPECT_FALSE(reader.next()->good());
  const std::string block(1024 * 1024, 'x');
  for (std::size_t sent = 0; sent < length;) {
    const std::size_t part = std::min(block.size(), length - sent);
    reader.feed(std::string_view(block).substr(0, part));
    EXPECT_FALSE(reader.next());
    sent += part;
  }
  reader.feed(framed("{}"));
  EXPECT_EQ(reader.next()->text, "{}");
}

TEST(Frame, AHeaderWithoutEndIsRefused) {
  FrameReader reader;
  reader.feed("Content-Length: 1" + std::string(kMaxMessageHeaderBytes, ' '));
  EXPECT_FALSE(reader.next()->good());
}

TEST(Text, PlacesAreCountedInUtf16OrUtf8) {
  const std::string text = "a\xc3\xa9\xf0\x9f\x98\x80z\r\nb\rc\n";  // aé😀z, b, c
  const Lines lines(text);
  EXPECT_EQ(lines.count(), 4u);
  EXPECT_EQ(lines.offset({0, 1}, Encoding::kUtf16), 1u);
  EXPECT_EQ(lines.offset({0, 2}, Encoding::kUtf16), 3u);
  EXPECT_EQ(lines.offset({0, 3}, Encoding::kUtf16), 3u);  // inside the surrogate pair
  EXPECT_EQ(lines.offset({0, 4}, Encoding::kUtf16), 7u);
  EXPECT_EQ(lines.offset({0, 5}, Encoding::kUtf16), 8u);
  EXPECT_EQ(lines.offset({0, 99}, Encoding::kUtf16), 8u);
  EXPECT_EQ(lines.offset({0, 7}, Encoding::kUtf8), 7u);
  EXPECT_EQ(lines.offset({1, 0}, Encoding::kUtf16), 10u);
  EXPECT_EQ(lines.offset({2, 0}, Encoding::kUtf16), 12u);
  EXPECT_EQ(lines.offset({99, 0}, Encoding::kUtf16), text.size());
  EXPECT_EQ(lines.position(7, Encoding::kUtf16), (Position{0, 4}));
  EXPECT_EQ(lines.position(7, Encoding::kUtf8), (Position{0, 7}));
  EXPECT_EQ(lines.position(12, Encoding::kUtf16), (Position{2, 0}));
}

TEST(Text, PlacesThereAndBack) {
  std::mt19937_64 dice(3);
  const std::vector<std::string> pieces = {"a",  "é",  "😀",    "\n",      "\r\n",
                                           "\r", "語", "\xff", "\xf0\x9f"};
  for (int round = 0; round < 300; ++round) {
    std::string text;
    for (int i = 0; i < 30; ++i) text += pieces[dice() % pieces.size()];
    const Lines lines(text);
    for (Encoding encoding : {Encoding::kUtf16, Encoding::kUtf8})
      for (std::uint32_t offset = 0; offset <= text.size(); ++offset) {
        const Position position = lines.position(offset, encoding);
        const std::uint32_t back = lines.offset(position, encoding);
        EXPECT_LE(back, offset);
        EXPECT_EQ(lines.position(back, encoding), position);
      }
  }
}

TEST(Text, UrisAndPaths) {
  EXPECT_EQ(path_of_uri("file:///a/b%20c/%C3%A9.trig"), "/a/b c/é.trig");
  EXPECT_EQ(path_of_uri(uri_of_path("/a/b c/100%/é#?.trig")), "/a/b c/100%/é#?.trig");
  EXPECT_FALSE(path_of_uri("untitled:Untitled-1"));
  EXPECT_FALSE(path_of_uri("file:///a%00b"));
  EXPECT_EQ(path_of_uri("file:///a%zz"), "/a%zz");
}

class Hostile : public ::testing::Test {
 protected:
  Hostile()
      : server_({[this](const std::string& text) { sent_.push_back(text); },
                 [] { return Instant(); }, "0"}) {}

  void initialize() {
    server_.receive(R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{}})");
    sent_.clear();
  }
  int error_of_last() const {
    const json::value last = json::parse(sent_.back());
    return static_cast<int>(last.at("error").at("code").as_int64());
  }

  std::vector<std::string> sent_;
  Server server_;
};

TEST_F(Hostile, BadMessagesGetErrors) {
  server_.receive("{");
  EXPECT_EQ(error_of_last(), kParseError);
  server_.receive(std::string(kMaxMessageDepth + 1, '[') + std::string(kMaxMessageDepth + 1, ']'));
  EXPECT_EQ(error_of_last(), kParseError);
  server_.receive("[]");
  EXPECT_EQ(error_of_last(), kInvalidRequest);
  server_.receive(R"({"id":1,"method":"textDocument/hover"})");
  EXPECT_EQ(error_of_last(), kNotInitialized);
  initialize();
  server_.receive(R"({"id":{},"method":"shutdown"})");
  EXPECT_EQ(error_of_last(), kInvalidRequest);
  server_.receive(R"({"id":2,"method":"no/such"})");
  EXPECT_EQ(error_of_last(), kMethodNotFound);
  server_.receive(R"({"id":3,"method":"initialize"})");
  EXPECT_EQ(error_of_last(), kInvalidRequest);
}

TEST_F(Hostile, AnswersAndUnknownNotificationsAreIgnored) {
  initialize();
  server_.receive(R"({"id":"watch","result":null})");
  server_.receive(R"({"method":"$/setTrace","params":7})");
  server_.receive(R"({"method":"$/cancelRequest","params":{"id":7}})");
  EXPECT_TRUE(sent_.empty());
}

TEST_F(Hostile, ExitAfterShutdownIsClean) {
  initialize();
  server_.receive(R"({"id":2,"method":"shutdown"})");
  server_.receive(R"({"id":3,"method":"textDocument/hover"})");
  EXPECT_EQ(error_of_last(), kInvalidRequest);
  server_.receive(R"({"method":"exit"})");
  EXPECT_EQ(server_.ended(), 0);
}

TEST_F(Hostile, ExitWithoutShutdownIsNot) {
  initialize();
  server_.receive(R"({"method":"exit"})");
  EXPECT_EQ(server_.ended(), 1);
}

// Every message there is, with parameters that are of no use.
TEST_F(Hostile, ParametersOfAnyShape) {
  initialize();
  server_.receive(R"({"method":"textDocument/didOpen",)"
                  R"("params":{"textDocument":{"uri":"file:///nowhere/x.trig",)"
                  R"("languageId":"trig","version":1,)"
                  R"("text":"campaign x {\n  on y\n  send z(a: b.c)\n}\n"}}})");
  server_.receive(R"({"method":"textDocument/didOpen",)"
                  R"("params":{"textDocument":{"uri":"file:///nowhere/x.liquid",)"
                  R"("languageId":"liquid","version":1,"text":"{{ a.b | c: d }}"}}})");
  server_.settle();
  std::vector<std::string> methods = {"textDocument/didOpen", "textDocument/didChange",
                                      "textDocument/didClose", "textDocument/didSave",
                                      "workspace/didChangeWatchedFiles"};
  for (const std::string& one : server_.methods()) methods.push_back(one);
  const std::vector<std::string> params = {
      "null",
      "[]",
      "7",
      "\"x\"",
      "{}",
      R"({"textDocument":7})",
      R"({"textDocument":{"uri":7,"text":[]}})",
      R"({"textDocument":{"uri":"file:///nowhere/x.trig"}})",
      R"({"textDocument":{"uri":"file:///nowhere/x.trig"},"position":{"line":-1,"character":9}})",
      R"({"textDocument":{"uri":"file:///nowhere/x.trig"},)"
      R"("position":{"line":999999999999,"character":1e9}})",
      R"({"textDocument":{"uri":"file:///nowhere/x.trig"},"position":{"line":2,)"
      R"("character":9},"newName":7})",
      R"({"textDocument":{"uri":"file:///nowhere/x.trig"},"position":{"line":2,)"
      R"("character":7},"newName":"Not A Name","range":[],)"
      R"("context":{"only":[7]}})",
      R"({"textDocument":{"uri":"file:///nowhere/x.liquid"},"position":{"line":0,"character":4}})",
      R"({"textDocument":{"uri":"file:///nowhere/x.trig"},"contentChanges":[7,)"
      R"({"text":7},{"range":{},"text":"x"},{"range":{"start":{"line":9,)"
      R"("character":9},"end":{"line":0,"character":0}},"text":"x"}]})",
      R"({"query":7})",
      R"({"changes":7})"};
  for (const std::string& method : methods)
    for (const std::string& given : params)
      for (const char* id : {"", "\"id\":5,"}) {
        server_.receive(fmt::format("{{{}\"method\":\"{}\",\"params\":{}}}", id, method, given));
        server_.settle();
      }
  sent_.clear();
  server_.receive(R"({"id":9,"method":"shutdown"})");
  EXPECT_EQ(sent_.size(), 1u);
}

}  // namespace
}  // namespace trig::lsp
