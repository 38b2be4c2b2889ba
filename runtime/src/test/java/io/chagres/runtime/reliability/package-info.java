/**
 * What the runtime must survive: budgets, closes at the wrong time, a thousand callers, leaks. What may kill a JVM runs in one
 * of its own. Nothing here looks into packages; tests of one package's own promises are in that package.
 */
package io.chagres.runtime.reliability;
