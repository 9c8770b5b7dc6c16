// The code that a nursery leaves to its children. Nothing received is read here.
#pragma once

namespace intake {

/// Call in a nursery before its first child: a child then begins with the pages of programs and libraries that are mapped
/// here. A fork leaves out a mapping of a file as long as none of its pages is the process's own (fork(2) of Linux, and
/// vma_needs_copy() there), so that each child of LibreOffice took a thousand page faults to find its code again.
/// Where it is refused, children are only slower. Throws failure(os) when memory that was opened cannot be sealed again.
void hand_down_code();

}  // namespace intake
