// A month of a shop's events, made up from a seed: what `trig backtest` is measured and tested
// with. People come in sessions, unknown at first; most give their address, many want news; they
// look at products, fill carts, some order. The same seed gives the same lines.
//
//   Month month({.seed = 1, .people = 1'000, .events = 25'000});
//   for (std::string line; month.next(line);) file << line;
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "compiler/base/time.h"

namespace trig {

struct MonthOptions {
  std::uint64_t seed = 1;
  std::uint32_t people = 200'000;
  std::uint64_t events = 5'000'000;
};

class Month {
 public:
  explicit Month(const MonthOptions& options);
  // An event in Segment's form, with its line end. False: the month is over.
  bool next(std::string& line);

 private:
  struct Person {
    std::uint32_t carts = 0;
    std::uint32_t items = 0;  // in the cart at hand
    bool identified = false;
    bool confirmed = false;
  };
  struct Session {
    std::uint32_t person = 0;
    std::uint32_t category = 0;
    bool began = false;
  };

  void begin_session(Session& session);
  std::string event_of(Session& session);
  bool chance(int percent) { return static_cast<int>(random_() % 100) < percent; }

  MonthOptions options_;
  std::mt19937_64 random_;
  std::vector<Person> people_;
  std::vector<Session> sessions_;
  std::uint64_t done_ = 0;
};

}  // namespace trig
