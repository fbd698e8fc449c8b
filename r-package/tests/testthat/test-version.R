test_that("package and core have the same version", {
  expect_identical(deciban:::core_version(), as.character(utils::packageVersion("deciban")))
})
