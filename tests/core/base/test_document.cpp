#include <gtest/gtest.h>

#include <cmath>

#include "deciban/base/document.hpp"
#include "deciban/base/error.hpp"

using namespace deciban;

namespace {
template <class Call>
std::string code_of(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.code();
  }
  return "no error";
}
}  // namespace

TEST(DocumentTree, KeepsValuesAndOrder) {
  Document doc = Document::object({{"b", 1}, {"a", "x"}});
  doc.set("c", Document(std::vector<double>{1.5, 2.0})).set("b", true);
  ASSERT_EQ(doc.members().size(), 3u);
  EXPECT_EQ(doc.members()[0].first, "b");
  EXPECT_TRUE(doc.at("b").as_bool());
  EXPECT_EQ(doc.at("a").as_string(), "x");
  EXPECT_EQ(doc.at("c").as_doubles(), (std::vector<double>{1.5, 2.0}));
  EXPECT_TRUE(doc.erase("a"));
  EXPECT_FALSE(doc.erase("a"));
  EXPECT_EQ(doc.find("a"), nullptr);
  Document list = Document::array();
  list.push(1).push("two").push(Document());
  EXPECT_EQ(list.items().size(), 3u);
  EXPECT_EQ(Document(std::vector<std::string>{"u", "v"}).as_strings(), (std::vector<std::string>{"u", "v"}));
}

TEST(DocumentTree, ReadsNumbersLeniently) {
  EXPECT_EQ(Document(3).as_double(), 3.0);
  EXPECT_EQ(Document(25.0).as_int(), 25);
  EXPECT_TRUE(std::isnan(Document().as_double()));
  EXPECT_TRUE(std::isnan(Document("NaN").as_double()));
  EXPECT_EQ(Document("-Infinity").as_double(), -INFINITY);
}

TEST(DocumentTree, RaisesOnWrongTypes) {
  EXPECT_EQ(code_of([] { Document(1.5).as_int("n"); }), "format.invalid");
  EXPECT_EQ(code_of([] { Document(1e300).as_int("n"); }), "format.invalid");
  EXPECT_EQ(code_of([] { Document("x").as_double("n"); }), "format.invalid");
  EXPECT_EQ(code_of([] { Document(1).as_bool(); }), "format.invalid");
  EXPECT_EQ(code_of([] { Document(1).items(); }), "format.invalid");
  EXPECT_EQ(code_of([] { Document(1).set("a", 1); }), "format.invalid");
  EXPECT_EQ(code_of([] { Document::object().at("a"); }), "format.missing_key");
  EXPECT_EQ(code_of([] { Document(1).at("a"); }), "format.invalid");
}

TEST(DocumentTree, ComparesByValue) {
  EXPECT_EQ(Document(1), Document(1.0));
  EXPECT_EQ(Document(std::nan("")), Document(std::nan("")));
  EXPECT_NE(Document(1), Document(true));
  EXPECT_NE(Document("1"), Document(1));
  EXPECT_NE(Document::array(), Document::object());
  EXPECT_EQ(Document::object({{"a", Document::array().push(1)}}), Document::object({{"a", Document::array().push(1)}}));
}

TEST(ErrorValue, CarriesEverything) {
  const Error error(ErrorKind::data, "data.missing", "Bad column.", "Do this.", Document::object({{"column", "x"}}));
  EXPECT_STREQ(error.what(), "Bad column.\nDo this.");
  EXPECT_STREQ(error_class(error.kind()), "DataError");
  EXPECT_STREQ(error_class(ErrorKind::cancelled), "Cancelled");
  EXPECT_EQ(error.context().at("column").as_string(), "x");
  EXPECT_STREQ(Error(ErrorKind::io, "io.open", "No file.").what(), "No file.");
}

TEST(WarningList, RoundTrips) {
  const Warnings warnings = {{"fit.alias", "warning", "A", Document::object({{"n", 2}})}, {"b", "note", "B", {}}};
  const Warnings back = warnings_from_document(to_document(warnings));
  ASSERT_EQ(back.size(), 2u);
  EXPECT_EQ(back[0].code, "fit.alias");
  EXPECT_EQ(back[0].context, warnings[0].context);
  EXPECT_EQ(back[1].severity, "note");
  EXPECT_EQ(code_of([] { warnings_from_document(Document(1)); }), "format.invalid");
}
