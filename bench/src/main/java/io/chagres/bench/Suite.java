package io.chagres.bench;

import io.chagres.bench.report.Measurement;
import java.io.IOException;
import java.util.List;

/** Some questions that are answered together. */
@FunctionalInterface
public interface Suite {
    /**
     * Measures. What cannot be measured is a measurement without a figure, and its note says why.
     *
     * @throws IOException if a file that it needs cannot be read or written
     * @throws IllegalStateException if a computation gave a wrong result
     */
    List<Measurement> run(SuiteSettings settings) throws IOException;
}
