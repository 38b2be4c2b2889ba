package io.chagres.bench.peers;

/** A contender that is out; the message is the note of its row. */
final class PeerException extends Exception {
    private static final long serialVersionUID = 1;

    PeerException(String message) {
        super(message);
    }
}
