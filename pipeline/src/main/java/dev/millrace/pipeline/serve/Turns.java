package dev.millrace.pipeline.serve;

import java.io.IOException;
import java.util.concurrent.Semaphore;

/**
 * Lets few requests at a time ask a store or brokers, which may keep each of them waiting for long: the other threads of the
 * server go on predicting meanwhile. Who gets no turn is refused at once.
 */
final class Turns {
    private final int atATime;
    private final Semaphore free;

    Turns(int atATime) {
        this.atATime = atATime;
        this.free = new Semaphore(atATime);
    }

    /** Something that is read from elsewhere. */
    interface Reading<T> {
        T read() throws IOException;
    }

    /**
     * Reads, if there is a turn.
     *
     * @throws ProblemException with status 503 if there is none
     */
    <T> T take(Reading<T> reading) throws IOException {
        if (!free.tryAcquire()) {
            throw new ProblemException(
                    503, "The server reads what is published for " + atATime + " requests already, as many as it may.");
        }
        try {
            return reading.read();
        } finally {
            free.release();
        }
    }
}
