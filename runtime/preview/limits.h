// The bounds of previews, each with a test that reaches it.
#pragma once

namespace trig::preview {

// Samples of values
constexpr int kMaxSampleDepth = 4;  // nesting of records and lists

}  // namespace trig::preview
