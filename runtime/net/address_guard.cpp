#include "runtime/net/address_guard.h"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <string>

namespace trig::net {
namespace {

namespace ip = boost::asio::ip;

struct Block4 {
  std::uint32_t network;
  int bits;
};
constexpr std::uint32_t v4(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}
constexpr std::array kSpecial4 = {
    Block4{v4(0, 0, 0, 0), 8},      Block4{v4(10, 0, 0, 0), 8},     Block4{v4(100, 64, 0, 0), 10},
    Block4{v4(127, 0, 0, 0), 8},    Block4{v4(169, 254, 0, 0), 16}, Block4{v4(172, 16, 0, 0), 12},
    Block4{v4(192, 0, 0, 0), 24},   Block4{v4(192, 0, 2, 0), 24},   Block4{v4(192, 88, 99, 0), 24},
    Block4{v4(192, 168, 0, 0), 16}, Block4{v4(198, 18, 0, 0), 15},  Block4{v4(198, 51, 100, 0), 24},
    Block4{v4(203, 0, 113, 0), 24}, Block4{v4(224, 0, 0, 0), 4},    Block4{v4(240, 0, 0, 0), 4}};

bool is_public4(std::uint32_t address) {
  return std::none_of(kSpecial4.begin(), kSpecial4.end(), [&](const Block4& block) {
    int host_bits = 32 - block.bits;
    return (address >> host_bits) == (block.network >> host_bits);
  });
}

struct Block6 {
  std::array<std::uint8_t, 12> network;
  int bits;
};
// What lies within 2000::/3, the only unicast space that is given out, and is special still.
constexpr std::array kSpecial6 = {Block6{{0x20, 0x01, 0x00}, 23},        // IETF protocols
                                  Block6{{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation
                                  Block6{{0x20, 0x02}, 16},              // 6to4: holds IPv4
                                  Block6{{0x3f, 0xff, 0x00}, 20}};       // documentation

bool in_block(const ip::address_v6::bytes_type& address, const Block6& block) {
  for (int bit = 0; bit < block.bits; ++bit) {
    auto byte = static_cast<std::size_t>(bit / 8);
    int mask = 0x80 >> (bit % 8);
    if ((address[byte] & mask) != (block.network[byte] & mask)) return false;
  }
  return true;
}

bool is_public6(const ip::address_v6& address) {
  if (address.is_v4_mapped())
    return is_public4(ip::make_address_v4(ip::v4_mapped, address).to_uint());
  ip::address_v6::bytes_type bytes = address.to_bytes();
  if ((bytes[0] & 0xe0) != 0x20) return false;
  return std::none_of(kSpecial6.begin(), kSpecial6.end(),
                      [&](const Block6& block) { return in_block(bytes, block); });
}

}  // namespace

bool is_public_address(std::string_view text) {
  boost::system::error_code error;
  ip::address address = ip::make_address(std::string(text), error);
  if (error) return false;
  return address.is_v4() ? is_public4(address.to_v4().to_uint()) : is_public6(address.to_v6());
}

}  // namespace trig::net
