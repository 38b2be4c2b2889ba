package io.chagres.bench.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Who takes part on this machine. Closing deletes a copy of the script for Python. */
final class Contenders implements AutoCloseable {
    private static final String PYTHON = "pytorch";
    private static final int IMPORT_SECONDS = 120;

    private final List<Peer> peers;
    private final Path script;

    private Contenders(List<Peer> peers, Path script) {
        this.peers = peers;
        this.script = script;
    }

    /** Chagres first. The environment variable {@code PYTHON} names the interpreter for PyTorch, else {@code python3} is it. */
    static Contenders find() throws IOException {
        var peers = new ArrayList<Peer>();
        peers.add(chagres());
        peers.addAll(Peer.readAll(folder()));
        String interpreter = System.getenv().getOrDefault("PYTHON", "python3");
        String missing = importTorch(interpreter);
        Path script = null;
        if (missing.isEmpty()) {
            script = Files.createTempFile("chagres-peers", ".py");
            script.toFile().deleteOnExit();
            try (var resource = Contenders.class.getResourceAsStream("pytorch.py")) {
                Files.write(script, resource.readAllBytes());
            }
            peers.add(new Peer(PYTHON, List.of(interpreter, "-u", script.toString()),
                    Map.of("OMP_NUM_THREADS", "{threads}"), List.of(), ""));
        } else {
            peers.add(Peer.missing(PYTHON, missing));
        }
        return new Contenders(peers, script);
    }

    static Peer chagres() {
        return new Peer("chagres",
                List.of(Peer.java(), "-XX:+UseSerialGC", "-Xms16m", "-Xmx256m", "--enable-native-access=ALL-UNNAMED",
                        "--add-modules", "jdk.incubator.vector", "-cp",
                        System.getProperty("java.class.path"), ChagresContender.class.getName()),
                Map.of(), List.of(), "");
    }

    private static Path folder() {
        String named = System.getProperty(PeerSuite.FOLDER);
        if (named != null) {
            return Path.of(named);
        }
        var fromRoot = Path.of("bench", "peers");
        return Files.isDirectory(fromRoot) ? fromRoot : Path.of("peers");
    }

    /** Empty if the interpreter can import torch. */
    private static String importTorch(String python) {
        try {
            var process = new ProcessBuilder(python, "-c", "import torch")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(IMPORT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return python + " did not import torch in " + IMPORT_SECONDS + " s";
            }
            return process.exitValue() == 0 ? "" : python + " cannot import torch";
        } catch (IOException _) {
            return "there is no " + python;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    List<Peer> peers() {
        return peers;
    }

    @Override
    public void close() throws IOException {
        if (script != null) {
            Files.deleteIfExists(script);
        }
    }
}
