// FileTransport: each mail as a file, "<date>-<message>.eml" in one folder, for development and for
// previews. The bytes are those that SMTP would send.
//
//   auto folder = FileTransport::create("outbox");
//   (*folder)->send(mail, …);   // outbox/20260328T120000Z-abc.0_shop.example.eml
//
// A file appears whole (written and synced under another name, then renamed) or not at all. A
// second mail with the same date and Message-ID gets "-2" after its name, and so on up to
// kMaxSameFileNames. Failure of create: the folder cannot be made. A file that cannot be written
// defers the mail.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "compiler/base/result.h"
#include "runtime/ports/transport.h"

namespace trig::delivery {

class FileTransport : public Transport {
 public:
  static Result<std::unique_ptr<FileTransport>> create(const std::filesystem::path& folder);
  void send(Mail mail, std::function<void(SendReply)> done) override;
  std::string name() const override { return "file:" + folder_.string(); }

 private:
  explicit FileTransport(std::filesystem::path folder) : folder_(std::move(folder)) {}
  Result<std::string> write(const Mail& mail, const std::string& bytes) const;

  std::filesystem::path folder_;
};

}  // namespace trig::delivery
