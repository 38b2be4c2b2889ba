package io.chagres.natives.doctor;

import io.chagres.natives.Checkup;
import io.chagres.natives.load.Processor;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** JVM, operating system and processor. Needs no libraries. */
public final class SystemReport implements Checkup {
    /** Instruction sets that the kernels of either library are chosen by, on x86-64 and on ARM. */
    private static final Pattern KERNELS = Pattern
            .compile("sse4_[12]|avx.*|fma|f16c|amx.*|neon|asimd.*|sve.*|sme\\d?|bf16|i8mm");

    @Override
    public String title() {
        return "System";
    }

    @Override
    public boolean run(PrintStream out) {
        Lines.print(out, "Java", "%s %s, %s".formatted(System.getProperty("java.vm.name"), Runtime.version(),
                System.getProperty("java.home")));
        Lines.print(out, "operating system", "%s %s, %s".formatted(System.getProperty("os.name"),
                System.getProperty("os.version"), System.getProperty("os.arch")));
        Lines.print(out, "processor", Processor.value("model name", "CPU part").orElse("unknown"));
        Lines.print(out, "instruction sets",
                Arrays.stream(Processor.value("flags", "Features").orElse("unknown").split(" "))
                        .filter(KERNELS.asMatchPredicate()).collect(Collectors.joining(" ")));
        Lines.print(out, "processors for Java", Runtime.getRuntime().availableProcessors());
        return true;
    }
}
