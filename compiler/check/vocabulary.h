// Closed vocabularies of others: ISO 4217 currencies and ISO 3166-1 countries. A word outside of
// them would never match anything. Internal to compiler/check.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace trig::check {

// Currencies in use; https://www.six-group.com/en/products-services/financial-information/
// data-standards.html keeps the list.
const std::vector<std::string>& currencies();

// Alpha-2 codes, and XK, which stands for Kosovo everywhere in practice.
const std::vector<std::string>& countries();

bool is_word_of(const std::vector<std::string>& vocabulary, std::string_view word);

}  // namespace trig::check
