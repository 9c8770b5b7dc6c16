// The heap that a nursery leaves to its children. Nothing received is read here.
#pragma once

namespace intake {

/// Call in a nursery that has read in all it keeps at hand, before its first child: a child's memory then comes from
/// fresh pages, and from huge ones where the kernel gives them. Reused holes would lie in pages that parent and child
/// share, each of which the kernel has to copy at its first touch; that took a third of the time of a child of
/// LibreOffice. One that draws needs megabytes for each page, and is spared most of their page faults.
void leave_fresh_heap();

}  // namespace intake
