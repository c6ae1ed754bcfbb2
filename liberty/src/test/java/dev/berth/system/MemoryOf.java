package dev.berth.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * What processes hold, from {@code /proc}, summed over them; in MB of 1024 * 1024 bytes.
 *
 * @param rss resident pages; those that processes share are counted in each
 * @param pss resident pages; a page that n processes share is one nth of a page for each
 */
record MemoryOf(long rss, long pss) {
    /** A process and all that it started. */
    static MemoryOf family(long pid) {
        Stream<ProcessHandle> descendants =
                ProcessHandle.of(pid).stream().flatMap(ProcessHandle::descendants);
        return sum(
                LongStream.concat(LongStream.of(pid), descendants.mapToLong(ProcessHandle::pid))
                        .boxed()
                        .toList());
    }

    private static MemoryOf sum(List<Long> pids) {
        return new MemoryOf(
                pids.stream().mapToLong(pid -> kilobytes(pid, "status", "VmRSS:")).sum() / 1024,
                pids.stream().mapToLong(pid -> kilobytes(pid, "smaps_rollup", "Pss:")).sum()
                        / 1024);
    }

    /** 0 for a process that ended meanwhile. */
    private static long kilobytes(long pid, String file, String key) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid, file))) {
            return lines.filter(line -> line.startsWith(key))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }

    @Override
    public String toString() {
        return "RSS %d MB, PSS %d MB".formatted(rss, pss);
    }
}
