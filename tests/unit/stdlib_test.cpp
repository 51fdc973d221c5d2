#include "stdlib/stdlib.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "compiler/diagnostics/render.h"
#include "compiler/parse/parse.h"
#include "tests/tools/check_bench.h"

namespace trig {
namespace {

TEST(Stdlib, EveryModuleChecksCleanAloneAndWithTheOthers) {
  std::string all;
  for (const std::string& module : stdlib::modules()) {
    CheckBench alone("use " + module + "\n");
    EXPECT_TRUE(alone.diagnostics.all().empty())
        << render_text(alone.diagnostics, alone.sources, {});
    EXPECT_GE(alone.checked.program.events.size() + alone.checked.program.policies.size(), 2u)
        << module;
    all += "use " + module + "\n";
  }
  CheckBench together(all);
  EXPECT_TRUE(together.diagnostics.all().empty())
      << render_text(together.diagnostics, together.sources, {});
}

TEST(Stdlib, ModulesAreFoundByNameAndByEvent) {
  EXPECT_THAT(stdlib::modules(), testing::ElementsAre("std.billing", "std.ecommerce", "std.email",
                                                      "std.policies", "std.saas", "std.segments"));
  EXPECT_NE(stdlib::find("std.email"), nullptr);
  EXPECT_EQ(stdlib::find("std.e-mail"), nullptr);
  EXPECT_EQ(stdlib::module_of_event("order_completed"), "std.ecommerce");
  EXPECT_EQ(stdlib::module_of_event("email_opened"), "std.email");
  EXPECT_EQ(stdlib::module_of_event("payment_failed"), "std.billing");
  EXPECT_EQ(stdlib::module_of_event("order_complete"), "");
}

// Every event of the Segment e-commerce specification (V2) and of Braze's recommended e-commerce
// events arrives somewhere.
TEST(Stdlib, ShopEventsAreUnderstoodAsTheyAreSent) {
  CheckBench bench("use std.ecommerce\n");
  std::set<std::string> received;
  for (const ir::EventType& event : bench.checked.program.events)
    for (const std::string& name : event.received_names)
      EXPECT_TRUE(received.insert(name).second) << name << " leads to two events";
  for (const char* name : {"Products Searched",
                           "Product List Viewed",
                           "Product List Filtered",
                           "Promotion Viewed",
                           "Promotion Clicked",
                           "Product Clicked",
                           "Product Viewed",
                           "Product Added",
                           "Product Removed",
                           "Cart Viewed",
                           "Checkout Started",
                           "Checkout Step Viewed",
                           "Checkout Step Completed",
                           "Payment Info Entered",
                           "Order Updated",
                           "Order Completed",
                           "Order Refunded",
                           "Order Cancelled",
                           "Coupon Entered",
                           "Coupon Applied",
                           "Coupon Denied",
                           "Coupon Removed",
                           "Product Added to Wishlist",
                           "Product Removed from Wishlist",
                           "Wishlist Product Added to Cart",
                           "Product Shared",
                           "Cart Shared",
                           "Product Reviewed",
                           "ecommerce.product_viewed",
                           "ecommerce.cart_updated",
                           "ecommerce.checkout_started",
                           "ecommerce.order_placed",
                           "ecommerce.order_cancelled",
                           "ecommerce.order_refunded"})
    EXPECT_TRUE(received.contains(name)) << name;
}

// A module brings along what it uses itself.
TEST(Stdlib, SubscriptionsArePartOfSaasAndOfBillingAlone) {
  for (const char* module : {"std.saas", "std.billing"}) {
    CheckBench bench(std::string("use ") + module + "\n");
    EXPECT_GE(bench.checked.program.find_event("subscription_started"), 0) << module;
  }
}

TEST(Stdlib, PoliciesAskForWhatTheySay) {
  CheckBench bench("use std.policies\n");
  const ir::Program& program = bench.checked.program;
  ASSERT_EQ(program.policies.size(), 2u);
  const ir::Policy& marketing = program.policies[0];
  EXPECT_EQ(marketing.name, "marketing");
  EXPECT_TRUE(marketing.consent_required && marketing.topic && marketing.quiet);
  EXPECT_EQ(marketing.caps.size(), 2u);
  EXPECT_EQ(program.policies[1].name, "transactional");
  EXPECT_FALSE(program.policies[1].consent_required);
  EXPECT_TRUE(program.policies[1].caps.empty());
}

// Whoever writes a campaign reads these files: every event says in a comment what it is.
TEST(Stdlib, EveryEventIsExplained) {
  for (const std::string& module : stdlib::modules()) {
    std::string text(stdlib::find(module)->text);
    for (std::size_t at = text.find("\nevent "); at != std::string::npos;
         at = text.find("\nevent ", at + 1)) {
      std::size_t line = text.rfind('\n', at - 1) + 1;
      EXPECT_EQ(text[line], '#') << module << ": " << text.substr(at + 1, 40);
    }
  }
}

}  // namespace
}  // namespace trig
