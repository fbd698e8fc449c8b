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

void check_header(const Document& document) {
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
  const std::string& kind = document.at("kind").as_string("kind");
  if (kind != "glm")
    throw Error(ErrorKind::format, "format.kind", "The file holds a \"" + kind + "\", not a GLM.",
                "Load it with a version of deciban that knows this kind.", Document::object({{"kind", kind}}));
}

}  // namespace

std::string model_to_json(const models::GlmModel& model) {
  Document document =
      Document::object({{"format", kFormat},
                        {"schema_version", Document::object({{"major", kSchemaMajor}, {"minor", kSchemaMinor}})},
                        {"core_version", kVersion},
                        {"kind", "glm"}});
  const Document body = models::to_document(model);
  for (const auto& member : body.members()) document.set(member.first, member.second);
  return write_json(document, 1);
}

models::GlmModel model_from_json(const std::string& text) {
  Document document = read_json(text);
  check_header(document);
  for (const char* key : kHeader) document.erase(key);
  return models::glm_from_document(document);
}

void save_model(const models::GlmModel& model, const std::string& path) {
  write_file_atomically(path, model_to_json(model));
}

models::GlmModel load_model(const std::string& path) { return model_from_json(read_file(path)); }

}  // namespace deciban::export_
