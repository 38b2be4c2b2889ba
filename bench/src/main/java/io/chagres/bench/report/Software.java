package io.chagres.bench.report;

import io.chagres.natives.Natives;
import io.chagres.natives.doctor.KernelReport;
import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.thread.Threads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * The software that figures are of.
 *
 * @param jvm name and version
 * @param jvmFlags as given on the command line
 * @param chagres version, and commit if it is known
 * @param kernels which of our own kernels were chosen, such as {@code vector-512}
 * @param openBlas version and kernels
 * @param oneDnn version and instruction set
 * @param peers what other libraries say of themselves, by contender
 * @param threadLimit the greatest number of threads that Chagres would take by itself
 * @param environment variables that OpenMP, OpenBLAS, oneDNN and Chagres listen to; those that Chagres set say so
 */
public record Software(String jvm, List<String> jvmFlags, String chagres, String kernels, String openBlas,
        String oneDnn, SortedMap<String, String> peers, int threadLimit, SortedMap<String, String> environment) {
    private static final Pattern HEARD = Pattern.compile("(OMP|GOMP|KMP|OPENBLAS|GOTO|MKL|ONEDNN|DNNL|CHAGRES)_.*");
    private static final int GIT_SECONDS = 10;

    /** Copies the collections. */
    public Software {
        jvmFlags = List.copyOf(jvmFlags);
        peers = Collections.unmodifiableSortedMap(new TreeMap<>(peers));
        environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
    }

    /** That of this JVM; loads the native libraries. No peers are known yet. */
    public static Software here() {
        var natives = Natives.info();
        var environment = new TreeMap<>(System.getenv());
        environment.keySet().removeIf(HEARD.asMatchPredicate().negate());
        natives.environment().forEach((name, value) -> environment.put(name, value + " (set by Chagres)"));
        var flags = ManagementFactory.getRuntimeMXBean().getInputArguments();
        return new Software(System.getProperty("java.vm.name") + " " + Runtime.version(), flags,
                version() + commit(), Kernels.best().name(), natives.openblas() + ", " + KernelReport.openBlas(),
                natives.onednn() + ", " + KernelReport.oneDnn(), new TreeMap<>(), Threads.limit(), environment);
    }

    /** The same with the peers that took part. */
    public Software with(SortedMap<String, String> others) {
        return new Software(jvm, jvmFlags, chagres, kernels, openBlas, oneDnn, others, threadLimit, environment);
    }

    private static String version() {
        var properties = new Properties();
        try (var in = Software.class.getResourceAsStream("version.properties")) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read our own version", e);
        }
        return properties.getProperty("version");
    }

    /** The commit of the working directory, and whether tracked files differ from it; empty if git does not tell. */
    private static String commit() {
        String commit = git("rev-parse", "--short=12", "HEAD");
        if (commit.isEmpty()) {
            return "";
        }
        return ", commit " + commit
                + (git("status", "--porcelain", "--untracked-files=no").isEmpty() ? "" : " changed");
    }

    private static String git(String... arguments) {
        var command = new ArrayList<>(List.of("git"));
        command.addAll(List.of(arguments));
        try {
            var git = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            git.getOutputStream().close();
            String answer = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return git.waitFor(GIT_SECONDS, TimeUnit.SECONDS) && git.exitValue() == 0 ? answer : "";
        } catch (IOException e) {
            return ""; // no git here
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
