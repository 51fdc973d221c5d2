#include "tests/tools/planted_ports.h"

#include "tests/support/store_around.h"

namespace trig::test {
namespace {

constexpr int kLostCommit = 20;
constexpr int kDoubleSend = 20;

class LosingStore : public StoreAround {
 public:
  using StoreAround::StoreAround;

  Status commit(const Commit& commit) override {
    bool event = false;
    for (std::size_t i = 0; i < commit.size(); ++i)
      event = event || commit[i].space == Space::kEvents;
    if (event && ++events_ % kLostCommit == 0) return {};
    return StoreAround::commit(commit);
  }

 private:
  int events_ = 0;
};

class DoublingTransport : public Transport {
 public:
  explicit DoublingTransport(std::unique_ptr<Transport> real) : real_(std::move(real)) {}

  void send(Mail mail, std::function<void(SendReply)> done) override {
    auto copy = std::make_shared<Mail>(mail);
    real_->send(std::move(mail), [this, copy, done = std::move(done)](SendReply reply) {
      bool taken = reply.outcome == SendOutcome::kAccepted;
      done(std::move(reply));
      if (taken && ++taken_ % kDoubleSend == 0) send_again(std::move(*copy));
    });
  }
  std::string name() const override { return real_->name(); }

 private:
  void send_again(Mail mail) {
    if (taken_ % (2 * kDoubleSend) == 0) mail.message_id = "again." + mail.message_id;
    real_->send(std::move(mail), [](SendReply) {});
  }

  std::unique_ptr<Transport> real_;
  int taken_ = 0;
};

}  // namespace

void plant_lost_commit(server::ServePorts& ports) {
  ports.open_store =
      [open = ports.open_store](const std::string& directory) -> Result<std::unique_ptr<Store>> {
    auto store = open(directory);
    if (!store) return store;
    return std::make_unique<LosingStore>(std::move(*store));
  };
}

void plant_double_send(server::ServePorts& ports) {
  ports.make_transport = [make = ports.make_transport](
                             const project::Project& project,
                             net::EventLoop& loop) -> Result<std::unique_ptr<Transport>> {
    auto transport = make(project, loop);
    if (!transport) return transport;
    return std::make_unique<DoublingTransport>(std::move(*transport));
  };
}

}  // namespace trig::test
