package io.chagres.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.DoubleSupplier;

/** How much CPU time everything but this JVM and its helpers takes, by Linux's books; elsewhere none is seen. */
public final class OtherProcesses {
    private static final Path BOOKS = Path.of("/proc/stat");
    private static final int USER = 1;
    private static final int IDLE = 4;
    private static final int IO_WAIT = 5;
    private static final int STEAL = 8;
    private static final double TICKS_PER_SECOND = 100;
    private static final OperatingSystemMXBean SYSTEM = ManagementFactory
            .getPlatformMXBean(OperatingSystemMXBean.class);

    private final DoubleSupplier helpers;
    private double others;
    private long time;

    OtherProcesses() {
        this(() -> 0);
    }

    /** The argument tells the CPU seconds that this JVM's helpers have taken so far; they are not others. */
    public OtherProcesses(DoubleSupplier helpers) {
        this.helpers = helpers;
        this.others = cpuSeconds();
        this.time = System.nanoTime();
    }

    /** The average number of CPUs that others kept busy since the last call. */
    public double busyCpus() {
        double othersNow = cpuSeconds();
        long now = System.nanoTime();
        double busy = (othersNow - others) / ((now - time) / 1e9);
        others = othersNow;
        time = now;
        return Math.max(0, busy);
    }

    private double cpuSeconds() {
        if (!Files.isReadable(BOOKS)) {
            return 0;
        }
        try (var lines = Files.lines(BOOKS)) {
            String[] fields = lines.findFirst().orElseThrow().split("\\s+");
            long ticks = 0;
            for (int i = USER; i <= STEAL; i++) {
                ticks += i == IDLE || i == IO_WAIT ? 0 : Long.parseLong(fields[i]);
            }
            return ticks / TICKS_PER_SECOND - SYSTEM.getProcessCpuTime() / 1e9
                    - helpers.getAsDouble();
        } catch (IOException e) {
            return 0;
        }
    }
}
