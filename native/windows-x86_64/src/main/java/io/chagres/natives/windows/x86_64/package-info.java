/** Hands out the libraries for Windows on x86-64. No code but that belongs here. */
package io.chagres.natives.windows.x86_64;
