#include "gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <new>

namespace intake {
namespace {

class gzip_content {
 public:
  gzip_content(std::string_view packed, archive_budget& budget) : packed_(packed), budget_(budget) {
    constexpr int only_gzip = 16;
    if (inflateInit2(&stream_, only_gzip + MAX_WBITS) != Z_OK) throw std::bad_alloc();
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));  // zlib only reads it
    stream_.avail_in = static_cast<uInt>(packed.size());
  }
  gzip_content(const gzip_content&) = delete;
  gzip_content& operator=(const gzip_content&) = delete;
  ~gzip_content() { inflateEnd(&stream_); }

  std::string read() {
    constexpr std::size_t piece = 256 * limits::kib, most_from_a_byte = 1032;
    data_.reserve(std::min<std::uint64_t>(budget_.bytes_left(), packed_.size() * most_from_a_byte) + piece);
    while (stream_.avail_in > 0) read_member(piece);
    return std::move(data_);
  }

 private:
  // A file may be several, one behind the other (RFC 1952 section 2.2); bytes that begin none are refused.
  void read_member(std::size_t piece) {
    budget_.spend_members(1);
    for (int answer = Z_OK; answer != Z_STREAM_END;) {
      const auto before = data_.size();
      data_.resize(before + piece);
      stream_.next_out = reinterpret_cast<Bytef*>(data_.data() + before);
      stream_.avail_out = static_cast<uInt>(piece);
      answer = inflate(&stream_, Z_NO_FLUSH);
      data_.resize(data_.size() - stream_.avail_out);
      budget_.check_ratio(packed_.size(), data_.size());
      budget_.spend_bytes(data_.size() - before);
      if (answer != Z_OK && answer != Z_STREAM_END)
        throw archive_refused("archive.damaged", stream_.msg != nullptr ? stream_.msg : "compressed data are cut off");
    }
    if (inflateReset(&stream_) != Z_OK) throw std::bad_alloc();
  }

  std::string_view packed_;
  archive_budget& budget_;
  z_stream stream_{};
  std::string data_;
};

}  // namespace

std::string unpack_gzip(std::string_view untrusted, archive_budget& budget) {
  return gzip_content(untrusted, budget).read();
}

}  // namespace intake
