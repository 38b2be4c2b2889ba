/**
 * How the libraries get from a jar or a folder into this process: {@code Loading} is the whole way, {@code Manifest}
 * says what belongs on a platform, {@code Cache} puts it on disk, {@code PrivateFolder} refuses places that others can
 * write.
 *
 * <p>Every failure leaves this package as a {@link io.chagres.natives.NativeLoadException}. Only code about finding,
 * checking and loading belongs here.
 */
package io.chagres.natives.load;
