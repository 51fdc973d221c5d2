// Fields that name a thing which an event tells about once: an order is completed once, so no two
// `order_completed` have one `order_id`. Internal to compiler/check.
#pragma once

#include <string_view>

namespace trig::check {

// `order_completed` and `order_id`: the event's noun is the field's, and its verb says that the
// thing came into being or was finished.
bool comes_once(std::string_view event, std::string_view field);

}  // namespace trig::check
