package io.chagres.bench.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Scanner;

/** A program that speaks as a contender does, or misbehaves as its first argument says. A step takes a millisecond. */
final class FakeContender {
    private FakeContender() {
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        String behaviour = args[0];
        System.out.println("some library's greeting");
        switch (behaviour) {
            case "notyet" -> System.out.println("@notyet no convolution");
            case "error" -> System.out.println("@error out of memory");
            case "death" -> {
                System.err.println("cannot load a library");
                System.exit(3);
            }
            case "hang" -> Thread.sleep(600_000);
            default -> {
                System.out.println("@first 2.5");
                serve(behaviour);
            }
        }
    }

    private static void serve(String behaviour) throws IOException {
        var log = System.getenv("FAKE_LOG");
        int runs = 0;
        var in = new Scanner(System.in);
        while (in.hasNextLine()) {
            String line = in.nextLine();
            String[] words = line.split(" ");
            if (log != null) {
                Files.writeString(Path.of(log), behaviour + " " + line + "\n", StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
            }
            switch (words[0]) {
                case "describe" -> System.out.println("@is fake on " + System.getenv("FAKE_THREADS"));
                case "run" -> {
                    if (behaviour.equals("late-death") && words[1].equals("50") && ++runs == 2) {
                        System.exit(4);
                    }
                    System.out
                            .println("@ran " + words[1] + " " + words[1] + "000000 " + 100 * Long.parseLong(words[1]));
                }
                case "learn" -> System.out.println(behaviour.equals("stupid") ? "@learned 1 1.5" : "@learned 2.5 0.5");
                default -> {
                    return;
                }
            }
        }
    }
}
