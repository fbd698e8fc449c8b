library(testthat)
library(deciban)

test_check("deciban")
