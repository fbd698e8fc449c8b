#include "deciban/export/model_file.hpp"

#include "atomic_file.hpp"
#include "deciban/base/error.hpp"
#include "deciban/base/version.hpp"
#include "deciban/export/json.hpp"

namespace deciban::export_ {
namespace {

constexpr const char* kFormat = "deciban";
constexpr int kSchemaMajor = 1, kSchemaMinor = 2;
// Keys of the header; everything else belongs to the model.
constexpr const char* kHeader[] = {"format", "schema_version", "core_version", "kind"};

Error foreign(const std::string& why) {
  return Error(ErrorKind::format, "format.foreign", "This is not a deciban model: " + why + ".",
               "Hand in what save_model() or model_to_json() wrote.");
}

// The kind of what the file holds.
std::string check_header(const Document& document) {
  if (!document.is_object()) throw foreign("the text is JSON, but no object");
  const Document* format = document.find("format");
  if (!format || !format->is_string() || format->as_string() != kFormat)
    throw foreign("the key \"format\" does not say \"deciban\"");
  const Document& version = document.at("schema_version");
  const std::int64_t major = version.at("major").as_int("schema_version.major");
  if (major > kSchemaMajor)
    throw Error(ErrorKind::format, "format.newer",
                "The model was written with schema " + std::to_string(major) +
                    ", this version of deciban reads up to " + std::to_string(kSchemaMajor) + ".",
                "Update deciban.", Document::object({{"schema", major}, {"supported", kSchemaMajor}}));
  if (major < 1) throw foreign("its schema version is " + std::to_string(major));
  return document.at("kind").as_string("kind");
}

std::string to_json(const char* kind, const Document& body) {
  Document document =
      Document::object({{"format", kFormat},
                        {"schema_version", Document::object({{"major", kSchemaMajor}, {"minor", kSchemaMinor}})},
                        {"core_version", kVersion},
                        {"kind", kind}});
  for (const auto& member : body.members()) document.set(member.first, member.second);
  return write_json(document, 1);
}

}  // namespace

std::string model_to_json(const models::GlmModel& model) { return to_json("glm", models::to_document(model)); }

models::GlmModel model_from_json(const std::string& text) {
  Document document = read_json(text);
  const std::string kind = check_header(document);
  if (kind != "glm")
    throw Error(ErrorKind::format, "format.kind", "The file holds a \"" + kind + "\", not a GLM.",
                "Load it with a version of deciban that knows this kind.", Document::object({{"kind", kind}}));
  for (const char* key : kHeader) document.erase(key);
  return models::glm_from_document(document);
}

std::string fitted_to_json(const models::Fitted& fitted) { return to_json(fitted.kind(), fitted.document()); }

models::FittedPtr fitted_from_json(const std::string& text) {
  const Document document = read_json(text);
  return models::fitted_from_document(check_header(document), document);
}

void save_fitted(const models::Fitted& fitted, const std::string& path) {
  write_file_atomically(path, fitted_to_json(fitted));
}

std::string encoder_to_json(const models::Encoder& encoder) {
  return to_json(models::encoder_kind(encoder), models::to_document(encoder));
}

models::Encoder encoder_from_json(const std::string& text) {
  const Document document = read_json(text);
  return models::encoder_from_document(check_header(document), document);
}

std::string file_kind(const std::string& text) { return check_header(read_json(text)); }

std::string read_model_file(const std::string& path) {
  std::string text = read_file(path);
  file_kind(text);  // hosts can hold what is UTF-8
  return text;
}

void save_encoder(const models::Encoder& encoder, const std::string& path) {
  write_file_atomically(path, encoder_to_json(encoder));
}

void save_model(const models::GlmModel& model, const std::string& path) {
  write_file_atomically(path, model_to_json(model));
}

models::GlmModel load_model(const std::string& path) { return model_from_json(read_file(path)); }

}  // namespace deciban::export_
