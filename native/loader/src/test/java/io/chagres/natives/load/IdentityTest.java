package io.chagres.natives.load;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.natives.NativeLoadException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.function.Executable;

/** Against libraries made up of one function each, written in Java. */
@DisabledOnOs(OS.WINDOWS) // paths
class IdentityTest {
    private static final Path FILE = Path.of("/x/lib.so");
    private static final Version OPENBLAS = new Version(0, 3, 31);
    private static final Version ONEDNN = new Version(3, 13, 0);

    private final Arena arena = Arena.ofShared();

    @AfterEach
    void close() {
        arena.close();
    }

    @Test
    void theVersionIsTheLibrarysOwn() {
        assertEquals(new Version(0, 3, 32), Identity.openblas(openblas("OpenBLAS 0.3.32 Zen"), FILE, OPENBLAS));
        assertEquals(new Version(3, 13, 1), Identity.onednn(onednn(3, 13, 1), FILE, ONEDNN));
    }

    @Test
    void anOlderOneIsRefused() {
        assertRefused("/x/lib.so is OpenBLAS 0.3.30; needed is OpenBLAS 0.3.31 or newer, below 0.4.0",
                () -> Identity.openblas(openblas("OpenBLAS 0.3.30 Zen"), FILE, OPENBLAS));
        assertRefused("/x/lib.so is oneDNN 3.12.4; needed is oneDNN 3.13.0 or newer, below 4.0.0",
                () -> Identity.onednn(onednn(3, 12, 4), FILE, ONEDNN));
    }

    @Test
    void aStubIsRefused() {
        SymbolLookup stub = _ -> Optional.empty();
        assertRefused("/x/lib.so has no symbol 'openblas_get_config'", () -> Identity.openblas(stub, FILE, OPENBLAS));
        assertRefused("/x/lib.so has no symbol 'dnnl_version'", () -> Identity.onednn(stub, FILE, ONEDNN));
    }

    private static void assertRefused(String reason, Executable check) {
        var failure = assertThrows(NativeLoadException.class, check);
        assertTrue(failure.getMessage().startsWith(reason), failure.getMessage());
    }

    private SymbolLookup openblas(String config) {
        return returning(arena.allocateFrom(config));
    }

    private SymbolLookup onednn(int major, int minor, int patch) {
        return returning(arena.allocateFrom(ValueLayout.JAVA_INT, major, minor, patch));
    }

    /** Every symbol is a function without arguments that returns the address. */
    @SuppressWarnings("restricted")
    private SymbolLookup returning(MemorySegment address) {
        var function = Linker.nativeLinker().upcallStub(MethodHandles.constant(MemorySegment.class, address),
                FunctionDescriptor.of(ADDRESS), arena);
        return _ -> Optional.of(function);
    }
}
