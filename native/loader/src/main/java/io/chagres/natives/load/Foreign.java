package io.chagres.natives.load;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/** Calls C functions by name: the few that loading and the doctor need, without the bindings. */
@SuppressWarnings("restricted")
public final class Foreign {
    private static final FunctionDescriptor INT = FunctionDescriptor.of(JAVA_INT);
    private static final FunctionDescriptor POINTER = FunctionDescriptor.of(ADDRESS);

    private Foreign() {
    }

    /** The functions of the C library and what else the JVM itself links to. */
    public static SymbolLookup system() {
        return Linker.nativeLinker().defaultLookup();
    }

    /** A handle on the function. */
    public static MethodHandle function(SymbolLookup symbols, String name, FunctionDescriptor type) {
        return Linker.nativeLinker().downcallHandle(symbols.findOrThrow(name), type);
    }

    /** Calls {@code int name(void)}. */
    public static int number(SymbolLookup symbols, String name) {
        var function = function(symbols, name, INT);
        try {
            return (int) function.invokeExact();
        } catch (Throwable e) {
            throw failed(name, e);
        }
    }

    /** Calls {@code const char *name(void)}. */
    public static String text(SymbolLookup symbols, String name) {
        return address(symbols, name, Long.MAX_VALUE).getString(0);
    }

    /** Calls {@code void *name(void)}, whose result has the given number of bytes. */
    static MemorySegment address(SymbolLookup symbols, String name, long bytes) {
        var function = function(symbols, name, POINTER);
        try {
            return ((MemorySegment) function.invokeExact()).reinterpret(bytes);
        } catch (Throwable e) {
            throw failed(name, e);
        }
    }

    /** C functions throw nothing: whatever came out of a call to one is a fault of ours. */
    public static AssertionError failed(String name, Throwable cause) {
        return new AssertionError("calling " + name, cause);
    }
}
