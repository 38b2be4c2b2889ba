package io.chagres.bench.peers;

import io.chagres.bench.contender.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What all contenders run by turns. */
record PeerCase(Workload workload, boolean training, int batch, int threads) {
    /** All cases for some numbers of threads, those that Chagres can run first. */
    static List<PeerCase> all(List<Integer> threads) {
        var cases = new ArrayList<PeerCase>();
        add(cases, Workload.W1, true, threads, 64, 512);
        add(cases, Workload.W5, true, threads, 256);
        add(cases, Workload.W2, true, threads, 64);
        add(cases, Workload.W3, true, threads, 32);
        add(cases, Workload.W4, true, threads, 16);
        add(cases, Workload.W6, true, threads, 32);
        add(cases, Workload.W2, false, threads, 1, 32);
        add(cases, Workload.W3, false, threads, 1, 32);
        return cases;
    }

    private static void add(List<PeerCase> cases, Workload workload, boolean training, List<Integer> threads,
            int... batches) {
        for (int batch : batches) {
            for (int n : threads) {
                cases.add(new PeerCase(workload, training, batch, n));
            }
        }
    }

    /** Such as {@code W1 training}. */
    String benchmark() {
        return workload + (training ? " training" : " inference");
    }

    SortedMap<String, String> parameters() {
        var parameters = new TreeMap<String, String>();
        parameters.put("batch", Integer.toString(batch));
        parameters.put("threads", Integer.toString(threads));
        return parameters;
    }

    /** Such as {@code W1 training batch=64 threads=2}. */
    String name() {
        return benchmark() + " batch=" + batch + " threads=" + threads;
    }

    /** A contender's arguments. */
    List<String> arguments(String dataFile) {
        return List.of(workload.name(), training ? "train" : "infer", Integer.toString(batch),
                Integer.toString(threads),
                dataFile);
    }
}
