#pragma once
#include "deciban/base/config.hpp"

#include "query_parts.hpp"

// Questions about predictions, registered in queries.cpp.
namespace deciban::models {

Answer answer_prediction(const Query& query);
Answer answer_prediction_columns(const Query& query);
Answer answer_column_means(const Query& query);
Answer answer_prediction_terms(const Query& query);
Answer answer_pit(const Query& query);
Answer answer_simulate(const Query& query);
Answer answer_bootstrap(const Query& query);

}  // namespace deciban::models
