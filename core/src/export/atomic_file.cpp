#include "atomic_file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "deciban/base/error.hpp"

#if defined(__unix__) || defined(__APPLE__)
#include <unistd.h>
#endif

namespace deciban::export_ {
namespace {

namespace fs = std::filesystem;

Error io_error(const char* code, const char* verb, const std::string& path, const std::string& why) {
  return Error(ErrorKind::io, code, std::string("The file \"") + path + "\" cannot be " + verb + ": " + why + ".",
               "Check that the folder exists and that you may use it.", Document::object({{"path", path}}));
}

bool flush_to_disk(std::FILE* file) {
  if (std::fflush(file) != 0) return false;
#if defined(__unix__) || defined(__APPLE__)
  // some file systems know no fsync: not being able to is no failure to write
  if (::fsync(::fileno(file)) != 0 && errno != EINVAL && errno != ENOTSUP) return false;
#endif
  return true;
}

std::FILE* open_file(const fs::path& path, const char* mode) {
#if defined(_WIN32)
  return ::_wfopen(path.c_str(), mode[0] == 'w' ? L"wbx" : L"rb");
#else
  return std::fopen(path.c_str(), mode);
#endif
}

}  // namespace

void write_file_atomically(const std::string& path, const std::string& content) {
  const fs::path target = fs::u8path(path);
  std::error_code error;
  if (fs::is_directory(target, error)) throw io_error("io.write", "written", path, "it is a folder");
  // "x": never write into a file of somebody else; another number is tried instead
  std::FILE* file = nullptr;
  fs::path temporary;
  for (int attempt = 0; attempt < 100 && !file; ++attempt) {
    temporary = target;
    temporary += ".tmp" + std::to_string(attempt);
    file = open_file(temporary, "wbx");
    if (!file && errno != EEXIST) break;
  }
  if (!file) throw io_error("io.write", "written", path, std::strerror(errno));
  bool good = std::fwrite(content.data(), 1, content.size(), file) == content.size();
  good = flush_to_disk(file) && good;
  std::string why = good ? "" : std::strerror(errno);
  good = std::fclose(file) == 0 && good;
  if (good) fs::rename(temporary, target, error);
  if (good && !error) return;
  if (error) why = error.message();
  fs::remove(temporary, error);
  throw io_error("io.write", "written", path, why.empty() ? "the disk did not take it" : why);
}

std::string read_file(const std::string& path) {
  const fs::path source = fs::u8path(path);
  std::error_code error;
  if (fs::is_directory(source, error)) throw io_error("io.read", "read", path, "it is a folder");
  std::FILE* file = open_file(source, "rb");
  if (!file) throw io_error("io.read", "read", path, std::strerror(errno));
  std::string content;
  char buffer[65536];
  std::size_t count;
  while ((count = std::fread(buffer, 1, sizeof buffer, file)) > 0) content.append(buffer, count);
  const bool good = std::ferror(file) == 0;
  std::fclose(file);
  if (!good) throw io_error("io.read", "read", path, "reading stopped early");
  return content;
}

}  // namespace deciban::export_
