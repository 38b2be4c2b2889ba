package io.chagres.natives.load;

import io.chagres.natives.NativeLoadException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The processor, as Linux describes it. */
public final class Processor {
    private static final Path CPUINFO = Path.of("/proc/cpuinfo");
    private static final Pattern COLON = Pattern.compile("\\s*:\\s*");
    /** What the libraries for x86-64 take for granted before they look which kernels to use. */
    private static final String NEEDED = "sse4_2";

    private Processor() {
    }

    /** The first value under any of the names; none where the system has no such list. */
    public static Optional<String> value(String... names) {
        return value(cpuinfo(), names);
    }

    /**
     * Refuses a processor on which the libraries for a platform would end the process with an illegal instruction.
     *
     * @throws NativeLoadException if it is one
     */
    static void require(String platform) {
        require(platform, cpuinfo());
    }

    static void require(String platform, List<String> cpuinfo) {
        var flags = value(cpuinfo, "flags");
        if (platform.endsWith("x86_64") && flags.isPresent() && !List.of(flags.get().split(" ")).contains(NEEDED)) {
            throw new NativeLoadException(
                    """
                            the native libraries for %s need a processor with SSE4.2, which '%s' has not; in a \
                            virtual machine pass the host's processor on, or set %s to a folder with OpenBLAS and \
                            oneDNN built for this one"""
                            .formatted(platform, value(cpuinfo, "model name").orElse("this one"), Settings.LIBRARIES));
        }
    }

    private static List<String> cpuinfo() {
        try {
            return Files.readAllLines(CPUINFO);
        } catch (IOException _) {
            return List.of();
        }
    }

    private static Optional<String> value(List<String> cpuinfo, String... names) {
        return cpuinfo.stream().map(line -> COLON.split(line, 2))
                .filter(line -> line.length == 2 && Arrays.asList(names).contains(line[0])).map(line -> line[1])
                .findFirst();
    }
}
