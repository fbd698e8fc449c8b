#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "deciban/export/json.hpp"
#include "deciban/export/model_file.hpp"
#include "deciban/models/glm_tables.hpp"
#include "models/fit_case.hpp"

#if defined(__unix__)
#include <sys/stat.h>
#include <unistd.h>
#endif

using namespace deciban;
using namespace fit_case;
using export_::load_model;
using export_::model_from_json;
using export_::model_to_json;
using export_::save_model;
namespace fs = std::filesystem;

namespace {

data::Table small_data() {
  Columns c;
  c.add("y", Doubles{1, 0, 2, 5, 1, 0, 7, 0, 3, kNaN})
      .add("x", Doubles{0.3, -1.2, 0.8, 1.5, -0.4, 0.1, 2.2, -0.9, 0.6, 1});
  c.add("e", Doubles{1, 0.5, 0.2, 1, 1, 0.8, 1, 0.1, 0.4, 1}).add("odd name", Doubles{1, 2, 1, 3, 2, 1, 2, 3, 1, 2});
  c.add("f", Texts{"\xC3\xA9", "b", "c \"q\"", "b", "\xC3\xA9", "b", "c \"q\"", "b", "b", "b"});
  c.add("twice", Doubles{0.6, -2.4, 1.6, 3, -0.8, 0.2, 4.4, -1.8, 1.2, 2});
  return c.table;
}

// Aliased coefficients (NaN), a factor, odd names, a warning, an exposure.
models::GlmModel sample() {
  return fit(args({{"formula", "y ~ x + f + twice + factor(`odd name`) + offset(log(e))"},
                   {"family", "negative_binomial"},
                   {"theta", 0.1},
                   {"exposure", "e"},
                   {"na_action", "exclude"}}),
             small_data());
}

Document sample_document() { return export_::read_json(model_to_json(sample())); }

// Replaces what stands at a path such as "design/terms/0/levels".
Document* at_path(Document& document, const std::string& path) {
  const std::size_t slash = path.find('/');
  const std::string head = path.substr(0, slash);
  const Document* found = nullptr;
  if (document.is_array()) {
    found = &document.items()[std::stoul(head)];
  } else {
    found = &document.at(head);
  }
  Document* child = const_cast<Document*>(found);
  return slash == std::string::npos ? child : at_path(*child, path.substr(slash + 1));
}

Document tampered(const std::string& path, Document value) {
  Document document = sample_document();
  *at_path(document, path) = std::move(value);
  return document;
}

void expect_refused(const Document& document, const std::string& what) {
  const auto error = error_of([&] { model_from_json(export_::write_json(document)); });
  EXPECT_EQ(error.kind(), ErrorKind::format) << what << ": " << error.code() << " " << error.what();
  EXPECT_EQ(error.code().compare(0, 7, "format."), 0) << what << ": " << error.code();
}

// A folder of its own for every test.
class ModelFolder : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() /
              (std::string("deciban_") + ::testing::UnitTest::GetInstance()->current_test_info()->name() + "_" +
               std::to_string(Random(reinterpret_cast<std::uintptr_t>(this)).bits() % 1000000));
    fs::create_directories(folder_);
  }
  void TearDown() override {
    std::error_code ignored;
    fs::permissions(folder_, fs::perms::owner_all, ignored);
    fs::remove_all(folder_, ignored);
  }
  std::string path(const std::string& name) const { return (folder_ / fs::u8path(name)).string(); }
  std::size_t count() const { return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), {})); }

  fs::path folder_;
};

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

void write(const std::string& path, const std::string& content) { std::ofstream(path, std::ios::binary) << content; }

}  // namespace

TEST(ModelFile, KeepsEveryBit) {
  const auto table = small_data();
  const auto model = sample();
  const std::string text = model_to_json(model);
  const auto again = model_from_json(text);
  EXPECT_EQ(model_to_json(again), text);
  EXPECT_TRUE(same_bits(again.coefficients, model.coefficients));
  EXPECT_TRUE(same_bits(again.covariance.values(), model.covariance.values()));
  EXPECT_EQ(again.names(), model.names());
  EXPECT_EQ(again.fingerprint, model.fingerprint);
  EXPECT_EQ(again.statistics.rows_dropped, 1);
  EXPECT_TRUE(has_warning(again, "fit.aliased"));
  EXPECT_EQ(models::describe(again), models::describe(model));
  EXPECT_EQ(models::summary_text(again), models::summary_text(model));
  EXPECT_TRUE(
      same_bits(models::predict(again, args({}), table, {}, {}), models::predict(model, args({}), table, {}, {})));
  std::vector<std::int64_t> a, b;
  EXPECT_TRUE(same_bits(models::row_values(again, "deviance", table, {}, {}, a),
                        models::row_values(model, "deviance", table, {}, {}, b)));
  EXPECT_EQ(a, b);
}

TEST(ModelFile, KeepsEveryKindOfModel) {
  Columns c;
  c.table = small_data();
  c.flags("flag", {1, 0, 1, 0, 1, 1, 0, 0, 1, 0});
  c.add(stored<std::int32_t>("day", data::Type::int32, {1, 2, 3, 1, 2, 3, 1, 2, 3, 1}, data::Meaning::date));
  c.add("event", Texts{"no", "yes", "no", "yes", "yes", "no", "no", "yes", "no", "no"});
  c.add("a", Doubles{1.2, 0.4, 2.5, 4.1, 0.9, 1.7, 8.8, 0.6, 2.2, 1});
  c.factor("grade", {2, 1, 0, 1, 2, 1, 0, 1, 2, 0}, {"low", "mid", "high"});
  const Document cases[] = {
      args({{"formula", "a ~ x + flag"}, {"family", "gaussian"}}),
      args(
          {{"formula", "a ~ factor(day) + day"}, {"family", "gamma"}, {"link", "power(-0.5)"}, {"weights", "sqrt(e)"}}),
      args({{"formula", "event ~ x"}, {"family", "binomial"}, {"link", "cloglog"}}),
      args({{"formula", "y ~ grade - 1"}, {"family", "quasipoisson"}, {"unseen", "reference"}}),
      args({{"formula", "y ~ 0"}, {"family", "tweedie"}, {"var_power", 1.7}, {"offset", "x"}}),
      args({{"formula", "a ~ log(a) + 1"}, {"family", "quasi"}, {"variance", "mu^2"}, {"link", "log"}}),
      args({{"formula", "log(a) ~ `odd name`"}, {"family", "gaussian"}, {"freq_weights", "odd name"}}),
      args({{"formula", "a ~ 1"}, {"family", "inverse_gaussian"}, {"link", "1/mu^2"}}),
  };
  for (const Document& arguments : cases) {
    const std::string what = arguments.at("formula").as_string();
    const auto model = fit(arguments, c.table);
    const auto again = model_from_json(model_to_json(model));
    EXPECT_EQ(model_to_json(again), model_to_json(model)) << what;
    EXPECT_TRUE(
        same_bits(models::predict(again, args({}), c.table, {}, {}), models::predict(model, args({}), c.table, {}, {})))
        << what;
    std::vector<std::int64_t> kept;
    EXPECT_EQ(code_of([&] { models::row_values(again, "response", c.table, {}, {}, kept); }), "no error") << what;
  }
}

TEST(ModelFile, KeepsSpecialNumbers) {
  auto model = sample();
  model.statistics.aic = kInf;
  model.statistics.bic = -kInf;
  model.statistics.log_likelihood = kNaN;
  model.coefficients[0] = -0.0;
  model.level_totals[0].observed = 5e-324;
  const auto again = model_from_json(model_to_json(model));
  EXPECT_EQ(again.statistics.aic, kInf);
  EXPECT_EQ(again.statistics.bic, -kInf);
  EXPECT_TRUE(std::isnan(again.statistics.log_likelihood));
  EXPECT_TRUE(std::signbit(again.coefficients[0]) && again.coefficients[0] == 0.0);
  EXPECT_EQ(again.level_totals[0].observed, 5e-324);
}

TEST(ModelFile, KeepsUnknownKeys) {
  Document document = sample_document();
  document.set("signature", Document::object({{"by", "me"}, {"marks", Document(Doubles{1, 0.1})}}));
  document.set("note", "later");
  at_path(document, "statistics")->set("gini", 0.31);
  at_path(document, "design/variables/1")->set("label_en", "region");
  at_path(document, "design/variables/1/levels")->set("colours", Document(Texts{"red", "blue"}));
  at_path(document, "training/levels/2")->set("claims", 17);
  at_path(document, "warnings/0")->set("seen", true);
  const auto model = model_from_json(export_::write_json(document));
  const Document again = export_::read_json(model_to_json(model));
  EXPECT_EQ(again.at("signature"), document.at("signature"));
  EXPECT_EQ(again.at("note").as_string(), "later");
  EXPECT_EQ(export_::write_json(again), export_::write_json(document))
      << "also those inside, and in the order of the file";
  EXPECT_EQ(model_to_json(model_from_json(model_to_json(model))), model_to_json(model));
}

TEST(ModelFile, TellsForeignAndNewerFilesApart) {
  const auto code = [](const Document& document) {
    return code_of([&] { model_from_json(export_::write_json(document)); });
  };
  EXPECT_EQ(code(Document::object({{"a", 1}})), "format.foreign");
  EXPECT_EQ(code(Document(Doubles{1, 2})), "format.foreign");
  EXPECT_EQ(code(Document("text")), "format.foreign");
  EXPECT_EQ(code(Document()), "format.foreign");
  EXPECT_EQ(code(tampered("format", "xgboost")), "format.foreign");
  EXPECT_EQ(code(tampered("format", 3)), "format.foreign");
  EXPECT_EQ(code(tampered("schema_version/major", 2)), "format.newer");
  EXPECT_EQ(code(tampered("schema_version/major", 1000000)), "format.newer");
  EXPECT_EQ(code(tampered("schema_version/minor", 7)), "no error") << "a later minor can be read";
  EXPECT_EQ(code(tampered("schema_version/major", 0)), "format.foreign");
  EXPECT_EQ(code(tampered("schema_version", 1)), "format.invalid");
  EXPECT_EQ(code(tampered("kind", "scorecard")), "format.kind");
  EXPECT_EQ(code(tampered("kind", 1)), "format.invalid");
  for (const char* text : {"", "hello", "PK\x03\x04", "RDX3\n", "{\"format\":\"deciban\""})
    EXPECT_EQ(code_of([&] { model_from_json(text); }), "format.json") << text;
}

TEST(ModelFile, RefusesEveryTruncation) {
  const std::string text = model_to_json(sample());
  ASSERT_GT(text.size(), 3000u);
  for (std::size_t length = 0; length + 2 < text.size(); length += 97) {
    const auto error = error_of([&] { model_from_json(text.substr(0, length)); });
    ASSERT_EQ(error.code(), "format.json") << "after " << length << " bytes";
    ASSERT_EQ(error.kind(), ErrorKind::format);
  }
}

TEST(ModelFile, RefusesMissingKeysAndOtherTypes) {
  const Document good = sample_document();
  // Every key of every object, at any depth, left out or of another type: an error of the file, or no need for it.
  const std::function<void(const Document&, const std::string&)> visit = [&](const Document& node,
                                                                             const std::string& path) {
    const auto child_path = [&](const std::string& key) { return path.empty() ? key : path + "/" + key; };
    if (node.is_object())
      for (const auto& member : node.members()) {
        Document without = good;
        (path.empty() ? &without : at_path(without, path))->erase(member.first);
        const auto error = error_of([&] { model_from_json(export_::write_json(without)); });
        EXPECT_TRUE(error.code() == "no error" || error.kind() == ErrorKind::format)
            << child_path(member.first) << ": " << error.code();
        visit(member.second, child_path(member.first));
      }
    if (node.is_array() && !node.items().empty()) visit(node.items()[0], child_path("0"));
    if (path.empty()) return;
    for (const Document& other : {Document(), Document(true), Document(-7), Document(1e300), Document(kNaN),
                                  Document("?"), Document(""), Document::array(), Document::object(),
                                  Document(Doubles{1, 2, 3}), Document(Texts{"a"}), Document(std::int64_t{1} << 40)}) {
      const auto error = error_of([&] {
        const auto model = model_from_json(export_::write_json(tampered(path, other)));
        // What is accepted must be safe to use.
        models::describe(model);
        models::summary_text(model);
        models::print_text(model);
        models::actual_expected(model);
        models::relativities(model);
        model_to_json(model);
        models::predict(model, args({}), small_data(), {}, {});
        std::vector<std::int64_t> kept;
        models::row_values(model, "pearson", small_data(), {}, {}, kept);
      });
      EXPECT_NE(error.code(), "") << path;
    }
  };
  visit(good, "");
}

TEST(ModelFile, RefusesTamperedModels) {
  expect_refused(tampered("covariance/lower_triangle", Document(Doubles{1, 2, 3})), "covariance of the wrong size");
  expect_refused(tampered("covariance/lower_triangle", Document::array()), "no covariance");
  expect_refused(tampered("coefficients/values", Document(Doubles{1})), "too few coefficients");
  expect_refused(tampered("coefficients/names/0", "other"), "another name");
  expect_refused(tampered("coefficients/names", Document::array()), "no names");
  for (const int base : {-1, 3, 1000000})
    expect_refused(tampered("design/variables/1/base", base), "base level " + std::to_string(base));
  expect_refused(tampered("design/variables/1/base", 0.5), "half a base level");
  expect_refused(tampered("design/variables/1/levels/labels", Document(Texts{"b"})), "fewer levels");
  expect_refused(tampered("design/variables/3/levels/values", Document(Doubles{1})), "fewer values than labels");
  expect_refused(tampered("design/variables/1/levels/type", "colour"), "unknown type");
  expect_refused(tampered("design/variables/1/contrast", "odd"), "unknown contrasts");
  expect_refused(tampered("design/variables/1/kind", "spline"), "unknown kind of term");
  expect_refused(tampered("design/variables/1/variable", "1"), "a factor of a number");
  expect_refused(tampered("design/variables/1/variable", "factor()"), "a factor of nothing");
  expect_refused(tampered("design/variables/1/variable", "log(x)"), "a factor of a call");
  expect_refused(tampered("design/variables/0/variable", "x +"), "a term that does not parse");
  expect_refused(tampered("design/terms/1/variables/0", 9), "a variable that does not exist");
  expect_refused(tampered("design/terms/1/full", Document::array()), "a term that is incomplete");
  Document repeated = Document::array(), flags = Document::array();
  for (int k = 0; k < 40; ++k) repeated.push(1), flags.push(true);
  expect_refused(tampered("design/terms/1", args({{"term", "f:f"}, {"variables", repeated}, {"full", flags}})),
                 "a term with 3^40 cells");
  expect_refused(tampered("design/formula", "~ x"), "no response");
  expect_refused(tampered("design/formula", "y ~ ~"), "a formula that does not parse");
  expect_refused(tampered("design/exposure", "log("), "an exposure that does not parse");
  expect_refused(tampered("design/na_action", "perhaps"), "unknown missing rule");
  expect_refused(tampered("design/unseen", "perhaps"), "unknown policy");
  expect_refused(tampered("family/id", "weibull"), "unknown family");
  expect_refused(tampered("family/theta", -1), "negative theta");
  expect_refused(tampered("family/theta", kNaN), "theta NaN");
  expect_refused(tampered("link/id", "lgo"), "unknown link");
  expect_refused(tampered("link/id", "logit"), "a link that the family cannot have");
  expect_refused(tampered("link", Document::object({{"id", "power"}, {"exponent", 0}})), "power 0");
  expect_refused(tampered("statistics/rank", -1), "negative rank");
  expect_refused(tampered("statistics/rank", std::int64_t{1} << 40), "huge rank");
  expect_refused(tampered("statistics/rank", 99), "more rank than columns");
  expect_refused(tampered("statistics/n_iter", -3), "negative iterations");
  expect_refused(tampered("statistics/status", 1), "status of another type");
  expect_refused(tampered("training/levels", Document::array()), "no totals");
  expect_refused(tampered("training/rows", -5), "negative rows");
  expect_refused(tampered("training/fingerprint", "xyz"), "no fingerprint");
  expect_refused(tampered("training/fingerprint", ""), "an empty fingerprint");
  expect_refused(tampered("warnings", Document::object()), "warnings of another type");
}

TEST(ModelFile, SurvivesRandomDamage) {
  const std::string good = model_to_json(sample());
  const auto table = small_data();
  Random random(3);
  for (int k = 0; k < 1500; ++k) {
    std::string text = good;
    for (int hits = 1 + random.below(3); hits > 0; --hits) {
      const std::size_t at = static_cast<std::size_t>(random.below(static_cast<int>(text.size())));
      switch (random.below(3)) {
        case 0:
          text[at] = static_cast<char>(32 + random.below(95));
          break;
        case 1:
          text.erase(at, 1 + static_cast<std::size_t>(random.below(20)));
          break;
        default:
          text.insert(at, text.substr(static_cast<std::size_t>(random.below(static_cast<int>(text.size()))), 12));
      }
    }
    const auto error = error_of([&] {
      const auto model = model_from_json(text);
      try {
        models::summary_text(model);
        models::relativities(model);
        models::predict(model, args({}), table, {}, {});
      } catch (const Error&) {
        // a renamed column is a valid file about other data
      }
    });
    EXPECT_TRUE(error.code() == "no error" || error.kind() == ErrorKind::format)
        << error.code() << ": " << error.what();
  }
}

TEST_F(ModelFolder, SavesAndLoads) {
  const auto model = sample();
  for (const char* name : {"model.json", "r\xC3\xA9gion \xE4\xBF\x9D\xE9\x99\xBA.json", "with space and 'quotes'"}) {
    save_model(model, path(name));
    EXPECT_EQ(model_to_json(load_model(path(name))), model_to_json(model)) << name;
    EXPECT_EQ(content_of(path(name)), model_to_json(model));
  }
  EXPECT_EQ(count(), 3u) << "no temporary file is left";
  write(path("model.json"), "something older and much longer than nothing");
  save_model(model, path("model.json"));
  EXPECT_EQ(content_of(path("model.json")), model_to_json(model));
  EXPECT_EQ(count(), 3u);
}

TEST_F(ModelFolder, LeavesFilesOfOthersAlone) {
  write(path("model.json.tmp0"), "not ours");
  save_model(sample(), path("model.json"));
  EXPECT_EQ(content_of(path("model.json.tmp0")), "not ours");
  EXPECT_EQ(code_of([&] { load_model(path("model.json")); }), "no error");
}

TEST_F(ModelFolder, FailsWithoutTouchingTheOldFile) {
  const auto model = sample();
  const auto save_code = [&](const std::string& where) {
    const auto error = error_of([&] { save_model(model, where); });
    EXPECT_EQ(error.kind(), ErrorKind::io) << where;
    EXPECT_TRUE(error.context().find("path")) << where;
    return error.code();
  };
  EXPECT_EQ(save_code(path("no/such/folder/model.json")), "io.write");
  EXPECT_EQ(save_code(folder_.string()), "io.write") << "a folder";
  EXPECT_EQ(save_code(""), "io.write");
  EXPECT_EQ(save_code(path(std::string(300, 'n'))), "io.write") << "a name that is too long";
  write(path("file"), "a file");
  EXPECT_EQ(save_code(path("file/model.json")), "io.write") << "a file is no folder";
  EXPECT_EQ(content_of(path("file")), "a file");
  EXPECT_EQ(count(), 1u);
#if defined(__unix__)
  if (::geteuid() != 0) {  // root may write anywhere
    write(path("model.json"), "older");
    fs::permissions(folder_, fs::perms::owner_read | fs::perms::owner_exec);
    EXPECT_EQ(save_code(path("model.json")), "io.write");
    fs::permissions(folder_, fs::perms::owner_all);
    EXPECT_EQ(content_of(path("model.json")), "older");
  }
  if (fs::exists("/dev/full") && fs::exists("/proc/self")) {
    EXPECT_EQ(save_code("/proc/self/model.json"), "io.write") << "a folder where nothing can be made";
  }
#endif
}

TEST_F(ModelFolder, LoadsOnlyWhatIsThere) {
  const auto load_error = [&](const std::string& where) { return error_of([&] { load_model(where); }); };
  EXPECT_EQ(load_error(path("none.json")).code(), "io.read");
  EXPECT_EQ(load_error(path("none.json")).kind(), ErrorKind::io);
  EXPECT_EQ(load_error(folder_.string()).code(), "io.read");
  EXPECT_EQ(load_error("").code(), "io.read");
  write(path("empty"), "");
  EXPECT_EQ(load_error(path("empty")).code(), "format.json");
  write(path("binary"), std::string("\x7F"
                                    "ELF\0\0\1\2\xFF\xFE",
                                    10));
  EXPECT_EQ(load_error(path("binary")).code(), "format.json");
}
