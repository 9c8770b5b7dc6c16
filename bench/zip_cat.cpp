// The archive reader alone, as a whole process that does what `7z x -so` does: zip-cat PASSWORD FILE writes the
// members one after the other. For bench/decrypt.sh.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vector>

#include "libintake/archive.hpp"
#include "libintake/lines.hpp"

int main(int argc, char** argv) {
  if (argc != 3) return 64;
  const int in = open(argv[2], O_RDONLY | O_CLOEXEC);
  struct stat seen {};
  if (in < 0 || fstat(in, &seen) != 0) return 66;
  const auto size = static_cast<std::size_t>(seen.st_size);
  const void* const zip = mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, in, 0);
  if (zip == MAP_FAILED) return 66;
  std::vector<intake::labelled_secret> passwords;
  passwords.push_back({"1", intake::secret(std::string_view(argv[1]))});
  const auto opened = intake::open_archive({static_cast<const char*>(zip), size}, argv[2], passwords);
  for (const auto& file : opened.files)
    if (!intake::write_pieces(STDOUT_FILENO, {file.data})) return 74;
  return opened.facts.opened ? 0 : 1;
}
