package io.chagres.bench;

import io.chagres.runtime.team.Part;
import io.chagres.runtime.team.Team;
import io.chagres.runtime.thread.Threads;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does the way from Java to native code and back cost, and waking the team? The C functions do next to nothing:
 * {@code abs} takes and gives a number, {@code strlen} reads one byte at an address, {@code bsearch} in one element calls back
 * once.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(value = 2, jvmArgs = {TeamBenchmark.NATIVE_ACCESS, TeamBenchmark.VECTOR_MODULE, TeamBenchmark.QUIET})
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class CallBench {
    private static final FunctionDescriptor ABS = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    private static final FunctionDescriptor STRLEN = FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS);
    private static final FunctionDescriptor BSEARCH = FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS,
            ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS);

    private static final MethodHandle DOWNCALL = bind("abs", ABS);
    private static final MethodHandle CRITICAL = bind("abs", ABS, Linker.Option.critical(false));
    private static final MethodHandle WITH_ADDRESS = bind("strlen", STRLEN);
    private static final MethodHandle CRITICAL_WITH_HEAP = bind("strlen", STRLEN, Linker.Option.critical(true));
    private static final MethodHandle WITH_UPCALL = bind("bsearch", BSEARCH);
    private static final MemorySegment COMPARE = compareStub();

    private static int compared;

    private final MemorySegment text = Arena.ofAuto().allocate(16);
    private final MemorySegment textOnHeap = MemorySegment.ofArray(new byte[16]);
    private int number = -7;

    /** Two threads for the caller. */
    @State(Scope.Thread)
    public static class Two {
        private static final Part NOTHING = (_, _) -> {
        };
        private Threads.Share share;

        @Setup
        public void take() {
            Threads.setLimit(Math.max(Threads.limit(), 2));
            share = Threads.share(2);
            var ran = new AtomicInteger();
            Team.parallel(2, (part, _) -> ran.addAndGet(1 << part));
            if (ran.get() != 0b11) {
                throw new IllegalStateException("a team of two ran parts " + Integer.toBinaryString(ran.get()));
            }
        }

        @TearDown
        public void giveBack() {
            share.close();
        }
    }

    @SuppressWarnings("restricted")
    private static MethodHandle bind(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        var linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor, options);
    }

    @SuppressWarnings("restricted")
    private static MemorySegment compareStub() {
        try {
            var compare = MethodHandles.lookup().findStatic(CallBench.class, "compare",
                    MethodType.methodType(int.class, MemorySegment.class, MemorySegment.class));
            return Linker.nativeLinker().upcallStub(compare,
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS),
                    Arena.global());
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    /** Called by C: says that the key is the element. */
    private static int compare(MemorySegment key, MemorySegment element) {
        compared++;
        return 0;
    }

    /** A call with a number. */
    @Benchmark
    public int downcall() throws Throwable {
        return (int) DOWNCALL.invokeExact(number);
    }

    /** The same, without the thread's change of state; the garbage collector waits for the function. */
    @Benchmark
    public int criticalDowncall() throws Throwable {
        return (int) CRITICAL.invokeExact(number);
    }

    /** A call with an address off the heap, whose memory must stay while it runs. */
    @Benchmark
    public long downcallWithAddress() throws Throwable {
        return (long) WITH_ADDRESS.invokeExact(text);
    }

    /** A call with the address of a Java array, which cannot move while it runs. */
    @Benchmark
    public long criticalDowncallWithArray() throws Throwable {
        return (long) CRITICAL_WITH_HEAP.invokeExact(textOnHeap);
    }

    /** A call, and one back to Java from within. */
    @Benchmark
    public MemorySegment downcallAndUpcall() throws Throwable {
        return (MemorySegment) WITH_UPCALL.invokeExact(text, text, 1L, 1L, COMPARE);
    }

    /** What every product does around its call. */
    @Benchmark
    public int enterAndExit(Two two) {
        int width = Team.enter();
        Team.exit();
        return width;
    }

    /** Two threads start, do nothing and meet. */
    @Benchmark
    public void emptyTeam(Two two) {
        Team.parallel(2, Two.NOTHING);
    }

    @TearDown
    public void verify() throws Throwable {
        require(downcall() == 7 && criticalDowncall() == 7, "abs");
        text.setString(0, "12345");
        textOnHeap.setString(0, "123");
        require(downcallWithAddress() == 5 && criticalDowncallWithArray() == 3, "strlen");
        int before = compared;
        require(downcallAndUpcall().address() == text.address() && compared == before + 1, "bsearch");
    }

    private static void require(boolean right, String function) {
        if (!right) {
            throw new IllegalStateException(function + " gave a wrong answer");
        }
    }
}
