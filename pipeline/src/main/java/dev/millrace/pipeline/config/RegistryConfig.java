package dev.millrace.pipeline.config;

import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How to reach a schema registry.
 *
 * @param url without a path behind it
 * @param user of basic authentication, with a password; null for none
 * @param token of bearer authentication; null for none
 * @param timeout of one request
 * @param retries of a request that the registry could not answer
 * @param truststore file of the certificates that are trusted; null for those of the JVM
 */
public record RegistryConfig(
        String url,
        @Nullable String user,
        @Nullable String password,
        @Nullable String token,
        Duration timeout,
        int retries,
        @Nullable String truststore,
        @Nullable String truststorePassword)
        implements Serializable {

    static @Nullable RegistryConfig of(OptionValues values) {
        String url = values.find(TrainingOptions.SOURCE_SCHEMA_REGISTRY_URL);
        if (url == null) return null;
        return new RegistryConfig(
                url.endsWith("/") ? url.substring(0, url.length() - 1) : url,
                values.find(TrainingOptions.SOURCE_SCHEMA_REGISTRY_USER),
                values.find(TrainingOptions.SOURCE_SCHEMA_REGISTRY_PASSWORD),
                values.find(TrainingOptions.SOURCE_SCHEMA_REGISTRY_TOKEN),
                values.get(TrainingOptions.SOURCE_SCHEMA_REGISTRY_TIMEOUT),
                values.get(TrainingOptions.SOURCE_SCHEMA_REGISTRY_RETRIES),
                values.find(TrainingOptions.SOURCE_SCHEMA_REGISTRY_TRUSTSTORE),
                values.find(TrainingOptions.SOURCE_SCHEMA_REGISTRY_TRUSTSTORE_PASSWORD));
    }

    /** Without secrets. */
    @Override
    public String toString() {
        return "RegistryConfig[" + url + "]";
    }
}
