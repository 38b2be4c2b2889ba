package io.chagres.bench.report;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The machine that figures are of.
 *
 * @param processor its model
 * @param virtual whether a hypervisor shows
 * @param instructionSets those that kernels are chosen by
 * @param cores that the JVM may use
 * @param caches such as {@code L1d 32K, L2 1024K, L3 32768K}
 * @param memoryGib main memory
 * @param system operating system and architecture
 * @param kernel its version
 * @param governor how clock rates are chosen, such as {@code performance}
 */
public record Machine(String processor, boolean virtual, String instructionSets, int cores, String caches,
        double memoryGib, String system, String kernel, String governor) {
    /** What cannot be found out. */
    public static final String UNKNOWN = "unknown";

    private static final Path PROCESSOR = Path.of("/proc/cpuinfo");
    private static final Path RELEASE = Path.of("/etc/os-release");
    private static final Path CPU = Path.of("/sys/devices/system/cpu/cpu0");
    private static final List<String> CACHES = List.of("index0", "index2", "index3");
    private static final Pattern KERNELS = Pattern
            .compile("sse4_[12]|avx.*|fma|f16c|amx.*|neon|asimd.*|sve.*|sme\\d?|bf16|i8mm");

    /** This machine. */
    public static Machine here() {
        String flags = ProcFiles.value(PROCESSOR, "flags", "Features").orElse("");
        String sets = Arrays.stream(flags.split(" ")).filter(KERNELS.asMatchPredicate()).sorted()
                .collect(Collectors.joining(" "));
        String name = Files.isReadable(RELEASE) ? distribution() : System.getProperty("os.name");
        return new Machine(ProcFiles.value(PROCESSOR, "model name", "CPU part").orElse(UNKNOWN),
                (" " + flags + " ").contains(" hypervisor "), sets.isEmpty() ? UNKNOWN : sets,
                Runtime.getRuntime().availableProcessors(), cacheSizes(), gibibytes(),
                name + ", " + System.getProperty("os.arch"),
                System.getProperty("os.name") + " " + System.getProperty("os.version").replaceFirst("-.*", ""),
                ProcFiles.line(CPU.resolve("cpufreq/scaling_governor")).orElse(UNKNOWN));
    }

    private static String distribution() {
        try (var lines = Files.lines(RELEASE)) {
            return lines.filter(line -> line.startsWith("PRETTY_NAME="))
                    .map(line -> line.substring(line.indexOf('=') + 1).replace("\"", "")).findFirst()
                    .orElse(System.getProperty("os.name"));
        } catch (IOException e) {
            return System.getProperty("os.name");
        }
    }

    private static String cacheSizes() {
        String sizes = CACHES.stream().map(index -> CPU.resolve("cache").resolve(index))
                .filter(cache -> ProcFiles.line(cache.resolve("size")).isPresent())
                .map(cache -> "L" + ProcFiles.line(cache.resolve("level")).orElse("?") + " "
                        + ProcFiles.line(cache.resolve("size")).orElseThrow())
                .collect(Collectors.joining(", "));
        return sizes.isEmpty() ? UNKNOWN : sizes;
    }

    private static double gibibytes() {
        var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return Math.round(10.0 * system.getTotalMemorySize() / (1 << 30)) / 10.0;
    }
}
