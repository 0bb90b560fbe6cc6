package dev.millrace.pipeline.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** What Flink's REST interface tells about a cluster with one job at a time. */
public final class FlinkRest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final String address;

    FlinkRest(String address) {
        this.address = address;
    }

    /** Empty while the JobManager does not answer. */
    private Optional<JsonNode> get(String path) throws InterruptedException {
        try {
            HttpResponse<byte[]> response = http.send(
                    HttpRequest.newBuilder(URI.create(address + path)).build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            return response.statusCode() == 200 ? Optional.of(JSON.readTree(response.body())) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Slots of the TaskManagers that are registered and answer. */
    public int slots() throws InterruptedException {
        return get("/overview")
                .map(overview -> overview.path("slots-total").asInt())
                .orElse(0);
    }

    /** The job that has not ended. */
    Optional<String> job() throws InterruptedException {
        return get("/jobs")
                .flatMap(jobs -> StreamSupport.stream(jobs.path("jobs").spliterator(), false)
                        .filter(job -> !job.path("status").asText().matches("FINISHED|CANCELED|FAILED"))
                        .map(job -> job.path("id").asText())
                        .findFirst());
    }

    /** {@code UNKNOWN} while the JobManager does not answer. */
    public String status(String job) throws InterruptedException {
        return get("/jobs/" + job).map(found -> found.path("state").asText()).orElse("UNKNOWN");
    }

    /** The newest job, whatever became of it. */
    Optional<String> newestJob() throws InterruptedException {
        return get("/jobs/overview")
                .flatMap(jobs -> StreamSupport.stream(jobs.path("jobs").spliterator(), false)
                        .max(Comparator.comparingLong(
                                job -> job.path("start-time").asLong()))
                        .map(job -> job.path("jid").asText()));
    }

    /** What made the job fail, with all causes. */
    String failure(String job) throws InterruptedException {
        return get("/jobs/" + job + "/exceptions")
                .map(failures ->
                        failures.at("/exceptionHistory/entries/0/stacktrace").asText())
                .orElse("");
    }

    /** A metric of a subtask of the gradient operator; empty while it is not known. */
    String workerMetric(String job, int subtask, String name) throws InterruptedException {
        Optional<String> vertex = get("/jobs/" + job)
                .flatMap(found -> StreamSupport.stream(found.path("vertices").spliterator(), false)
                        .filter(each -> each.path("name").asText().equals("gradients"))
                        .map(each -> each.path("id").asText())
                        .findFirst());
        if (vertex.isEmpty()) return "";
        return get("/jobs/" + job + "/vertices/" + vertex.get() + "/metrics?get=" + subtask + ".gradients.millrace."
                        + name)
                .map(metrics -> metrics.at("/0/value").asText())
                .orElse("");
    }

    /** How often the job was restored from a checkpoint or savepoint. */
    public int restored(String job) throws InterruptedException {
        return checkpointCount(job, "restored");
    }

    int completedCheckpoints(String job) throws InterruptedException {
        return checkpointCount(job, "completed");
    }

    private int checkpointCount(String job, String kind) throws InterruptedException {
        return get("/jobs/" + job + "/checkpoints")
                .map(checkpoints -> checkpoints.path("counts").path(kind).asInt())
                .orElse(0);
    }
}
