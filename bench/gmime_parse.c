/* What bench/parse.sh holds intake-parse against: reads each message that is named with GMime, decodes every part into
 * memory, and makes the same digests, of the message and of each part. */
#include <fcntl.h>
#include <gmime/gmime.h>
#include <openssl/evp.h>
#include <stdio.h>

static void digest(const char *what, const void *data, size_t size) {
  unsigned char sum[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  if (EVP_Digest(data, size, sum, &length, EVP_sha256(), NULL) != 1) exit(70);
  printf("%s %zu ", what, size);
  for (unsigned i = 0; i < length; ++i) printf("%02x", sum[i]);
  printf("\n");
}

static void decode(GMimeObject *parent, GMimeObject *part, gpointer unused) {
  (void)parent;
  (void)unused;
  if (!GMIME_IS_PART(part)) return;
  GMimeStream *memory = g_mime_stream_mem_new();
  if (g_mime_data_wrapper_write_to_stream(g_mime_part_get_content(GMIME_PART(part)), memory) < 0) exit(65);
  GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
  digest("part", bytes->data, bytes->len);
  g_object_unref(memory);
}

static void parse(const char *path) {
  GMimeStream *memory = g_mime_stream_mem_new();
  GMimeStream *from = g_mime_stream_pipe_new(open(path, O_RDONLY));
  if (g_mime_stream_write_to_stream(from, memory) < 0) exit(66);
  g_object_unref(from);
  GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
  digest("message", bytes->data, bytes->len);
  g_mime_stream_reset(memory);
  GMimeParser *parser = g_mime_parser_new_with_stream(memory);
  GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
  if (message == NULL) exit(65);
  g_mime_message_foreach(message, decode, NULL);
  g_object_unref(message);
  g_object_unref(parser);
  g_object_unref(memory);
}

int main(int argc, char **argv) {
  g_mime_init();
  for (int i = 1; i < argc; ++i) parse(argv[i]);
  return 0;
}
