// A main() for fuzz targets where libFuzzer is not at hand: runs the seeds, then random mutations
// of them, from a seed that it prints, so that a failure can be run again.
#pragma once

#include <string>
#include <vector>

// Inputs the target begins with; each target defines its own.
std::vector<std::string> fuzz_seeds();
// Words that mutations put in, beside a few signs; may be empty.
std::vector<std::string> fuzz_dictionary();
