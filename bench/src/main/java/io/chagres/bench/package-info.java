/**
 * Benchmarks, each of which asks one question and checks its own answer. {@code *Bench} are for JMH, one question a file;
 * {@code StepRatios} is a program of its own that measures by turns what is to be compared. Around them: operands
 * ({@code Product}, {@code ReferenceStep}), and plain-Java computations to compare with ({@code Naive*}). The package
 * {@code kernel} compares single kernels, native and in Java.
 * <p>
 * Nothing in Chagres depends on this module, and nothing here may be needed to use Chagres.
 */
package io.chagres.bench;
