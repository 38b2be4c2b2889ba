/** Results of benchmarks as data: how they are written, read, drawn and compared. What measures lives elsewhere. */
package io.chagres.bench.report;
