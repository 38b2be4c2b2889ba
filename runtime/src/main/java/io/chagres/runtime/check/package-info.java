/** What the runtime adds to the doctor's report. Nothing else may depend on this package. */
package io.chagres.runtime.check;
