#include "tests/fuzz/standalone_main.h"

#include <cctype>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

class Mutator {
 public:
  Mutator(std::uint64_t seed, std::vector<std::string> corpus)
      : random_(seed), corpus_(std::move(corpus)), words_(fuzz_dictionary()) {}

  std::string next() {
    std::string input = pick();
    for (std::size_t steps = 1 + below(8); steps > 0; --steps) mutate(input);
    return input;
  }

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
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

}  // namespace

// fuzz [--seed N] [--runs N] [file…]: files are run as they are, and mutated too.
int main(int argc, char** argv) {
  std::uint64_t seed = std::random_device{}();
  std::uint64_t runs = 100'000;
  std::vector<std::string> corpus = fuzz_seeds();
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--seed") == 0 && i + 1 < argc) {
      seed = std::stoull(argv[++i]);
    } else if (std::strcmp(argv[i], "--runs") == 0 && i + 1 < argc) {
      runs = std::stoull(argv[++i]);
    } else {
      std::ifstream file(argv[i], std::ios::binary);
      corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
  }
  std::printf("seed %llu, %llu runs\n", static_cast<unsigned long long>(seed),
              static_cast<unsigned long long>(runs));
  std::fflush(stdout);
  for (const std::string& input : corpus) run(input);
  Mutator mutator(seed, corpus);
  for (std::uint64_t i = 0; i < runs; ++i) run(mutator.next());
  return 0;
}
