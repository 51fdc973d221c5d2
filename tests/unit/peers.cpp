#include "tests/unit/peers.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace trig::test {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// Listens on a free port of 127.0.0.1.
int listen_somewhere(std::uint16_t& port) {
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  bool good = fd >= 0 && ::bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
              ::listen(fd, 64) == 0 &&
              ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  if (!good) throw std::runtime_error("cannot listen on 127.0.0.1");
  port = ntohs(address.sin_port);
  return fd;
}

bool readable(int fd, std::chrono::milliseconds patience) {
  pollfd wait{fd, POLLIN, 0};
  return ::poll(&wait, 1, static_cast<int>(patience.count())) == 1;
}

// Ends a script whose peer has gone.
struct PeerGone {};

}  // namespace

std::uint16_t free_port() {
  std::uint16_t port = 0;
  ::close(listen_somewhere(port));
  return port;
}

std::string read_whole(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TempFolder::TempFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "trig-test-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) throw std::runtime_error("cannot make a temporary folder");
  path_ = pattern;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void TempFolder::open_to_all() const {
  std::filesystem::permissions(path_, std::filesystem::perms::all);
}

Child::Child(std::vector<std::string> arguments, const std::filesystem::path& log) {
  std::vector<char*> words;
  for (std::string& argument : arguments) words.push_back(argument.data());
  words.push_back(nullptr);
  std::string output = log.empty() ? "/dev/null" : log.string();
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("cannot fork");
  if (pid_ > 0) return;
  int fd = ::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  ::dup2(fd, 1);
  ::dup2(fd, 2);
  ::execvp(words[0], words.data());
  ::_exit(127);
}

void Child::stop() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGTERM);
  for (int i = 0; i < 100; ++i) {
    if (::waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = -1;
      return;
    }
    ::usleep(10'000);
  }
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

int Child::wait() {
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void await_listener(std::uint16_t port) {
  auto end = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < end) {
    int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(port);
    int result = ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::close(fd);
    if (result == 0) return;
    ::usleep(10'000);
  }
  throw std::runtime_error("nobody listens");
}

SmtpSink::SmtpSink(std::vector<std::string> options)
    : arguments_{"/usr/sbin/smtp-sink"}, port_(free_port()) {
  if (::geteuid() == 0) arguments_.insert(arguments_.end(), {"-u", "nobody"});
  arguments_.insert(arguments_.end(), options.begin(), options.end());
  arguments_.push_back(fmt::format("127.0.0.1:{}", port_));
  arguments_.push_back("100");
  restart();
}

void SmtpSink::restart() {
  if (child_) child_->stop();
  child_ = std::make_unique<Child>(arguments_);
  await_listener(port_);
}

struct ScriptedPeer::Tls {
  SSL_CTX* context = nullptr;
  SSL* ssl = nullptr;
  ~Tls() {
    SSL_free(ssl);
    SSL_CTX_free(context);
  }
};

ScriptedPeer::ScriptedPeer(int fd) : fd_(fd) {
  int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

ScriptedPeer::~ScriptedPeer() {
  tls_.reset();
  if (fd_ >= 0) ::close(fd_);
}

void ScriptedPeer::send(const std::string& bytes) {
  if (fd_ < 0) throw PeerGone();
  if (tls_) {
    if (SSL_write(tls_->ssl, bytes.data(), static_cast<int>(bytes.size())) <= 0) throw PeerGone();
    return;
  }
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    ssize_t count = ::send(fd_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) throw PeerGone();
    sent += static_cast<std::size_t>(count);
  }
}

bool ScriptedPeer::fill() {
  if (fd_ < 0) return false;
  char buffer[4096];
  bool pending = tls_ && SSL_pending(tls_->ssl) > 0;
  if (!pending && !readable(fd_, kPatience)) return false;
  ssize_t count =
      tls_ ? SSL_read(tls_->ssl, buffer, sizeof buffer) : ::recv(fd_, buffer, sizeof buffer, 0);
  if (count <= 0) return false;
  input_.append(buffer, static_cast<std::size_t>(count));
  return true;
}

std::string ScriptedPeer::until(const std::string& marker) {
  std::size_t at;
  while ((at = input_.find(marker)) == std::string::npos) {
    if (!fill()) throw PeerGone();
  }
  std::string text = input_.substr(0, at + marker.size());
  input_.erase(0, text.size());
  return text;
}

std::string ScriptedPeer::line() {
  std::string text = until("\r\n");
  return text.substr(0, text.size() - 2);
}

std::string ScriptedPeer::some(std::size_t count) {
  while (input_.size() < count) {
    if (!fill()) throw PeerGone();
  }
  std::string text = input_.substr(0, count);
  input_.erase(0, count);
  return text;
}

void ScriptedPeer::start_tls(const std::string& certificate, const std::string& key,
                             int max_version) {
  tls_ = std::make_unique<Tls>();
  tls_->context = SSL_CTX_new(TLS_server_method());
  if (max_version != 0) {
    SSL_CTX_set_security_level(tls_->context, 0);
    SSL_CTX_set_min_proto_version(tls_->context, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(tls_->context, max_version);
  }
  SSL_CTX_use_certificate_chain_file(tls_->context, certificate.c_str());
  SSL_CTX_use_PrivateKey_file(tls_->context, key.c_str(), SSL_FILETYPE_PEM);
  tls_->ssl = SSL_new(tls_->context);
  SSL_set_fd(tls_->ssl, fd_);
  if (SSL_accept(tls_->ssl) != 1) throw PeerGone();
}

void ScriptedPeer::reset() {
  linger now{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  ::close(fd_);
  fd_ = -1;
}

ScriptedServer::ScriptedServer(Script script) : listener_(listen_somewhere(port_)) {
  ::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
  thread_ = std::thread([this, script = std::move(script)] { serve(script); });
}

ScriptedServer::~ScriptedServer() {
  stopping_ = true;
  thread_.join();
  ::close(listener_);
}

void ScriptedServer::serve(const Script& script) {
  while (!stopping_) {
    if (!readable(listener_, std::chrono::milliseconds(20))) continue;
    int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    scripts_.emplace_back([&script, fd, number = ++connections_] {
      ScriptedPeer peer(fd);
      try {
        script(peer, number);
      } catch (PeerGone) {
      }
    });
  }
  for (std::thread& thread : scripts_) thread.join();
}

Certificate make_certificate(const std::filesystem::path& folder, const std::string& name) {
  Certificate made{(folder / (name + ".pem")).string(), (folder / (name + ".key")).string()};
  Child openssl({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                 "-nodes", "-days", "2", "-subj", "/CN=" + name, "-addext",
                 "subjectAltName=DNS:" + name, "-keyout", made.key, "-out", made.file});
  if (openssl.wait() != 0) throw std::runtime_error("openssl could not make a certificate");
  return made;
}

Mail sample_mail(int number) {
  Mail mail;
  mail.id = MessageId{static_cast<std::uint64_t>(number)};
  mail.message_id = fmt::format("m{}.0@shop.example", number);
  mail.date = Instant(std::chrono::seconds(1'774'699'200));  // 2026-03-28 12:00 UTC
  mail.from = {"The Shop", "shop@shop.example"};
  mail.to = {"Ana Lima", "ana@example.com"};
  mail.subject = "Your cart is waiting";
  mail.text = "Hello Ana,\n.\n..two dots\nyour cart: https://shop.example/cart\n";
  mail.html = "<p>Hello Ana,</p>\n<p>your <a href=\"https://shop.example/cart\">cart</a></p>\n";
  mail.headers = {{"List-Unsubscribe", "<https://shop.example/u/abc>"},
                  {"List-Unsubscribe-Post", "List-Unsubscribe=One-Click"},
                  {"X-Trig-Send", fmt::format("send-{}", number)}};
  return mail;
}

}  // namespace trig::test
