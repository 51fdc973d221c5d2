// distance: the great circle between two places, by the haversine formula on a sphere of the
// Earth's mean radius (IUGG, 6371.0088 km). Rounded to the metre, so that machines agree.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "stdlib/builtins.h"

namespace trig::stdlib::functions {
namespace {

constexpr double kEarthRadius = 6371.0088;  // km

double radians(double degrees) { return degrees * std::numbers::pi / 180; }

}  // namespace

ir::Value distance(const Call& call) {
  double degrees[4] = {};
  for (std::size_t i = 0; i < 4; ++i) {
    const Decimal* number = call.operands[i].get<Decimal>();
    if (number == nullptr) return {};
    degrees[i] = number->to_double();
    if (std::abs(degrees[i]) > (i % 2 == 0 ? 90.0 : 180.0)) return {};  // nowhere on Earth
  }
  double latitude = std::sin(radians(degrees[2] - degrees[0]) / 2);
  double longitude = std::sin(radians(degrees[3] - degrees[1]) / 2);
  double half_chord = latitude * latitude + std::cos(radians(degrees[0])) *
                                                std::cos(radians(degrees[2])) * longitude *
                                                longitude;
  double kilometres = 2 * kEarthRadius * std::asin(std::min(1.0, std::sqrt(half_chord)));
  return Decimal::from_millionths(std::llround(kilometres * 1000) * 1000);
}

}  // namespace trig::stdlib::functions
