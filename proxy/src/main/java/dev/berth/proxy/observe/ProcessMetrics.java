package dev.berth.proxy.observe;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.berth.proxy.observe.Exposition.MetricType;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the edge's process uses. Read when somebody asks, and at no other time. */
final class ProcessMetrics {
    private static final double MILLIS = 1e3;
    private static final double NANOS = 1e9;

    private ProcessMetrics() {}

    static void write(Exposition page) {
        memory(page);
        collections(page);
        system(page);
        page.single(
                "berth_edge_threads",
                MetricType.Gauge,
                "Platform threads.",
                ManagementFactory.getThreadMXBean().getThreadCount());
        page.single(
                "berth_edge_start_time_seconds",
                MetricType.Gauge,
                "When the process began, since the epoch.",
                ManagementFactory.getRuntimeMXBean().getStartTime() / MILLIS);
    }

    private static void memory(Exposition page) {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        page.single("berth_edge_heap_used_bytes", MetricType.Gauge, "Heap in use.", heap.getUsed());
        page.single(
                "berth_edge_heap_max_bytes", MetricType.Gauge, "Limit of the heap.", heap.getMax());
        page.single(
                "berth_edge_direct_memory_bytes",
                MetricType.Gauge,
                "Memory of network buffers outside of the heap.",
                Math.max(0, PlatformDependent.usedDirectMemory()));
        page.single(
                "berth_edge_resident_memory_bytes",
                MetricType.Gauge,
                "Memory of the process that is in RAM.",
                resident());
    }

    private static void collections(Exposition page) {
        page.family("berth_edge_gc_collections_total", MetricType.Counter, "Garbage collections.");
        for (GarbageCollectorMXBean gc : ManagementFactory.getGarbageCollectorMXBeans()) {
            page.sample(Math.max(0, gc.getCollectionCount()), "gc", gc.getName());
        }
        page.family(
                "berth_edge_gc_seconds_total", MetricType.Counter, "Time of garbage collections.");
        for (GarbageCollectorMXBean gc : ManagementFactory.getGarbageCollectorMXBeans()) {
            page.sample(Math.max(0, gc.getCollectionTime()) / MILLIS, "gc", gc.getName());
        }
    }

    private static void system(Exposition page) {
        if (ManagementFactory.getOperatingSystemMXBean()
                instanceof UnixOperatingSystemMXBean system) {
            page.single(
                    "berth_edge_cpu_seconds_total",
                    MetricType.Counter,
                    "Processor time used.",
                    Math.max(0, system.getProcessCpuTime()) / NANOS);
            page.single(
                    "berth_edge_open_fds",
                    MetricType.Gauge,
                    "Open file descriptors.",
                    system.getOpenFileDescriptorCount());
            page.single(
                    "berth_edge_max_fds",
                    MetricType.Gauge,
                    "Limit of file descriptors.",
                    system.getMaxFileDescriptorCount());
        }
    }

    /** As the kernel tells; 0 where it tells nothing. */
    private static long resident() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("VmRSS:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
                }
            }
        } catch (IOException e) {
            // not Linux
        }
        return 0;
    }
}
