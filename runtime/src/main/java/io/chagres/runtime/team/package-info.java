/**
 * The one team of native threads that serves oneDNN, OpenBLAS and our own kernels, and the rules by which Java threads
 * share it. Nothing else in Chagres starts threads or sets a thread count. Users see {@code runtime.thread.Threads}.
 */
package io.chagres.runtime.team;
