/** Hands out the libraries for Linux on 64-bit ARM. No code but that belongs here. */
package io.chagres.natives.linux.arm64;
