// What the ingest tests share: compression, a clock that stands still, and an Inbox that records.
#pragma once

#include <gtest/gtest.h>
#include <zlib.h>

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/ports/clock.h"
#include "runtime/ports/inbox.h"

namespace trig::ingest {

constexpr int kGzip = MAX_WBITS + 16;
constexpr int kZlib = MAX_WBITS;
constexpr int kRawDeflate = -MAX_WBITS;

inline std::string compress(std::string_view text, int window_bits) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, window_bits, 9, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

inline Instant at(std::string_view text) { return parse_instant(text).value(); }

class StandingClock : public Clock {
 public:
  Instant now() const override { return at("2026-03-28T12:00:00Z"); }
};

// Keeps what it is given and answers as told.
class RecordingInbox : public Inbox {
 public:
  void submit(std::vector<Envelope> batch, std::function<void(Receipt)> done) override {
    {
      std::lock_guard lock(mutex_);
      if (receipt_.kind == ReceiptKind::kDurable) batches_.push_back(std::move(batch));
    }
    done(receipt());
  }
  void unsubscribe(UnsubscribeRequest request, std::function<void(Receipt)> done) override {
    {
      std::lock_guard lock(mutex_);
      if (receipt_.kind == ReceiptKind::kDurable) unsubscribed_.push_back(std::move(request));
    }
    done(receipt());
  }

  void answer_with(Receipt receipt) {
    std::lock_guard lock(mutex_);
    receipt_ = receipt;
  }
  std::vector<std::vector<Envelope>> batches() const {
    std::lock_guard lock(mutex_);
    return batches_;
  }
  std::vector<UnsubscribeRequest> unsubscribed() const {
    std::lock_guard lock(mutex_);
    return unsubscribed_;
  }

 private:
  Receipt receipt() const {
    std::lock_guard lock(mutex_);
    return receipt_;
  }

  mutable std::mutex mutex_;
  Receipt receipt_;
  std::vector<std::vector<Envelope>> batches_;
  std::vector<UnsubscribeRequest> unsubscribed_;
};

}  // namespace trig::ingest
