// The private memory in which LibreOffice runs: its profile, its fonts and the copies of documents lie on mounts of its
// own that vanish with it. Trusted; nothing received is read here. For office_kit and office_process only.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace intake {

/// Throws failure(os) when the system refuses.
void write_file(const std::string& path, std::string_view bytes);
/// Throws std::runtime_error when there is no such file, or one of more than `most` bytes.
[[nodiscard]] std::string read_file(const std::string& path, std::size_t most);

/// Path below the folder that stays readable to the confined children.
[[nodiscard]] std::string private_path(std::string_view name = {});

/// Own mounts for the profile and temporary files, so that nothing of LibreOffice's ever lies on a disk, and an
/// environment with nothing of the caller's. `fonts` is the text of a fontconfig file. Returns the profile's folder.
/// Throws failure(os).
[[nodiscard]] std::string enter_private_memory(const std::string& fonts);

/// A child that is forked while another thread holds a lock waits for it for ever: true once this is the only thread.
[[nodiscard]] bool wait_for_one_thread();

/// Folders that LibreOffice made for its temporary files and expects to find again in the child.
[[nodiscard]] std::vector<std::string> temporary_folders();

}  // namespace intake
