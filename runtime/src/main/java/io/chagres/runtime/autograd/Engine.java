package io.chagres.runtime.autograd;

import java.util.Arrays;

/** What autograd keeps for each thread; used again each time, so that a steady step allocates nothing here. */
final class Engine {
    private static final ThreadLocal<Engine> MINE = ThreadLocal.withInitial(Engine::new);

    /** How many stretches of code have stopped recording. */
    int pauses;
    /** How many of them are in inference mode. */
    int inferences;
    /** Who looks at every operation of this thread; null for nobody. */
    Watch watch;

    private Walk[] walks = {new Walk()};
    private int depth;

    static Engine mine() {
        return MINE.get();
    }

    /** Who looks, made if there is nobody yet. */
    Watch watch() {
        if (watch == null) {
            watch = new Watch();
            Autograd.watchedThreads(1);
        }
        return watch;
    }

    void stopIdleWatch() {
        if (watch != null && watch.isIdle()) {
            watch = null;
            Autograd.watchedThreads(-1);
        }
    }

    /** A walk that nobody on this thread is in; {@link #leave} gives it back. */
    Walk enter() {
        if (depth == walks.length) {
            walks = Arrays.copyOf(walks, depth + 1);
            walks[depth] = new Walk();
        }
        return walks[depth++];
    }

    void leave() {
        depth--;
    }
}
