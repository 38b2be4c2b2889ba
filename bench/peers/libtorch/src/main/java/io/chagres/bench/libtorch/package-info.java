/** libtorch, by its C++ interface as JavaCPP maps it, as a contender. */
package io.chagres.bench.libtorch;
