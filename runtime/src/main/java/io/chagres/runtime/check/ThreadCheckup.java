package io.chagres.runtime.check;

import io.chagres.natives.Checkup;
import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.memory.Memory;
import io.chagres.runtime.team.Team;
import java.io.PrintStream;
import java.util.concurrent.atomic.AtomicInteger;

/** How many threads there are to compute on, and whether they all come when called. */
public final class ThreadCheckup implements Checkup {
    /** For the service loader. */
    public ThreadCheckup() {
    }

    @Override
    public String title() {
        return "Thread plan";
    }

    @Override
    public boolean run(PrintStream out) {
        int limit = Team.limit();
        int width = Team.width();
        var came = new AtomicInteger();
        Team.parallel(width, (part, parts) -> came.incrementAndGet());
        out.println("processors available     " + Runtime.getRuntime().availableProcessors());
        out.println("limit of the team        " + limit + " (chagres.threads, Threads.setLimit)");
        out.println("threads of this caller   " + width + ", of which came " + came.get());
        out.println("Java kernels             " + Kernels.best().name());
        out.printf("memory budget            %,d bytes (chagres.memory.budget, Memory.setBudget)%n", Memory.budget());
        return came.get() == width;
    }
}
