// EventLoop: one thread that waits for sockets and timers. Everything of runtime/net belongs to one
// loop and is used on its thread only; `post` is the one call that may come from elsewhere.
//
//   EventLoop loop;
//   loop.after(std::chrono::seconds(1), [] { … });
//   loop.run();                       // until stop()
#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace trig::net {

// Cancels its timer when it goes away.
class Timer {
 public:
  Timer() = default;
  void cancel();

 private:
  friend class EventLoop;
  struct State;
  std::shared_ptr<State> state_;
  explicit Timer(std::shared_ptr<State> state) : state_(std::move(state)) {}

 public:
  Timer(Timer&&) = default;
  Timer& operator=(Timer&& other);
  ~Timer() { cancel(); }
};

class EventLoop {
 public:
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  void run();                             // until stop(); may be called once
  void stop();                            // thread-safe
  void post(std::function<void()> task);  // thread-safe; runs `task` on the loop's thread
  [[nodiscard]] Timer after(std::chrono::nanoseconds delay, std::function<void()> task);

  struct Impl;  // holds the io_context; for runtime/net's own files (runtime/net/asio.h)
  Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace trig::net
