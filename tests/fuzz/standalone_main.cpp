#include "tests/fuzz/standalone_main.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <bitset>
#include <cctype>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>
#include <random>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

// Ways through the code that some input took, by a hash of where each comes from and goes to.
// Filled where the code is compiled with -fsanitize-coverage=trace-pc (the preset fuzz).
constexpr std::size_t kWays = 1 << 20;
std::bitset<kWays> ways;
std::size_t ways_taken = 0;
std::uintptr_t before = 0;

}  // namespace

extern "C" void __sanitizer_cov_trace_pc() {
  auto here = reinterpret_cast<std::uintptr_t>(__builtin_return_address(0));
  const std::size_t way = ((here * 0x9e3779b97f4a7c15u) ^ before) >> 7 & (kWays - 1);
  before = here * 0xc2b2ae3d27d4eb4fu;
  if (ways[way]) return;
  ways[way] = true;
  ++ways_taken;
}

extern "C" void __sanitizer_set_death_callback(void (*callback)()) __attribute__((weak));

namespace {

constexpr unsigned kSecondsForOne = 60;  // an input that takes longer is a failure
constexpr std::size_t kMaxKept = 20'000;
constexpr std::size_t kMaxKeptBytes = 16 * 1024;

const std::vector<std::uint8_t>* running = nullptr;

// Whatever ends the process: the input is kept for a second look. Signal-safe.
void keep_input() {
  if (running == nullptr) return;
  const int file = ::open("fuzz_failure.input", O_CREAT | O_TRUNC | O_WRONLY, 0644);
  if (file < 0) return;
  if (::write(file, running->data(), running->size()) >= 0) {
    constexpr char kSaid[] = "the input is in fuzz_failure.input\n";
    if (::write(STDERR_FILENO, kSaid, sizeof kSaid - 1) < 0) ::_exit(1);
  }
  ::close(file);
  running = nullptr;
}

void on_signal(int number) {
  keep_input();
  ::signal(number, SIG_DFL);
  ::raise(number);
}

class Mutator {
 public:
  Mutator(std::uint64_t seed, std::vector<std::string> corpus)
      : random_(seed), corpus_(std::move(corpus)), words_(fuzz_dictionary()) {}

  std::string next() {
    std::string input = pick();
    for (std::size_t steps = 1 + below(8); steps > 0; --steps) mutate(input);
    return input;
  }

  // An input that went a way no other went: what is made of it may go further.
  void keep(std::string input) {
    if (corpus_.size() < kMaxKept && input.size() <= kMaxKeptBytes)
      corpus_.push_back(std::move(input));
  }
  std::size_t kept() const { return corpus_.size(); }

 private:
  std::size_t below(std::size_t bound) { return bound == 0 ? 0 : random_() % bound; }
  const std::string& pick() { return corpus_[below(corpus_.size())]; }

  std::string slice(const std::string& text) {
    const std::size_t begin = below(text.size() + 1);
    return text.substr(begin, below(text.size() - begin + 1));
  }

  void mutate(std::string& input) {
    static constexpr const char* kTokens[] = {"{",    "}",     "[",  "]",    "\"",
                                              ",",    ":",     "\\", "\\u",  "\\ud83d",
                                              "null", "1e999", "-",  "\x80", "\xF0"};
    const std::size_t at = below(input.size() + 1);
    switch (below(words_.empty() ? 7 : 10)) {
      case 0: input.insert(at, kTokens[below(std::size(kTokens))]); break;
      case 1: input.erase(at, 1 + below(8)); break;
      case 2: input.resize(at); break;
      case 3: input.insert(at, slice(pick())); break;
      case 4: input.insert(at, slice(input)); break;
      case 5:
        if (at < input.size()) input[at] = static_cast<char>(random_());
        break;
      case 6:
        if (at < input.size()) input[at] ^= static_cast<char>(1u << below(8));
        break;
      default: put_word(input, at); break;
    }
    if (input.size() > 200'000) input.resize(200'000);
  }

  // In the place of the word that stands there, or before it.
  void put_word(std::string& input, std::size_t at) {
    auto is_word = [&](std::size_t i) {
      return i < input.size() &&
             (std::isalnum(static_cast<unsigned char>(input[i])) != 0 || input[i] == '_');
    };
    while (at > 0 && is_word(at - 1)) --at;
    std::size_t end = at;
    while (is_word(end)) ++end;
    if (below(2) == 0) end = at;
    input.replace(at, end - at, words_[below(words_.size())] + (end == at ? " " : ""));
  }

  std::mt19937_64 random_;
  std::vector<std::string> corpus_;
  std::vector<std::string> words_;
};

void run(const std::string& input) {
  // A copy of exactly this size, so that a sanitizer sees every read beyond its end.
  const std::vector<std::uint8_t> bytes(input.begin(), input.end());
  running = &bytes;
  before = 0;
  ::alarm(kSecondsForOne);
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  ::alarm(0);
  running = nullptr;
}

}  // namespace

// fuzz [--seed N] [--runs N] [--seconds N] [file…]: files are run as they are, and mutated too.
// Ends after so many inputs, or seconds of the processor.
int main(int argc, char** argv) {
  std::uint64_t seed = std::random_device{}();
  std::uint64_t runs = 100'000;
  std::uint64_t seconds = 0;
  std::vector<std::string> corpus = fuzz_seeds();
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--seed") == 0 && i + 1 < argc) {
      seed = std::stoull(argv[++i]);
    } else if (std::strcmp(argv[i], "--runs") == 0 && i + 1 < argc) {
      runs = std::stoull(argv[++i]);
    } else if (std::strcmp(argv[i], "--seconds") == 0 && i + 1 < argc) {
      seconds = std::stoull(argv[++i]);
      runs = UINT64_MAX;
    } else {
      std::ifstream file(argv[i], std::ios::binary);
      corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
  }
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  for (int number : {SIGABRT, SIGALRM, SIGSEGV, SIGFPE, SIGILL}) ::signal(number, on_signal);
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(keep_input);
  for (const std::string& input : corpus) run(input);
  Mutator mutator(seed, corpus);
  std::uint64_t done = 0;
  auto over = [&] {
    return seconds > 0 && static_cast<std::uint64_t>(std::clock() / CLOCKS_PER_SEC) >= seconds;
  };
  for (; done < runs && !over(); ++done) {
    const std::size_t known = ways_taken;
    std::string input = mutator.next();
    run(input);
    if (ways_taken > known) mutator.keep(std::move(input));
  }
  std::printf("%llu inputs, %zu of them kept beside %zu seeds, %zu ways\n",
              static_cast<unsigned long long>(done), mutator.kept() - corpus.size(), corpus.size(),
              ways_taken);
  return 0;
}
