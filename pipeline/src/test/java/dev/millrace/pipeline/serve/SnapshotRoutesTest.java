package dev.millrace.pipeline.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.model.snapshot.SnapshotManifest;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SnapshotRoutesTest {
    @TempDir
    Path directory;

    private Published published;
    private Served served;

    @BeforeEach
    void serve() {
        published = new Published(directory).shift(3).shift(12);
        served = Served.of(published);
    }

    @AfterEach
    void stop() {
        served.close();
    }

    private byte[] file(long version) throws IOException {
        return Files.readAllBytes(directory.resolve("versions/" + version + "/model.safetensors"));
    }

    @Test
    void versionsAreListedByRisingNumber() {
        HttpResponse<String> response = served.get("/models/shift/versions");

        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode list = Served.json(response);
        assertThat(list).hasSize(2);
        assertThat(list.get(0).path("version").longValue()).isEqualTo(3);
        assertThat(list.get(1).path("version").longValue()).isEqualTo(12);
        assertThat(list.get(1).path("parameters").intValue()).isEqualTo(2);
        assertThat(list.get(1).path("sha256").textValue()).hasSize(64);
        assertThat(list.get(1).path("created").longValue()).isPositive();
    }

    @Test
    void aManifestIsTheOneThatWasPublished() throws IOException {
        HttpResponse<String> response = served.get("/models/shift/versions/3/manifest.json");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Cache-Control")).hasValue("max-age=31536000, immutable");
        assertThat(SnapshotManifest.fromJson(response.body()))
                .isEqualTo(SnapshotManifest.fromJson(Files.readString(directory.resolve("versions/3/manifest.json"))));
    }

    @Test
    void parametersComeAsTheFileThatWasPublishedUnderTheirChecksum() throws IOException {
        HttpResponse<byte[]> response =
                served.sendForBytes(served.request("/models/shift/versions/12/model.safetensors"));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo(file(12));
        String sha256 = SnapshotManifest.fromJson(Files.readString(directory.resolve("versions/12/manifest.json")))
                .sha256();
        assertThat(response.headers().firstValue("ETag")).hasValue('"' + sha256 + '"');
        assertThat(response.headers().firstValue("Accept-Ranges")).hasValue("bytes");
    }

    @Test
    void parametersComeInRangesForTransfersThatBrokeOff() throws IOException {
        byte[] file = file(12);

        HttpResponse<byte[]> response = served.sendForBytes(
                served.request("/models/shift/versions/12/model.safetensors").header("Range", "bytes=5-9"));

        assertThat(response.statusCode()).isEqualTo(206);
        assertThat(response.body()).isEqualTo(Arrays.copyOfRange(file, 5, 10));
        assertThat(response.headers().firstValue("Content-Range")).hasValue("bytes 5-9/" + file.length);
    }

    @Test
    void aRangeBehindTheEndIsRefusedWithTheLength() throws IOException {
        HttpResponse<String> response =
                served.get("/models/shift/versions/12/model.safetensors", "Range", "bytes=100000-");

        assertThat(response.statusCode()).isEqualTo(416);
        assertThat(response.headers().firstValue("Content-Range")).hasValue("bytes */" + file(12).length);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(Served.json(response).path("status").intValue()).isEqualTo(416);
    }

    @Test
    void aliasesMeanTheVersionsThatThePublisherSays() {
        published.aliases(7, 3, 12);

        JsonNode aliases = Served.json(served.get("/models/shift/aliases"));
        HttpResponse<String> champion = served.get("/models/shift/aliases/champion");
        HttpResponse<String> candidate = served.get("/models/shift/aliases/candidate");

        assertThat(aliases.path("model").textValue()).isEqualTo("shift");
        assertThat(aliases.path("revision").longValue()).isEqualTo(7);
        assertThat(aliases.path("pinned").booleanValue()).isTrue();
        assertThat(aliases.path("aliases").path("champion").longValue()).isEqualTo(3);
        assertThat(SnapshotManifest.fromJson(champion.body()).version()).isEqualTo(3);
        assertThat(SnapshotManifest.fromJson(candidate.body()).version()).isEqualTo(12);
    }

    @Test
    void aModelWithoutAliasesHasNone() {
        JsonNode aliases = Served.json(served.get("/models/shift/aliases"));
        HttpResponse<String> champion = served.get("/models/shift/aliases/champion");

        assertThat(aliases.path("revision").longValue()).isZero();
        assertThat(aliases.path("aliases")).isEmpty();
        assertThat(champion.statusCode()).isEqualTo(404);
        assertThat(Served.json(champion).path("detail").textValue()).isEqualTo("No version is the champion yet.");
    }

    @ParameterizedTest
    @CsvSource({"/models/shift/latest", "/models/shift/aliases/newest", "/models/shift/versions"})
    void whoHasTheNewestIsToldSoUntilThereIsAnother(String path) {
        HttpResponse<String> first = served.get(path);
        String etag = first.headers().firstValue("ETag").orElseThrow();

        HttpResponse<String> same = served.get(path, "If-None-Match", etag);
        published.shift(13);
        HttpResponse<String> other = served.get(path, "If-None-Match", etag);

        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(first.headers().firstValue("Cache-Control")).hasValue("no-cache");
        assertThat(same.statusCode()).isEqualTo(304);
        assertThat(same.body()).isEmpty();
        assertThat(same.headers().firstValue("ETag")).hasValue(etag);
        assertThat(same.headers().firstValue("Cache-Control")).hasValue("no-cache");
        assertThat(same.headers().firstValue("Content-Type").orElse("")).doesNotContain("problem");
        assertThat(other.statusCode()).isEqualTo(200);
        assertThat(other.headers().firstValue("ETag"))
                .isNotEqualTo(first.headers().firstValue("ETag"));
    }

    @Test
    void theTagOfAnAliasIsVersionAndBeginningOfTheChecksum() {
        HttpResponse<String> response = served.get("/models/shift/latest");

        SnapshotManifest manifest = SnapshotManifest.fromJson(response.body());
        assertThat(response.headers().firstValue("ETag"))
                .hasValue("\"12." + manifest.sha256().substring(0, 16) + '"');
    }

    @ParameterizedTest
    @CsvSource({
        "/models/shift/latest",
        "/models/shift/versions/12/model.safetensors",
        "/models/shift/versions",
        "/health/live",
        "/openapi.yaml",
    })
    void headTellsTheLengthAndNothingElse(String path) {
        HttpResponse<String> whole = served.get(path);

        HttpResponse<String> head =
                served.send(served.request(path).method("HEAD", HttpRequest.BodyPublishers.noBody()));

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValue("Content-Length"))
                .isEqualTo(whole.headers().firstValue("Content-Length"))
                .isPresent();
        assertThat(head.headers().firstValue("ETag")).isEqualTo(whole.headers().firstValue("ETag"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/models/other/latest             | This server has the model shift. Received: other",
                "/models/shift/versions/5/manifest.json | There is no version 5 (any more). Published: 3 to 12, 2 in all.",
                "/models/shift/versions/../../x   | There is nothing at /models/x; /openapi.yaml says what there is.",
                "/models/shift/aliases/best       | An alias must be newest or one of [champion, candidate]. Received: best",
                "/nothing                         | There is nothing at /nothing; /openapi.yaml says what there is.",
            })
    void whatIsNotThereIsNamed(String path, String detail) {
        HttpResponse<String> response = served.get(path);

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        JsonNode problem = Served.json(response);
        assertThat(problem.path("title").textValue()).isEqualTo("Not Found");
        assertThat(problem.path("status").intValue()).isEqualTo(404);
        assertThat(problem.path("detail").textValue()).isEqualTo(detail);
    }

    @Test
    void anotherMethodIsToldTheOneThatIsAnswered() {
        HttpResponse<String> response = served.post("/models/shift/latest", "{}");

        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("Allow")).hasValue("GET, HEAD");
    }

    @Test
    void aVersionWhoseManifestCannotBeReadIsLeftOut() throws IOException {
        Files.createDirectories(directory.resolve("versions/20"));
        Files.writeString(directory.resolve("versions/20/manifest.json"), "{");

        HttpResponse<String> versions = served.get("/models/shift/versions");
        HttpResponse<String> latest = served.get("/models/shift/latest");

        assertThat(Served.json(versions)).hasSize(2);
        assertThat(SnapshotManifest.fromJson(latest.body()).version()).isEqualTo(12);
    }

    @Test
    void aFaultOfTheServerIsTheLogsBusinessAndNoPathOrTraceIsTold() throws IOException {
        Files.writeString(directory.resolve("aliases.json"), "{");

        HttpResponse<String> response = served.get("/models/shift/aliases");

        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(Served.json(response).path("detail").textValue())
                .isEqualTo("The server failed; its log says more under fault 1.");
        assertThat(response.body()).doesNotContain("Exception", directory.toString());
    }
}
