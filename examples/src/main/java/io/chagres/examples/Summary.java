package io.chagres.examples;

import com.fasterxml.jackson.core.JsonFactory;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Locale;

/**
 * What came of a training.
 *
 * @param accuracy on the test images, in [0, 1]
 * @param epochs how often the training images were gone through
 * @param seconds spent in training, without loading and testing
 * @param samplesPerSecond in training
 * @param peakOffHeapBytes the most that was held off the heap at once
 * @param heapBytesPerStep allocated on the Java heap by a step after warm-up
 */
record Summary(double accuracy, int epochs, double seconds, double samplesPerSecond, long peakOffHeapBytes,
        long heapBytesPerStep) {

    /** A table for people. */
    String toText() {
        return String.format(Locale.ROOT, """
                accuracy             %.2f %%
                time                 %.2f s for %d epochs
                samples/s            %,.0f
                peak off-heap bytes  %,d
                heap bytes per step  %,d""", 100 * accuracy, seconds, epochs, samplesPerSecond, peakOffHeapBytes,
                heapBytesPerStep);
    }

    /** One JSON object in one line, for machines. */
    String toJson() throws IOException {
        var text = new StringWriter();
        try (var json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeNumberField("accuracy", accuracy);
            json.writeNumberField("epochs", epochs);
            json.writeNumberField("seconds", seconds);
            json.writeNumberField("samplesPerSecond", samplesPerSecond);
            json.writeNumberField("peakOffHeapBytes", peakOffHeapBytes);
            json.writeNumberField("heapBytesPerStep", heapBytesPerStep);
            json.writeEndObject();
        }
        return text.toString();
    }
}
