package dev.millrace.pipeline.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipeline.config.RegistryConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A registry behind TLS on the loopback interface, with a certificate that no one else has signed. */
@Timeout(60)
class TrustTest {
    private static final String BID = "{\"type\":\"record\",\"name\":\"Bid\",\"fields\":[]}";

    @TempDir
    static Path directory;

    private static TestCertificate certificate;
    private static TestCertificate elsewhere;

    @BeforeAll
    static void make() throws IOException, InterruptedException {
        certificate = new TestCertificate(Files.createDirectory(directory.resolve("one")), "ip:127.0.0.1");
        elsewhere = new TestCertificate(Files.createDirectory(directory.resolve("other")), "dns:registry.example");
    }

    private static RegistryClient client(TestRegistry registry, @Nullable Path truststore, @Nullable String password) {
        RegistryConfig config = new RegistryConfig(
                registry.url(),
                null,
                null,
                null,
                Duration.ofSeconds(20),
                2,
                truststore == null ? null : truststore.toString(),
                password);
        return new RegistryClient(config, new BackOff(2, 10));
    }

    private static TestRegistry registry(TestCertificate shown) throws IOException, GeneralSecurityException {
        return new TestRegistry(shown.server()).register(7, BID);
    }

    /** Certificates in a JKS file are not encrypted: without a password they are read, unchecked. */
    @ParameterizedTest(name = "{0} with password {1}")
    @CsvSource({"PKCS12, not-a-secret", "JKS, not-a-secret", "JKS,"})
    void aCertificateOfTheTruststoreIsTrusted(String type, @Nullable String password) throws Exception {
        Path truststore = certificate.truststore(type + (password == null ? "" : "1"), type);
        try (TestRegistry registry = registry(certificate)) {
            assertThat(client(registry, truststore, password).byId(7)).isNotNull();
            assertThat(registry.url()).startsWith("https://");
        }
    }

    @Test
    void anUnknownCertificateIsNotTrustedAndNotAskedAgain() throws Exception {
        try (TestRegistry registry = registry(certificate)) {
            assertThatThrownBy(() -> client(registry, null, null).byId(7))
                    .isInstanceOf(RegistryException.class)
                    .hasMessageStartingWith("schema registry " + registry.url() + ": its certificate is not trusted: ")
                    .hasMessageEndingWith("; check source.schema-registry.truststore.location, and that the certificate"
                            + " names the host of the url");
            assertThat(registry.requests).isEmpty();
        }
    }

    @Test
    void aTruststoreWithOtherCertificatesDoesNotHelp() throws Exception {
        Path truststore = elsewhere.truststore("others", "PKCS12");
        try (TestRegistry registry = registry(certificate)) {
            assertThatThrownBy(() -> client(registry, truststore, TestCertificate.PASSWORD)
                            .byId(7))
                    .hasMessageContaining("its certificate is not trusted: ");
        }
    }

    @Test
    void aTrustedCertificateForAnotherHostIsNone() throws Exception {
        Path truststore = elsewhere.truststore("host", "PKCS12");
        try (TestRegistry registry = registry(elsewhere)) {
            assertThatThrownBy(() -> client(registry, truststore, TestCertificate.PASSWORD)
                            .byId(7))
                    .hasMessageContaining("its certificate is not trusted: No subject alternative names")
                    .hasMessageContaining("names the host of the url");
        }
    }

    @Test
    void aTruststoreThatCannotBeReadIsNamed() throws Exception {
        Path truststore = certificate.truststore("locked", "PKCS12");
        Path missing = directory.resolve("missing.p12");
        Path text = Files.writeString(directory.resolve("text.p12"), "no keystore");
        try (TestRegistry registry = registry(certificate)) {
            assertThatThrownBy(() -> client(registry, truststore, "wrong"))
                    .isInstanceOf(RegistryException.class)
                    .hasMessageStartingWith(
                            "source.schema-registry.truststore.location cannot be read: " + truststore + ", ")
                    .hasMessageContaining("password");
            assertThatThrownBy(() -> client(registry, missing, null))
                    .isInstanceOf(RegistryException.class)
                    .hasMessageContaining(missing.toString());
            assertThatThrownBy(() -> client(registry, text, null))
                    .isInstanceOf(RegistryException.class)
                    .hasMessageContaining(text.toString());
        }
    }
}
