/** Hands out the libraries for macOS on Apple silicon. No code but that belongs here. */
package io.chagres.natives.macosx.arm64;
