package dev.millrace.pipeline.serve;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Clients that ask for the same predictions all the time, each on a thread of its own, until it is closed. */
final class Traffic implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long PAUSE_NANOS = 1_000_000; // the job wants the cores, too

    private final Served served;
    private final String path;
    private final String body;
    private final List<Client> clients = new ArrayList<>();
    private volatile boolean closing;

    /** Of a request; times are of {@link System#nanoTime}. */
    record Answer(long asked, long answered, long version, List<Float> outputs) {}

    Traffic(Served served, String path, String body, int clients) {
        this.served = served;
        this.path = path;
        this.body = body;
        for (int i = 0; i < clients; i++) this.clients.add(new Client(i));
        this.clients.forEach(client -> client.thread.start());
    }

    /** Until each client has an answer by this version and nothing came since. */
    void awaitAll(long version) {
        await().atMost(LIMIT)
                .until(() -> clients.stream().allMatch(client -> client.isFailed() || client.isAt(version)));
    }

    /** Of each client, in its order. */
    List<List<Answer>> answers() {
        return clients.stream().map(Client::answers).toList();
    }

    /** Requests that failed, or were answered with anything but predictions. */
    List<String> failures() {
        return clients.stream().flatMap(client -> client.failures().stream()).toList();
    }

    @Override
    public void close() {
        closing = true;
        try {
            for (Client client : clients) client.thread.join(LIMIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Client {
        private final Thread thread;
        private final List<Answer> answers = new ArrayList<>();
        private final List<String> failures = new ArrayList<>();

        Client(int number) {
            thread = new Thread(this::ask, "client-" + number);
        }

        private void ask() {
            while (!closing) {
                long asked = System.nanoTime();
                try {
                    add(answer(asked, served.post(path, body)));
                } catch (RuntimeException | AssertionError e) { // whatever it is, the test is told
                    fail(e.toString());
                    return;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }

        private synchronized void add(Answer answer) {
            answers.add(answer);
        }

        private synchronized void fail(String failure) {
            failures.add(failure);
        }

        synchronized boolean isFailed() {
            return !failures.isEmpty();
        }

        synchronized boolean isAt(long version) {
            return !answers.isEmpty() && answers.get(answers.size() - 1).version() == version;
        }

        synchronized List<Answer> answers() {
            return List.copyOf(answers);
        }

        synchronized List<String> failures() {
            return List.copyOf(failures);
        }
    }

    private static Answer answer(long asked, HttpResponse<String> response) {
        long answered = System.nanoTime();
        if (response.statusCode() != 200) throw new AssertionError(response.statusCode() + ": " + response.body());
        JsonNode json = Served.json(response);
        List<Float> outputs = new ArrayList<>();
        for (JsonNode row : json.path("predictions")) {
            outputs.add(row.path("outputs").get(0).floatValue());
        }
        return new Answer(asked, answered, json.path("version").longValue(), outputs);
    }
}
