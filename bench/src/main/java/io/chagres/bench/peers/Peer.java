package io.chagres.bench.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A program that takes part.
 *
 * @param command to which the case's arguments are added
 * @param environment variables; {@code {threads}} in a value stands for the case's number
 * @param only workloads that it is for; empty for all
 * @param missing why it cannot be started at all; empty if it can
 */
record Peer(String name, List<String> command, Map<String, String> environment, List<String> only, String missing) {
    private static final String SUFFIX = ".args";

    /**
     * Reads an argument file of the {@code java} command. Comments in it say what else there is to know: {@code #env
     * NAME=value} for the environment, {@code #only W2 W3} for the workloads; its name is the contender's.
     */
    static Peer read(Path file) throws IOException {
        var environment = new LinkedHashMap<String, String>();
        var only = new ArrayList<String>();
        for (String line : Files.readAllLines(file)) {
            String[] words = line.strip().split("\\s+", 2);
            if (words[0].equals("#env")) {
                String[] pair = words[1].split("=", 2);
                environment.put(pair[0], pair[1]);
            } else if (words[0].equals("#only")) {
                only.addAll(List.of(words[1].split("\\s+")));
            }
        }
        String name = file.getFileName().toString();
        return new Peer(name.substring(0, name.length() - SUFFIX.length()),
                List.of(java(), "@" + file.toAbsolutePath()), environment, only, "");
    }

    /** A contender that cannot take part, and why. */
    static Peer missing(String name, String reason) {
        return new Peer(name, List.of(), Map.of(), List.of(), reason);
    }

    /** All that the modules below a folder have built. */
    static List<Peer> readAll(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        var peers = new ArrayList<Peer>();
        try (var modules = Files.list(folder)) {
            for (var module : modules.sorted().toList()) {
                var contenders = module.resolve("target").resolve("contenders");
                if (Files.isDirectory(contenders)) {
                    try (var files = Files.list(contenders)) {
                        for (var file : files.filter(f -> f.toString().endsWith(SUFFIX)).sorted().toList()) {
                            peers.add(read(file));
                        }
                    }
                }
            }
        }
        return peers;
    }

    /** The {@code java} command of this JVM. */
    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    boolean takes(PeerCase c) {
        return only.isEmpty() || only.contains(c.workload().name());
    }
}
