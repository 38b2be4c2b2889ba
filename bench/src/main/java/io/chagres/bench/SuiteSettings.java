package io.chagres.bench;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What is wanted of a suite.
 *
 * @param quick the short form: fewer sizes, shorter runs
 * @param millis how long JMH's iterations take; 0 for what benchmarks ask for, or less in the short form
 * @param only regular expressions, one of which must be found in a benchmark's name; none for everything
 * @param threads on how many threads, where the suite leaves a choice; none for its own
 * @param out a folder for what is of use beside the report
 * @param log where it says what it is at
 */
public record SuiteSettings(boolean quick, int millis, List<String> only, List<Integer> threads, Path out,
        PrintStream log) {
    /** Whether a name is wanted. */
    public boolean wants(String name) {
        return only.isEmpty() || only.stream().anyMatch(regex -> Pattern.compile(regex).matcher(name).find());
    }
}
