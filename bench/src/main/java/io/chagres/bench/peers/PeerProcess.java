package io.chagres.bench.peers;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A contender's process, and what is said to it and read from it. */
final class PeerProcess implements AutoCloseable {
    private static final String END = "";
    private static final Duration GRACE = Duration.ofSeconds(2);
    private static final Set<Process> ALIVE = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> ALIVE.forEach(PeerProcess::kill)));
    }

    private final Process process;
    private final Path errors;
    private final Writer in;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

    private PeerProcess(Process process, Path errors) {
        this.process = process;
        this.errors = errors;
        this.in = process.outputWriter(StandardCharsets.UTF_8);
        Thread.ofPlatform().daemon().name("output of " + process.pid()).start(this::read);
    }

    /** Starts it, with its standard error in a file; {@link #first} waits until it can work. */
    static PeerProcess start(Peer peer, PeerCase c, Path data, Path errors) throws PeerException {
        if (!peer.missing().isEmpty()) {
            throw new PeerException("not available: " + peer.missing());
        }
        var command = new ArrayList<>(peer.command());
        command.addAll(c.arguments(data.toString()));
        var builder = new ProcessBuilder(command).redirectError(errors.toFile());
        peer.environment().forEach((name, value) -> builder.environment().put(name,
                value.replace("{threads}", Integer.toString(c.threads()))));
        try {
            var process = builder.start();
            ALIVE.add(process);
            return new PeerProcess(process, errors);
        } catch (IOException e) {
            throw new PeerException("not available: " + e.getMessage());
        }
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("@")) {
                    answers.add(line.substring(1));
                }
            }
        } catch (IOException _) {
            // The process was killed: the end of its output, too.
        }
        answers.add(END);
    }

    /** Waits for the end of the first step; returns its loss. */
    double first(Duration timeout) throws PeerException {
        return Double.parseDouble(answer("first", "its first step", timeout)[0]);
    }

    /**
     * Says a line and waits for the answer.
     *
     * @param expected the answer's first word
     * @return the words after it
     * @throws PeerException if it answers something else, ends, or takes too long, and then it is killed
     */
    String[] ask(String line, String expected, Duration timeout) throws PeerException {
        try {
            in.write(line + "\n");
            in.flush();
        } catch (IOException _) {
            // It has ended; its last words say why.
        }
        return answer(expected, "\"" + line + "\"", timeout);
    }

    private String[] answer(String expected, String question, Duration timeout) throws PeerException {
        String line;
        try {
            line = answers.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PeerException("interrupted");
        }
        if (line == null) {
            kill(process);
            throw new PeerException("not available: no answer to " + question + " within " + timeout.toSeconds()
                    + " s");
        }
        if (line.equals(END)) {
            throw new PeerException("not available: it ended with exit code " + exitCode() + lastWords());
        }
        String[] words = line.split(" ", 2);
        String rest = words.length == 1 ? "" : words[1];
        if (words[0].equals(expected)) {
            return rest.split(" ");
        }
        throw new PeerException(switch (words[0]) {
            case "notyet" -> "not yet: " + rest;
            case "error" -> "not available: " + rest;
            default -> "not available: it answered \"" + line + "\" to " + question;
        });
    }

    private String exitCode() {
        try {
            return process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)
                    ? Integer.toString(process.exitValue())
                    : "unknown";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "unknown";
        }
    }

    private String lastWords() {
        try {
            String last = "";
            for (String line : Files.readString(errors, StandardCharsets.ISO_8859_1).split("\\R")) {
                last = line.isBlank() ? last : line.strip();
            }
            return last.isEmpty() ? "" : ": " + last;
        } catch (IOException e) {
            return "";
        }
    }

    /** CPU time so far, of all its threads. */
    double cpuSeconds() {
        return process.info().totalCpuDuration().map(d -> d.toNanos() / 1e9).orElse(0.0);
    }

    /** The most memory that it had resident, in MiB; NaN where Linux's books are missing. */
    double peakMebibytes() {
        try (var lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .mapToDouble(line -> Double.parseDouble(line.split("\\s+")[1]) / 1024).findFirst()
                    .orElse(Double.NaN);
        } catch (IOException e) {
            return Double.NaN;
        }
    }

    /** How many threads it has, the JVM's own included; NaN where Linux's books are missing. */
    double threads() {
        String[] tasks = new File("/proc/" + process.pid() + "/task").list();
        return tasks == null ? Double.NaN : tasks.length;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    /** Asks it to end, and kills it if it does not. */
    @Override
    public void close() {
        try {
            in.write("quit\n");
            in.close();
        } catch (IOException _) {
            // It has ended.
        }
        try {
            if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                kill(process);
                process.waitFor();
            }
        } catch (InterruptedException e) {
            kill(process);
            Thread.currentThread().interrupt();
        }
        ALIVE.remove(process);
    }
}
