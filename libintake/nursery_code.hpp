// The code that a nursery leaves to its children. Nothing received is read here.
#pragma once

namespace intake {

/// Call in a nursery before its first child: a child then begins with the pages of programs and libraries that are
/// mapped here. Linux leaves a mapping of a file out of a fork as long as none of its pages is the process's own
/// (vma_needs_copy() in mm/memory.c), so that each child of LibreOffice took a thousand page faults to find its code
/// again. Where it is refused, children are only slower. Throws failure(os) when what was opened cannot be sealed again.
void hand_down_code();

}  // namespace intake
