#pragma once
#include "deciban/base/config.hpp"

#include <string>

#include "deciban/models/encoders.hpp"
#include "deciban/models/fitted.hpp"
#include "deciban/models/glm.hpp"

namespace deciban::export_ {

/// The model file: one UTF-8 JSON document (schema in core/src/export/SCHEMA.md). Doubles read back to the same bits.
std::string model_to_json(const models::GlmModel& model);

/// Raises FormatError `format.json` (not JSON, truncated; context: byte), `format.foreign` (JSON, but no deciban
/// model), `format.newer` (a later schema), `format.kind`, `format.missing_key` and `format.invalid`.
models::GlmModel model_from_json(const std::string& text);

/// Writes atomically: temporary file in the same folder, flush, rename. Raises IoError `io.write` (path and reason);
/// the old file stays as it was.
void save_model(const models::GlmModel& model, const std::string& path);

/// Raises IoError `io.read` and what model_from_json raises.
models::GlmModel load_model(const std::string& path);

/// The same for binners and scorecards. Raise as those of models; `format.kind` for another kind.
std::string fitted_to_json(const models::Fitted& fitted);
models::FittedPtr fitted_from_json(const std::string& text);
void save_fitted(const models::Fitted& fitted, const std::string& path);

/// The same for encoders. Raise as those of models; `format.kind` for another kind.
std::string encoder_to_json(const models::Encoder& encoder);
models::Encoder encoder_from_json(const std::string& text);
void save_encoder(const models::Encoder& encoder, const std::string& path);

/// What a file holds: "glm", "target_encoder", "binner", ... Raises as model_from_json.
std::string file_kind(const std::string& text);
/// The text of a file. Raises IoError `io.read`.
std::string read_model_file(const std::string& path);

}  // namespace deciban::export_
