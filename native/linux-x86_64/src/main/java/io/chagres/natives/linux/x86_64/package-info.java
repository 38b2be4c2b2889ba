/** Hands out the libraries for Linux on x86-64. No code but that belongs here. */
package io.chagres.natives.linux.x86_64;
