#include "spool.hpp"

#if !defined(_WIN32)
#include <sys/mman.h>
#include <unistd.h>
#endif

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "deciban/base/error.hpp"

namespace deciban::data {
namespace {

Error spool_error(const std::string& reason) {
  return Error(ErrorKind::io, "io.spool", "The temporary file for coded columns cannot be used: " + reason + ".",
               "Set TMPDIR to a folder with enough room, or keep the columns in memory (spool off).");
}

class HeapStore final : public BlockStore {
 public:
  std::size_t add(std::vector<unsigned char>&& block) override {
    std::lock_guard<std::mutex> lock(mutex_);
    bytes_ += static_cast<std::int64_t>(block.size());
    blocks_.push_back(std::move(block));
    return blocks_.size() - 1;
  }
  void seal() override {}
  const unsigned char* at(std::size_t block) const override { return blocks_[block].data(); }
  bool in_memory() const override { return true; }

 private:
  std::vector<std::vector<unsigned char>> blocks_;
};

#if !defined(_WIN32)

// The file has no name from the start on, so that the system removes it however the process ends.
class FileStore final : public BlockStore {
 public:
  FileStore() {
    const char* folder = std::getenv("TMPDIR");
    std::string path = std::string(folder && *folder ? folder : "/tmp") + "/deciban-XXXXXX";
    file_ = mkstemp(path.data());
    if (file_ < 0) throw spool_error(path + ": " + std::strerror(errno));
    unlink(path.c_str());
  }
  ~FileStore() override {
    if (mapped_) munmap(mapped_, static_cast<std::size_t>(bytes_));
    close(file_);
  }

  std::size_t add(std::vector<unsigned char>&& block) override {
    std::lock_guard<std::mutex> lock(mutex_);
    block.resize((block.size() + 63) / 64 * 64);  // blocks begin where any type may
    for (std::size_t done = 0; done < block.size();) {
      const ssize_t written = write(file_, block.data() + done, block.size() - done);
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) throw spool_error(written < 0 ? std::strerror(errno) : "nothing was written");
      done += static_cast<std::size_t>(written);
    }
    starts_.push_back(bytes_);
    bytes_ += static_cast<std::int64_t>(block.size());
    return starts_.size() - 1;
  }
  void seal() override {
    if (bytes_ == 0) return;
    void* mapped = mmap(nullptr, static_cast<std::size_t>(bytes_), PROT_READ, MAP_SHARED, file_, 0);
    if (mapped == MAP_FAILED) throw spool_error(std::strerror(errno));
    mapped_ = mapped;
  }
  const unsigned char* at(std::size_t block) const override {
    return static_cast<const unsigned char*>(mapped_) + starts_[block];
  }

 private:
  int file_ = -1;
  void* mapped_ = nullptr;
  std::vector<std::int64_t> starts_;
};

#endif

}  // namespace

std::shared_ptr<BlockStore> make_block_store(bool spool) {
  if (!spool) return std::make_shared<HeapStore>();
#if defined(_WIN32)
  throw spool_error("this system has no unnamed files");
#else
  return std::make_shared<FileStore>();
#endif
}

}  // namespace deciban::data
