/**
 * The rules of a comparison: which workloads there are, what data they take, what a library implements to take part, and how
 * its process talks with the one that measures. No library may be known here.
 */
package io.chagres.bench.contender;
