#pragma once
// What a process gives up for good before it touches what a stranger sent.

namespace sallyport::apps {

/// From here on: read and write what is open, take up to 512 MiB of memory and 5 s of the processor, and end.
/// No file, no network, no process, nothing of other processes; whatever else it asks of the kernel ends it.
/// False: the kernel did not agree, and nothing may be read.
[[nodiscard]] bool confine_this_process();

}  // namespace sallyport::apps
