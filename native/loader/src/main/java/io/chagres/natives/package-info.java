/**
 * The native libraries as the rest of Chagres sees them: {@link io.chagres.natives.Natives} loads OpenBLAS and oneDNN,
 * {@link io.chagres.natives.Doctor} reports on them.
 *
 * <p>How loading is done lives in {@code load}, what the doctor looks at in {@code doctor}. No tensor, no binding and
 * no thread plan belongs here: this module knows the libraries' files and versions, not their use.
 */
package io.chagres.natives;
