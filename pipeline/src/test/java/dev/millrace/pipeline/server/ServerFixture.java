package dev.millrace.pipeline.server;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Settings of a server for tests; what matters to one is set there. */
final class ServerFixture {
    private final String model;
    private final String modelJson;
    private final BatchSettings batch;
    private long seed = 1;
    private Map<String, @Nullable Object> optimizer = Map.of();
    private boolean sumReduction;
    private @Nullable String initialParameters;
    private boolean acceptChangedModel;
    private @Nullable String features;
    private List<String> topics = List.of("samples");
    private PublicationSettings publication = PublicationSettings.closed(10);

    ServerFixture(String model, String modelJson, BatchSettings batch) {
        this.model = model;
        this.modelJson = modelJson;
        this.batch = batch;
    }

    ServerFixture seed(long value) {
        seed = value;
        return this;
    }

    ServerFixture optimizer(String name) {
        optimizer = Map.of("name", name);
        return this;
    }

    ServerFixture sumReduction(boolean value) {
        sumReduction = value;
        return this;
    }

    ServerFixture initialParameters(@Nullable String place) {
        initialParameters = place;
        return this;
    }

    ServerFixture acceptChangedModel(boolean value) {
        acceptChangedModel = value;
        return this;
    }

    ServerFixture features(@Nullable String json) {
        features = json;
        return this;
    }

    ServerFixture topics(String... names) {
        topics = List.of(names);
        return this;
    }

    ServerFixture publication(PublicationSettings value) {
        publication = value;
        return this;
    }

    ServerSettings settings() {
        return new ServerSettings(
                model,
                modelJson,
                initialParameters,
                acceptChangedModel,
                topics,
                seed,
                optimizer,
                Map.of("initial", 0.5),
                batch,
                sumReduction,
                false,
                1000,
                3,
                1000,
                0.999,
                1000,
                0,
                0,
                1 << 20,
                Map.of("code", "millrace"),
                features,
                publication,
                null);
    }
}
