// "a step such as `wait`, `send` or `when`": what could stand at a place, in the user's words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/parse/expectation.h"

namespace trig::parse {

// A phrase of at most four parts.
std::string expected_words(const Expectation& expectation);

// What a name would be called there: "the name of an event". Empty if no name fits.
std::string name_words(const Expectation& expectation);

// The words of fixed spelling that fit, other than as names.
std::vector<std::string> fitting_words(const Expectation& expectation);

// A unit of time and nothing else.
bool expects_unit(const Expectation& expectation);

}  // namespace trig::parse
