package io.chagres.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reports of figures that nobody measured. */
final class Samples {
    private Samples() {
    }

    static Machine machine() {
        return new Machine("Some Processor", true, "avx2 fma", 2, "L1 32K", 23.4, "Some Linux, amd64", "Linux 6",
                "unknown");
    }

    static Software software(String chagres) {
        return new Software("Some VM 25", List.of("-Xmx1g"), chagres, "vector-512", "0.3.31, SkylakeX",
                "3.13.0, AVX-512", new TreeMap<>(Map.of("torch", "torch 2.9")), 2,
                new TreeMap<>(Map.of("OMP_NUM_THREADS", "1 (set by Chagres)")));
    }

    static Report report(List<Measurement> measurements) {
        return new Report(Report.FORMAT, "2026-11-25T12:00:00Z", machine(), software("0.1.0"),
                new TreeMap<>(Map.of("kernels", 0.05)), List.of("Nobody measured this."), measurements);
    }

    /** A time in microseconds, with samples 10 % below and above. */
    static Measurement time(String suite, String benchmark, String contender, Map<String, String> parameters,
            double median) {
        return figure(suite, benchmark, contender, parameters, "us", true, median);
    }

    static Measurement figure(String suite, String benchmark, String contender, Map<String, String> parameters,
            String unit, boolean lessIsBetter, double median) {
        return new Measurement(suite, benchmark, contender, new TreeMap<>(parameters), unit, lessIsBetter, median,
                0.9 * median, 1.1 * median, 5, new TreeMap<>(), "");
    }

    static Measurement with(Measurement one, Map<String, Double> extras) {
        return new Measurement(one.suite(), one.benchmark(), one.contender(), one.parameters(), one.unit(),
                one.lessIsBetter(), one.median(), one.least(), one.greatest(), one.samples(), new TreeMap<>(extras),
                one.note());
    }

    static Measurement missing(String benchmark, String contender, Map<String, String> parameters, String why) {
        return new Measurement("peers", benchmark, contender, new TreeMap<>(parameters), "samples/s", false, Double.NaN,
                Double.NaN, Double.NaN, 0, new TreeMap<>(), why);
    }

    /** All suites. */
    static Report whole() {
        var all = new ArrayList<Measurement>();
        for (int size = 256; size <= 1 << 20; size *= 16) {
            var setting = Map.of("size", "" + size, "threads", "1");
            all.add(time("kernels", "Softmax", "naive", setting, size / 100.0));
            all.add(time("kernels", "Softmax", "vector", setting, size / 1000.0));
            all.add(time("kernels", "Softmax", "chagres", setting, 2 + size / 4000.0));
        }
        for (String shape : List.of("8x8x8", "64x64x64", "512x784x128")) {
            var setting = Map.of("shape", shape, "threads", "2");
            all.add(time("kernels", "Gemm", "segments", setting, Sizes.amount(shape) / 500));
            all.add(time("kernels", "Gemm", "oneDnn", setting, 1 + Sizes.amount(shape) / 1e5));
            all.add(time("kernels", "Gemm", "chagres", setting, 2 + Sizes.amount(shape) / 1e5));
        }
        for (String shape : List.of("64x16x16", "4096x256x512")) {
            all.add(time("kernels", "EmbeddingGather", "chagres", Map.of("shape", shape), Sizes.amount(shape)));
            all.add(time("kernels", "EmbeddingGather", "naive", Map.of("shape", shape), 2 * Sizes.amount(shape)));
        }
        all.add(figure("calls", "Call", "downcall", Map.of(), "ns", true, 8));
        steps(all);
        for (String batch : List.of("1", "64", "4096")) {
            var rate = figure("scaling", "W1", "chagres", Map.of("batch", batch, "threads", "1"), "samples/s", false,
                    1e5 * Math.sqrt(Double.parseDouble(batch)));
            all.add(with(rate, Map.of("share of FMA peak, %", 50.0)));
        }
        for (String threads : List.of("1", "2")) {
            var setting = Map.of("batch", "64", "threads", threads);
            all.add(figure("peers", "W1 training", "chagres", setting, "samples/s", false, 150_000));
            all.add(with(figure("peers", "W1 training", "torch", setting, "samples/s", false, 100_000),
                    Map.of("peak memory, MiB", 512.0)));
            all.add(missing("W1 training", "other", setting, "not available: no such process"));
        }
        all.add(time("odd", "Odd", "one|two", Map.of("x", "1"), 3));
        return report(all);
    }

    private static void steps(List<Measurement> all) {
        var places = Map.of(StepSection.HEAP, 3920.0, StepSection.IN_NATIVE, 80.0, StepSection.IN_KERNELS, 18.0,
                StepSection.IN_JAVA, 2.0, StepSection.STACKS, 2500.0);
        var rounds = Map.of(StepSection.OTHERS, 0.06, StepSection.QUIET, 20.0, StepSection.ROUNDS, 21.0);
        for (String threads : List.of("1", "2")) {
            var setting = Map.of("batch", "64", "threads", threads);
            all.add(time("steps", StepSection.STEP, StepSection.BARE, setting, 300));
            all.add(with(time("steps", StepSection.STEP, StepSection.FUSED, setting, 360), places));
            all.add(with(time("steps", StepSection.STEP, StepSection.PLAIN, setting, 380), places));
            all.add(time("steps", StepSection.OVERHEAD, StepSection.FUSED, setting, 1.2));
            all.add(time("steps", StepSection.OVERHEAD, StepSection.PLAIN, setting, 1.3));
        }
        for (String contender : List.of(StepSection.BARE, StepSection.FUSED, StepSection.PLAIN)) {
            all.add(with(time("steps", StepSection.GAIN, contender, Map.of("batch", "64"), 1.7), rounds));
        }
        for (String contender : List.of("openBlas", "oneDnn", "alternating")) {
            all.add(time("steps", StepSection.TURNS, contender, Map.of("shape", "8x8x8"), 100));
        }
        all.add(with(time("steps", StepSection.TURNS_OVERHEAD, "alternating", Map.of("shape", "8x8x8"), 1), rounds));
    }
}
