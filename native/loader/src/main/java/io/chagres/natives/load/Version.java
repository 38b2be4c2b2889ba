package io.chagres.natives.load;

import java.util.Comparator;
import java.util.regex.Pattern;

/** A library's version. */
record Version(int major, int minor, int patch) implements Comparable<Version> {
    private static final Pattern NUMBERS = Pattern.compile("(\\d{1,9})\\.(\\d{1,9})(?:\\.(\\d{1,9}))?");
    private static final Comparator<Version> ORDER = Comparator.comparingInt(Version::major)
            .thenComparingInt(Version::minor).thenComparingInt(Version::patch);

    /**
     * The first version number in the text.
     *
     * @throws IllegalArgumentException if there is none
     */
    static Version in(String text) {
        var match = NUMBERS.matcher(text);
        if (!match.find()) {
            throw new IllegalArgumentException("no version number in '" + text + "'");
        }
        var patch = match.group(3);
        return new Version(Integer.parseInt(match.group(1)), Integer.parseInt(match.group(2)),
                patch == null ? 0 : Integer.parseInt(patch));
    }

    /** Whether code made for this version runs on the other: not older, and no breaking step up. */
    boolean accepts(Version found) {
        return found.compareTo(this) >= 0 && found.compareTo(end()) < 0;
    }

    /** The first version that may break code made for this one: the next major, before 1.0 the next minor. */
    Version end() {
        return major > 0 ? new Version(major + 1, 0, 0) : new Version(0, minor + 1, 0);
    }

    @Override
    public int compareTo(Version other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + patch;
    }
}
