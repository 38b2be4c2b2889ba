/**
 * The sections of the doctor's report, in its order: {@code SystemReport}, {@code LibraryReport},
 * {@code EnvironmentReport}, {@code KernelReport}, {@code ThreadReport}, {@code SelfTest}.
 *
 * <p>They only look and print. What needs tensors or plans is a {@link io.chagres.natives.Checkup} of another module.
 */
package io.chagres.natives.doctor;
