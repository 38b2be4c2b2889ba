package io.chagres.natives.doctor;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.chagres.natives.load.Foreign;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;

/** c = a · b of row-major float32 matrices: a [m, k], b [k, n], c [m, n]. */
interface Gemm {
    void multiply(int m, int n, int k, MemorySegment a, MemorySegment b, MemorySegment c);

    /** By OpenBLAS. */
    static Gemm openblas(SymbolLookup symbols) {
        var function = Foreign.function(symbols, "cblas_sgemm",
                FunctionDescriptor.ofVoid(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_FLOAT,
                        ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_FLOAT, ADDRESS, JAVA_INT));
        int rowMajor = 101;
        int asItIs = 111;
        return (m, n, k, a, b, c) -> {
            try {
                function.invokeExact(rowMajor, asItIs, asItIs, m, n, k, 1f, a, k, b, n, 0f, c, n);
            } catch (Throwable e) {
                throw Foreign.failed("cblas_sgemm", e);
            }
        };
    }

    /** By oneDNN. */
    static Gemm onednn(SymbolLookup symbols) {
        var function = Foreign.function(symbols, "dnnl_sgemm",
                FunctionDescriptor.of(JAVA_INT, JAVA_BYTE, JAVA_BYTE, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_FLOAT,
                        ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_FLOAT, ADDRESS, JAVA_LONG));
        byte asItIs = 'N';
        return (m, n, k, a, b, c) -> {
            int status;
            try {
                status = (int) function.invokeExact(asItIs, asItIs, (long) m, (long) n, (long) k, 1f, a, (long) k, b,
                        (long) n, 0f, c, (long) n);
            } catch (Throwable e) {
                throw Foreign.failed("dnnl_sgemm", e);
            }
            if (status != 0) {
                throw new IllegalStateException("dnnl_sgemm refuses a product with status " + status);
            }
        };
    }
}
