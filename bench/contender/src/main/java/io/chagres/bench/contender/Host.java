package io.chagres.bench.contender;

import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * The main loop of a contender's process. Arguments: workload, {@code train} or {@code infer}, batch, threads, data file.
 * <p>
 * It runs one step at once and says so; then it does what the lines on its standard input say, and answers each with one line
 * that begins with {@code @}. All else that libraries print is for nobody. Programs in other languages speak the same:
 * <pre>
 *            @first 2.31                       the first step is finished, and its loss
 *            @notyet reason | @error message   instead of it; the process ends
 * describe   @is text
 * run 500    @ran steps nanoseconds bytes      steps for at least so many milliseconds; bytes of the managed heap that they
 *                                              allocated, or -1
 * learn 100  @learned first last               a new network on one fixed batch: losses of the first step and of that one
 * quit       the process ends
 * </pre>
 */
public final class Host {
    private static final ThreadMXBean HEAP = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

    private final Contender contender;
    private final Task task;
    private final PrintStream out;
    private int turn;

    private Host(Contender contender, Task task, PrintStream out) {
        this.contender = contender;
        this.task = task;
        this.out = out;
    }

    /** Serves one task until told to quit, or standard input ends. */
    public static void main(Contender contender, String... args) throws IOException {
        var workload = Workload.valueOf(args[0]);
        int batch = Integer.parseInt(args[2]);
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try (var arena = Arena.ofShared()) {
            var data = Data.map(Path.of(args[4]), workload, batch, arena);
            var task = new Task(workload, args[1].equals("train"), batch, Integer.parseInt(args[3]), data);
            new Host(contender, task, out).serve();
        } catch (NotYetException e) {
            out.println("@notyet " + e.getMessage());
        } catch (RuntimeException | Error e) {
            e.printStackTrace();
            out.println("@error " + String.valueOf(e).lines().findFirst().orElse(""));
        }
        // Libraries leave threads behind that would keep the process.
        System.exit(0);
    }

    private void serve() throws IOException, NotYetException {
        try (var session = contender.open(task)) {
            out.println("@first " + step(session));
            var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = in.readLine(); line != null && !line.equals("quit"); line = in.readLine()) {
                String[] words = line.split(" ");
                out.println(switch (words[0]) {
                    case "describe" -> "@is " + contender.describe();
                    case "run" -> run(session, Long.parseLong(words[1]));
                    case "learn" -> learn(Integer.parseInt(words[1]));
                    default -> "@error what is: " + line;
                });
            }
        }
    }

    private double step(Session session) {
        double loss = session.step(turn, turn);
        turn = (turn + 1) % (Data.INPUTS * Data.LABELS);
        return loss;
    }

    private String run(Session session, long millis) {
        long most = TimeUnit.MILLISECONDS.toNanos(millis);
        long heap = HEAP.getTotalThreadAllocatedBytes();
        long start = System.nanoTime();
        long steps = 0;
        double loss;
        do {
            loss = step(session);
            steps++;
        } while (System.nanoTime() - start < most);
        long nanos = System.nanoTime() - start;
        heap = HEAP.getTotalThreadAllocatedBytes() - heap;
        return Double.isFinite(loss) ? "@ran " + steps + " " + nanos + " " + heap : "@error the loss is " + loss;
    }

    private String learn(int steps) throws NotYetException {
        try (var session = contender.open(task)) {
            double first = session.step(0, 0);
            double last = first;
            for (int i = 1; i < steps; i++) {
                last = session.step(0, 0);
            }
            return "@learned " + first + " " + last;
        }
    }
}
