// The corpus as regression tests: every line of corpus/*.txt must keep what properties.hpp promises.
#include <gtest/gtest.h>

#include <cstddef>
#include <fstream>
#include <string>
#include <vector>

#include "fuzz/properties.hpp"

namespace {

// \xHH is a byte; see tests/fuzz/run.
std::string unescaped(const std::string& line) {
  std::string bytes;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\' && i + 3 < line.size() && line[i + 1] == 'x') {
      bytes += static_cast<char>(std::stoi(line.substr(i + 2, 2), nullptr, 16));
      i += 3;
    } else {
      bytes += line[i];
    }
  }
  return bytes;
}

std::vector<std::string> corpus(const std::string& target) {
  std::ifstream file(std::string(DECIBAN_FUZZ) + "/corpus/" + target + ".txt");
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);)
    if (!line.empty() && line[0] != '#') lines.push_back(line);
  return lines;
}

void replay(const std::string& target, std::string (*property)(const std::string&), std::size_t fewest) {
  const auto lines = corpus(target);
  EXPECT_GE(lines.size(), fewest) << "corpus/" << target << ".txt";
  for (const auto& line : lines) EXPECT_EQ(property(unescaped(line)), "") << "of the input " << line;
}

}  // namespace

TEST(FuzzCorpus, Formulas) { replay("formula", fuzz::formula, 200); }

TEST(FuzzCorpus, Designs) { replay("design", fuzz::design, 300); }

TEST(FuzzCorpus, FormulasAsDesigns) { replay("formula", fuzz::design, 200); }

TEST(FuzzCorpus, ModelFiles) { replay("model_file", fuzz::model_file, 200); }
