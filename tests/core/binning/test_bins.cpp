#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "deciban/base/error.hpp"
#include "deciban/binning/bins.hpp"
#include "models/fit_case.hpp"

using namespace deciban;
using binning::Bins;
using binning::Closed;

namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kTiny = std::numeric_limits<double>::denorm_min();

Bins some_bins(Closed closed) {
  Bins bins;
  bins.name = "x";
  bins.edges = {-1.5, 0.0, 2.0};
  bins.closed = closed;
  bins.specials = {{-999.0, "refused", 4}, {-998.0, "", 1}};
  bins.n_specials = 1;
  bins.missing_bin = 5;
  bins.missing_own = true;
  return bins;
}

Bins some_groups() {
  Bins bins;
  bins.name = "region";
  bins.kind = Bins::Kind::categorical;
  bins.levels.labels = {"a", "b", "c"};
  bins.level_bins = {1, 0, 1};
  bins.n_groups = 2;
  bins.missing_bin = 1;
  return bins;
}

std::string code_of_error(const Document& document) {
  try {
    binning::bins_from_document(document);
  } catch (const Error& error) {
    return error.code();
  }
  return "";
}

}  // namespace

TEST(Bins, HaveOneBinForEveryNumber) {
  const Bins right = some_bins(Closed::right), left = some_bins(Closed::left);
  const std::vector<double> x = {-kInf,         -1.5, std::nextafter(-1.5, 0.0), -0.0, 0.0,    kTiny,
                                 -kTiny,        2.0,  std::nextafter(2.0, 3.0),  kInf, -999.0, -998.0,
                                 fit_case::kNaN};
  const std::vector<int> in_right = {0, 0, 1, 1, 1, 2, 1, 2, 3, 3, 4, 1, 5};
  const std::vector<int> in_left = {0, 1, 1, 2, 2, 2, 1, 3, 3, 3, 4, 1, 5};
  for (std::size_t i = 0; i < x.size(); ++i) {
    EXPECT_EQ(right.bin_of(x[i]), in_right[i]) << x[i];
    EXPECT_EQ(left.bin_of(x[i]), in_left[i]) << x[i];
  }
  RunContext context;
  for (context.n_threads = 1; context.n_threads <= 3; ++context.n_threads)
    EXPECT_EQ(binning::bin_codes(right, data::make_column("x", x), context),
              std::vector<std::int32_t>(in_right.begin(), in_right.end()));
}

TEST(Bins, GiveLevelsTheirGroup) {
  Bins bins = some_groups();
  const data::Column column = data::make_column("region", std::vector<std::string>{"c", "b", "z", "a"});
  EXPECT_EQ(binning::bin_codes(bins, column, RunContext()), (std::vector<std::int32_t>{1, 0, data::kUnseenCode, 1}));
  bins.unseen_bin = 0;
  EXPECT_EQ(binning::bin_codes(bins, column, RunContext()), (std::vector<std::int32_t>{1, 0, 0, 1}));
}

TEST(Bins, HaveLabelsThatKeepEdgesApart) {
  EXPECT_EQ(
      binning::bin_labels(some_bins(Closed::right)),
      (std::vector<std::string>{"(-Inf, -1.5]", "(-1.5, 0]", "(0, 2]", "(2, Inf)", "special: refused", "missing"}));
  EXPECT_EQ(binning::bin_labels(some_bins(Closed::left))[1], "[-1.5, 0)");
  Bins close;
  close.edges = {1000000.25, 1000000.5};
  EXPECT_EQ(binning::bin_labels(close)[1], "(1000000.2, 1000000.5]");
  EXPECT_EQ(binning::bin_labels(some_groups()), (std::vector<std::string>{"b", "{a, c}"}));
}

TEST(Bins, SurviveTheirDocument) {
  for (const Bins& bins : {some_bins(Closed::left), some_groups()}) {
    const Document document = binning::to_document(bins);
    EXPECT_EQ(binning::to_document(binning::bins_from_document(document)), document);
  }
}

TEST(Bins, RefuseDocumentsThatAreNotPossible) {
  const Document good = binning::to_document(some_bins(Closed::right));
  EXPECT_EQ(code_of_error(good), "");
  const auto with = [&](const char* key, Document value) {
    Document bad = good;
    bad.set(key, std::move(value));
    return code_of_error(bad);
  };
  EXPECT_EQ(with("edges", std::vector<double>{1.0, 1.0}), "format.invalid");
  EXPECT_EQ(with("edges", std::vector<double>{fit_case::kNaN}), "format.invalid");
  EXPECT_EQ(with("closed", "both"), "format.invalid");
  EXPECT_EQ(with("missing_bin", 7), "format.invalid");
  EXPECT_EQ(with("n_specials", 0), "format.invalid");
  EXPECT_EQ(code_of_error(Document::object({{"variable", "x"}})), "format.missing_key");
  Document groups = binning::to_document(some_groups());
  Document level_bins = Document::array();
  for (const int bin : {0, 1, 2}) level_bins.push(bin);
  groups.set("level_bins", level_bins);
  EXPECT_EQ(code_of_error(groups), "format.invalid");
}
