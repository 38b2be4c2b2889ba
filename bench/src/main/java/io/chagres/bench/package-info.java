/**
 * Benchmarks, each of which asks one question and checks its own answer, and the program that runs them, {@code Bench}: its
 * commands, and the suites that they run. {@code *Bench} are for JMH, one question a file; {@code StepRatios} measures by turns
 * what is to be compared. Around them: operands ({@code Product}, {@code ReferenceStep}), and plain-Java computations to compare
 * with ({@code Naive*}). Kernels, scaling, other libraries and reports have packages of their own.
 * <p>
 * Nothing in Chagres depends on this module, and nothing here may be needed to use Chagres.
 */
package io.chagres.bench;
