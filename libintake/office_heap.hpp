// The heap that the parent of LibreOffice's children leaves to them. Nothing received is read here. For office_process
// only.
#pragma once

namespace intake {

/// Call once the parent is warm and before the first child: a child's memory then comes from fresh pages, and from huge
/// ones where the kernel gives them. Reused holes would lie in pages that parent and child share, each of which the
/// kernel has to copy at its first touch; that took a third of a child's time.
void leave_fresh_heap();

}  // namespace intake
