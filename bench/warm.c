/* warm MEGABYTES - touches so much memory in huge pages and gives it back at once. For bench/warm.bash. */
#include <stdlib.h>
#include <sys/mman.h>

int main(int argc, char** argv) {
  if (argc != 2) return 64;
  const size_t page = 4096, size = (size_t)strtoul(argv[1], NULL, 10) << 20;
  char* const memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return 71;
  (void)madvise(memory, size, MADV_HUGEPAGE);
  for (size_t at = 0; at < size; at += page) ((volatile char*)memory)[at] = 1;
  return 0;
}
