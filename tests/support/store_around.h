// A store that hands everything on to another: for those that change one thing about it.
#pragma once

#include <memory>

#include "runtime/ports/store.h"

namespace trig::test {

class StoreAround : public Store {
 public:
  explicit StoreAround(std::shared_ptr<Store> real) : real_(std::move(real)) {}

  Result<std::optional<std::string>> get(Space space, std::string_view key) const override {
    return real_->get(space, key);
  }
  Result<std::vector<std::optional<std::string>>> get_many(
      Space space, const std::vector<std::string>& keys) const override {
    return real_->get_many(space, keys);
  }
  Status scan(Space space, std::string_view begin, std::string_view end,
              const RowVisitor& row) const override {
    return real_->scan(space, begin, end, row);
  }
  Status scan_back(Space space, std::string_view begin, std::string_view end,
                   const RowVisitor& row) const override {
    return real_->scan_back(space, begin, end, row);
  }
  Status commit(const Commit& commit) override { return real_->commit(commit); }

 private:
  std::shared_ptr<Store> real_;
};

}  // namespace trig::test
