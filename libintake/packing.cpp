#include "packing.hpp"

#include <zlib.h>

#include "failure.hpp"
#include "limits.hpp"

namespace intake {
namespace {

/// Of payloads that begin with this byte. JSON objects begin with '{'. Never changed once released: what was sealed
/// with it opens with nothing else; a better dictionary gets the next number.
constexpr char dictionary_1_mark = 1;
constexpr std::string_view dictionary_1 =
    R"~({"find":"archive.attachment.mail.","severity":"warning","clause":"","detail":"","code":"render.scan.failed.limit",)~"
    R"~("why":["phone_confirm","check_list","ask_resubmit"],"to":"general_manager","clerk","email":"","cc":[{"reply_to":)~"
    R"~([{"address":"@example.go.jp"}],"return","confirm","correction":"list":{"day":"","entries":[{"receipt_no":"",)~"
    R"~("submitted_at":"T00:00+09:00","procedure":"","station":"警察署","applicant":""},{"imap","mailbox":"INBOX",)~"
    R"~("uidvalidity":"encryption":"none","aes-128","aes-256","password":"","opened":true},"signature":"infected",)~"
    R"~("declared_type":"application/octet-stream","application/zip","type":"application/vnd.openxmlformats-officedocument)~"
    R"~(.wordprocessingml.document","spreadsheetml.sheet","type":"application/pdf","image/jpeg","text/plain","active":[],)~"
    R"~("scan":{"verdict":"clean"}},{"id":"f2","path":".docx","origin":"archive","from":"f0","size":,"sha256":"",)~"
    R"~("pdf":{"pages":1,"size":,"sha256":"","mode":"pixels","path":".pdf"}}],"circumstances":{"source":{"kind":"maildir",)~"
    R"~("account":"","mailbox":"","uid":""},"arrived_at":"+09:00","handling_day":"20","scan":{"engine":"ClamAV 1.",)~"
    R"~("database":{"version":"","signatures":,"built":"Z"},"verdict":"clean"},"stages":{"fetch":{"tool":"intake-fetch 0.1",)~"
    R"~("at":"+00:00"},"parse":{"tool":"intake-parse 0.1","at":"Z"},"decrypt":{"tool":"intake-decrypt 0.1","at":"Z"},)~"
    R"~("scan":{"tool":"intake-scan 0.1","at":"Z"},"verify":{"tool":"intake-verify 0.1","at":"Z"},"ledger":{"tool":)~"
    R"~("intake-ledger 0.1","at":"Z"},"render":{"tool":"intake-render 0.1","at":"Z"},"export":{"tool":"intake-export 0.1",)~"
    R"~("at":"Z"}}}}{"intake":1,"id":"m-","source":{"kind":"imap","account":"","mailbox":"INBOX","uidvalidity":,"uid":},)~"
    R"~("arrived_at":"T+09:00","handling_day":"20","raw":{"sha256":"","size":},{"intake":1,"id":"m-","kind":"application",)~"
    R"~("disposition":"accept","application":{"receipt_no":"20","procedure":"","station":"警察署","applicant":"",)~"
    R"~("submitted_at":"20T+09:00","applicant_address":""},"findings":[],"actions":[{"do":"tell_fee","clause":"第4-3(2)",)~"
    R"~("to":"applicant","why":[]}],"mail":{"message_id":"<@>","date":"20T+09:00","from":[{"name":"","address":"noreply@)~"
    R"~("}],"to":[{"address":"@"}],"subject":"【】のお知らせ（）","authentication":{"server":"","dkim":"pass","dkim_domain":)~"
    R"~("go.jp"}},"files":[{"id":"f0","path":".zip","origin":"attachment","size":,"sha256":")~";

/// Window and hash of deflate: 4 KiB reach over the dictionary and a usual payload, and are cheap to clear for each.
constexpr int compression_level = 3;
constexpr int window_bits = -12;
constexpr int memory_level = 5;

const Bytef* bytes_of(std::string_view text) {
  return reinterpret_cast<const Bytef*>(text.data());
}

void must(int code, const char* what) {
  if (code != Z_OK) throw failure(exit_status::software, "zlib: {}", what);
}

class deflater {
 public:
  deflater() {
    must(deflateInit2(&stream_, compression_level, Z_DEFLATED, window_bits, memory_level, Z_DEFAULT_STRATEGY),
         "deflate");
  }
  deflater(const deflater&) = delete;
  deflater& operator=(const deflater&) = delete;
  ~deflater() { deflateEnd(&stream_); }

  void append(std::string_view text, std::string& out) {
    must(deflateReset(&stream_), "reset");
    must(deflateSetDictionary(&stream_, bytes_of(dictionary_1), static_cast<uInt>(dictionary_1.size())), "dictionary");
    const auto head = out.size();
    out.resize(head + deflateBound(&stream_, text.size()));
    stream_.next_in = const_cast<Bytef*>(bytes_of(text));
    stream_.avail_in = static_cast<uInt>(text.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data() + head);
    stream_.avail_out = static_cast<uInt>(out.size() - head);
    if (deflate(&stream_, Z_FINISH) != Z_STREAM_END) must(Z_BUF_ERROR, "deflate");
    out.resize(head + stream_.total_out);
  }

 private:
  z_stream stream_ = {};
};

class inflater {
 public:
  inflater() { must(inflateInit2(&stream_, window_bits), "inflate"); }
  inflater(const inflater&) = delete;
  inflater& operator=(const inflater&) = delete;
  ~inflater() { inflateEnd(&stream_); }

  /// False when `packed` is not what deflater made of `size` bytes.
  bool read(std::string_view packed, std::size_t size, std::string& out) {
    must(inflateReset(&stream_), "reset");
    must(inflateSetDictionary(&stream_, bytes_of(dictionary_1), static_cast<uInt>(dictionary_1.size())), "dictionary");
    out.resize(size);
    stream_.next_in = const_cast<Bytef*>(bytes_of(packed));
    stream_.avail_in = static_cast<uInt>(packed.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(size);
    return inflate(&stream_, Z_FINISH) == Z_STREAM_END && stream_.avail_in == 0 && stream_.avail_out == 0;
  }

 private:
  z_stream stream_ = {};
};

constexpr std::size_t head_bytes = 1 + 4;  ///< mark and size, little-endian

}  // namespace

std::string pack(std::string_view json) {
  if (json.size() > limits::ledger_payload_bytes) return std::string(json);  // refused by who seals it
  thread_local deflater stream;
  std::string out(head_bytes, dictionary_1_mark);
  for (unsigned i = 0; i < 4; ++i) out[1 + i] = static_cast<char>(json.size() >> (8 * i) & 0xff);
  stream.append(json, out);
  return out.size() < json.size() ? out : std::string(json);
}

std::optional<std::string> unpack(std::string packed) {
  if (packed.empty() || packed.front() == '{') return packed;
  if (packed.front() != dictionary_1_mark || packed.size() < head_bytes) return std::nullopt;
  std::size_t size = 0;
  for (unsigned i = 4; i > 0; --i) size = size << 8 | static_cast<unsigned char>(packed[i]);
  if (size > limits::ledger_payload_bytes) return std::nullopt;
  thread_local inflater stream;
  std::string json;
  if (!stream.read(std::string_view(packed).substr(head_bytes), size, json)) return std::nullopt;
  return json;
}

}  // namespace intake
