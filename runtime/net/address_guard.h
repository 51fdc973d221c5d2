// Which addresses a call to an outside party may go to: those of the public Internet. What
// campaigns write down must not reach this machine, its networks or the cloud's metadata service.
//
//   is_public_address("93.184.216.34")     // true
//   is_public_address("::ffff:127.0.0.1")  // false
//
// Source: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890).
#pragma once

#include <string_view>

namespace trig::net {

// A numeric address, as a resolver gives it; false for anything else.
bool is_public_address(std::string_view address);

}  // namespace trig::net
