#include "runtime/net/event_loop.h"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "runtime/net/asio.h"

namespace trig::net {

struct Timer::State {
  boost::asio::steady_timer timer;
  bool cancelled = false;
};

void Timer::cancel() {
  if (!state_) return;
  state_->cancelled = true;
  state_->timer.cancel();
  state_.reset();
}

Timer& Timer::operator=(Timer&& other) {
  if (this != &other) {
    cancel();
    state_ = std::move(other.state_);
  }
  return *this;
}

EventLoop::EventLoop() : impl_(std::make_unique<Impl>()) {}
EventLoop::~EventLoop() = default;

void EventLoop::run() { impl_->context.run(); }
void EventLoop::stop() { impl_->context.stop(); }

void EventLoop::post(std::function<void()> task) {
  boost::asio::post(impl_->context, std::move(task));
}

Timer EventLoop::after(std::chrono::nanoseconds delay, std::function<void()> task) {
  auto state = std::make_shared<Timer::State>(
      Timer::State{boost::asio::steady_timer(impl_->context, delay), false});
  state->timer.async_wait([state, task = std::move(task)](boost::system::error_code error) {
    if (!error && !state->cancelled) task();
  });
  return Timer(state);
}

}  // namespace trig::net
