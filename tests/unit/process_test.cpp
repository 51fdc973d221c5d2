// Other programs are bounded in what they write and how long they take.
#include "compiler/base/process.h"

#include <gtest/gtest.h>

namespace trig {
namespace {

TEST(Process, GivesWhatAProgramWritesAndHowItEnded) {
  Result<Finished> done = run_program(
      {.words = {"sh", "-c", "cat; echo no >&2; exit 3"}, .input = "some text", .max_bytes = 100});
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->exit, 3);
  EXPECT_EQ(done->output, "some text");
  EXPECT_EQ(done->complaint, "no\n");
}

TEST(Process, IsEndedWhenItWritesTooMuch) {
  Result<Finished> done =
      run_program({.words = {"sh", "-c", "while :; do echo more; done"}, .max_bytes = 1000});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "sh says more than 1000 bytes");
}

TEST(Process, IsEndedWhenItTakesTooLong) {
  Result<Finished> done =
      run_program({.words = {"sleep", "600"}, .max_bytes = 1000, .time = std::chrono::seconds(1)});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "sleep takes more than 1 s");
}

TEST(Process, ThatIsNotThereIsSaidSo) {
  Result<Finished> done = run_program({.words = {"no-such-program-of-trig"}, .max_bytes = 1000});
  ASSERT_FALSE(done);
}

}  // namespace
}  // namespace trig
