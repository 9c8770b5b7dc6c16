// The archive reader alone, as a whole process that does what `7z x -so` does: zip-cat PASSWORD FILE writes the
// members one after the other. For bench/decrypt.sh.
#include <unistd.h>

#include <fstream>
#include <vector>

#include "libintake/archive.hpp"
#include "libintake/lines.hpp"
#include "libintake/memory.hpp"

int main(int argc, char** argv) {
  if (argc != 3) return 64;
  std::ifstream in(argv[2], std::ios::binary | std::ios::ate);
  intake::octets zip(static_cast<std::size_t>(in.tellg()));
  in.seekg(0).read(zip.data(), static_cast<std::streamsize>(zip.size()));
  std::vector<intake::labelled_secret> passwords;
  passwords.push_back({"1", intake::secret(std::string_view(argv[1]))});
  const auto opened = intake::open_archive(zip.view(), argv[2], passwords);
  for (const auto& file : opened.files)
    if (!intake::write_pieces(STDOUT_FILENO, {file.data})) return 74;
  return opened.facts.opened ? 0 : 1;
}
