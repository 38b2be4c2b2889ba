package io.chagres.bench.contender;

import java.io.IOException;
import java.lang.foreign.ValueLayout;

/** A contender that only counts: the loss is 1 / step, and it prints which batches it got. */
final class Counting implements Contender {
    private Counting() {
    }

    public static void main(String[] args) throws IOException {
        Host.main(new Counting(), args);
    }

    @Override
    public String describe() {
        return "counting";
    }

    @Override
    public Session open(Task task) throws NotYetException {
        if (task.workload() == Workload.W6) {
            throw new NotYetException("no LSTM");
        }
        if (task.workload() == Workload.W5) {
            throw new IllegalStateException("out of order\nsecond line");
        }
        System.out.println("opened " + task.name());
        return new Session() {
            private int steps;

            @Override
            public double step(int input, int labels) {
                if (steps < 2) {
                    System.out.println("step " + input + " " + labels + " "
                            + task.data().labels(labels).get(ValueLayout.JAVA_LONG_UNALIGNED, 0));
                }
                return 1.0 / ++steps;
            }

            @Override
            public void close() {
                System.out.println("closed after " + steps);
            }
        };
    }
}
