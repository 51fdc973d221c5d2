// Lists and catalogs: the rows of their CSV files, read once, when the project is.
#pragma once

#include "compiler/project/project.h"

namespace trig::project {

// Fills in `rows` of the program's tables. What is wrong in a file is E0325 to E0330, with its
// place there. The texts of the files are let go of: they are large, and older versions of a
// program use the rows of the newest.
void load_tables(Project& project);

// E0331 where trig.toml gives no key for a pool of coupons.
void check_coupon_keys(Project& project);

}  // namespace trig::project
