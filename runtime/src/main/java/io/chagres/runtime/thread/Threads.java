package io.chagres.runtime.thread;

import io.chagres.runtime.team.Team;

/**
 * The threads that Chagres computes on: one team for oneDNN, OpenBLAS and its own kernels, whatever the number of models.
 * <p>
 * The limit starts at the system property {@code chagres.threads}, else at {@link Runtime#availableProcessors()}, which
 * heeds a container's limits. A thread that computes while no other does uses the whole team. When several compute at once,
 * one of them holds the team and the others compute on one thread each; a thread that wants a fixed number whatever else
 * goes on takes a {@link #share}. The same number of threads gives the same bits on one machine; between numbers of threads matrix
 * products, factorisations and the gradients of the weights of convolutions and layer norm can differ in the last bits, so a fixed
 * share also makes results independent of what else runs.
 * <p>
 * Beside the callers' own threads there are at most 2 (limit - 1) OpenMP workers, plus those of shares, and limit - 1
 * threads of OpenBLAS that sleep for good. Only the thread that has workers can end them: while two threads that held the
 * team live on without computing, a third computes on one thread, unless it takes a share.
 */
public final class Threads {
    private Threads() {
    }

    /** The size of the team, calling thread included. */
    public static int limit() {
        return Team.limit();
    }

    /**
     * Sets the size of the team for operations that start from now on.
     *
     * @throws IllegalArgumentException if it is less than 1 or more than the environment allows
     * @throws IllegalStateException if it is less than the shares that are given away
     */
    public static void setLimit(int threads) {
        Team.setLimit(threads);
    }

    /**
     * Gives the calling thread a fixed number of threads to compute on until the share is closed, on the same thread.
     *
     * @throws IllegalArgumentException if that many are not left, or a virtual thread asks for more than one
     * @throws IllegalStateException if this thread has a share already
     */
    public static Share share(int threads) {
        Team.take(threads);
        return new Share(Thread.currentThread());
    }

    /** A fixed number of threads; see {@link Threads#share}. */
    public static final class Share implements AutoCloseable {
        private final Thread thread;
        private boolean closed;

        private Share(Thread thread) {
            this.thread = thread;
        }

        /**
         * Gives the share back. Closing twice does nothing.
         *
         * @throws IllegalStateException on another thread than the one that took it
         */
        @Override
        public void close() {
            if (closed) {
                return;
            }
            if (Thread.currentThread() != thread) {
                throw new IllegalStateException("threads: a share of " + thread + " must be closed there");
            }
            closed = true;
            Team.giveBack();
        }
    }
}
