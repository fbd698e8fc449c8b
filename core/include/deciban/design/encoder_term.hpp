#pragma once
#include "deciban/base/config.hpp"

#include <memory>
#include <string>

#include "deciban/base/document.hpp"
#include "deciban/encoding/frequency_encoder.hpp"
#include "deciban/encoding/target_encoder.hpp"
#include "deciban/encoding/woe_encoder.hpp"

namespace deciban::design {

/// A variable te(...), fe(...) or woe(...): what it was asked to learn, and what it learned from all training rows.
/// Training rows of te() have the encoder's leakage-free values; those of the others, and new rows, the full
/// statistics.
struct EncoderTerm {
  std::string function;  ///< "te", "fe" or "woe"
  std::string outer;     ///< elementwise function around it: log(te(x)); else empty
  std::string term;      ///< "a", "a:b" or "a/b" as encoders take it
  std::string folds_by;  ///< te with scheme "group" or "time": the column of groups or times; read at the fit only
  encoding::TargetOptions target_options;
  encoding::FrequencyOptions frequency_options;
  encoding::WoeOptions woe_options;
  std::shared_ptr<const encoding::TargetEncoder> target;        ///< te
  std::shared_ptr<const encoding::FrequencyEncoder> frequency;  ///< fe
  std::shared_ptr<const encoding::WoeEncoder> woe;              ///< woe
};

Document to_document(const EncoderTerm& term);
/// Raises FormatError `format.invalid`, `format.missing_key`.
EncoderTerm encoder_term_from_document(const Document& document);

}  // namespace deciban::design
