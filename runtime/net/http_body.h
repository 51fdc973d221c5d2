// Private to runtime/net: a Beast body that grows only as bytes really arrive (an announced length
// costs nothing) and is charged to a budget that all connections of a server share.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/optional.hpp>
#include <string>
#include <utility>

namespace trig::net {

struct BodyBudget {
  std::size_t used = 0;
  std::size_t limit = 0;
};

// Part of a budget, given back when it goes away.
class BodyCharge {
 public:
  BodyCharge() = default;
  explicit BodyCharge(BodyBudget& budget) : budget_(&budget) {}
  BodyCharge(BodyCharge&& other) noexcept
      : budget_(std::exchange(other.budget_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  BodyCharge& operator=(BodyCharge&& other) noexcept {
    std::swap(budget_, other.budget_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~BodyCharge() {
    if (budget_) budget_->used -= size_;
  }

  bool take(std::size_t bytes) {
    if (!budget_) return true;
    if (bytes > budget_->limit - budget_->used) return false;
    budget_->used += bytes;
    size_ += bytes;
    return true;
  }

 private:
  BodyBudget* budget_ = nullptr;
  std::size_t size_ = 0;
};

struct HttpBody {
  struct value_type {
    std::string text;
    BodyCharge charge;
  };

  class reader {
   public:
    template <bool is_request, class Fields>
    reader(boost::beast::http::header<is_request, Fields>&, value_type& body) : body_(body) {}

    void init(const boost::optional<std::uint64_t>&, boost::system::error_code& error) {
      error = {};
    }

    template <class Buffers>
    std::size_t put(const Buffers& buffers, boost::system::error_code& error) {
      const std::size_t bytes = boost::asio::buffer_size(buffers);
      if (!body_.charge.take(bytes)) {
        error = boost::asio::error::no_buffer_space;
        return 0;
      }
      for (auto buffer : boost::beast::buffers_range_ref(buffers))
        body_.text.append(static_cast<const char*>(buffer.data()), buffer.size());
      error = {};
      return bytes;
    }

    void finish(boost::system::error_code& error) { error = {}; }

   private:
    value_type& body_;
  };
};

}  // namespace trig::net
