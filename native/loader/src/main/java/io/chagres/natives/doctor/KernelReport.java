package io.chagres.natives.doctor;

import io.chagres.natives.Checkup;
import io.chagres.natives.Natives;
import io.chagres.natives.load.Foreign;
import java.io.PrintStream;

/** Which kernels the libraries have chosen for this processor. */
public final class KernelReport implements Checkup {
    @Override
    public String title() {
        return "Kernels";
    }

    @Override
    public boolean run(PrintStream out) {
        Lines.print(out, "OpenBLAS", openBlas());
        Lines.print(out, "OpenBLAS build", Foreign.text(Natives.symbols(), "openblas_get_config"));
        Lines.print(out, "oneDNN", oneDnn());
        return true;
    }

    /** The processor whose kernels OpenBLAS has chosen, such as {@code SkylakeX}. */
    public static String openBlas() {
        return Foreign.text(Natives.symbols(), "openblas_get_corename");
    }

    /** The instruction set that oneDNN makes code for, in words. */
    public static String oneDnn() {
        return instructionSet(Foreign.number(Natives.symbols(), "dnnl_get_effective_cpu_isa"));
    }

    /** The values of {@code dnnl_cpu_isa_t}, each a set of bits. */
    private static String instructionSet(int isa) {
        return switch (isa) {
            case 0x0 -> "no particular instruction set";
            case 0x1 -> "SSE4.1";
            case 0x3 -> "AVX";
            case 0x7 -> "AVX2";
            case 0xf -> "AVX2 with VNNI";
            case 0x1f -> "AVX2 with VNNI, int8 and bfloat16 conversion";
            case 0x27 -> "AVX-512";
            case 0x67 -> "AVX-512 with VNNI";
            case 0xe7 -> "AVX-512 with VNNI and bfloat16";
            case 0x1ef -> "AVX-512 with VNNI, bfloat16 and float16";
            case 0xfef -> "AVX-512 with VNNI, bfloat16, float16 and AMX";
            case 0x1fef -> "AVX-512 with VNNI, bfloat16, float16 and AMX with float16";
            case 0x201ff -> "AVX10.2";
            case 0x22fff -> "AVX10.2 with AMX 2";
            default -> "instruction set 0x" + Integer.toHexString(isa);
        };
    }
}
