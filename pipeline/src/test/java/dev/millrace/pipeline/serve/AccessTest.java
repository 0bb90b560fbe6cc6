package dev.millrace.pipeline.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTest {
    private static final String PASSWORD = "changeit";
    private static final String TOKEN = "a-token-of-this-test";

    @TempDir
    static Path keys;

    @TempDir
    Path directory;

    @BeforeAll
    static void makeKey() throws IOException, InterruptedException {
        makeKey(store());
    }

    private static void makeKey(Path store) throws IOException, InterruptedException {
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=ip:127.0.0.1,dns:localhost",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-keystore",
                        store.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), UTF_8);
        assertThat(keytool.waitFor()).as(said).isZero();
    }

    private static Path store() {
        return keys.resolve("server.p12");
    }

    private static KeyStore keyStore() throws IOException, GeneralSecurityException {
        return keyStore(store());
    }

    private static KeyStore keyStore(Path file) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD.toCharArray());
        }
        return store;
    }

    private static HttpClient trusting() throws IOException, GeneralSecurityException {
        return trusting(store());
    }

    private static HttpClient trusting(Path store) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", keyStore(store).getCertificate("server"));
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, factory.getTrustManagers(), null);
        return HttpClient.newBuilder().sslContext(context).build();
    }

    private static String pem(String kind, byte[] bytes) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes) + "\n-----END " + kind + "-----\n";
    }

    private Tokens tokens() throws IOException {
        Path file = directory.resolve("tokens");
        return Tokens.read(Files.writeString(file, "# of this test\n\nanother-token-of-it\n" + TOKEN + "\n"));
    }

    private static void servesOverTls(Published published, Tls tls) throws IOException, GeneralSecurityException {
        try (Served served = Served.of(published, Served.settings(tls, null), trusting())) {
            HttpResponse<String> response = served.get("/models/shift/latest");

            assertThat(served.uri().getScheme()).isEqualTo("https");
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.sslSession()).isPresent();
            assertThat(response.headers().firstValue("Strict-Transport-Security"))
                    .hasValue("max-age=31536000");
        }
    }

    @Test
    void aKeyStoreServesHttps() throws IOException, GeneralSecurityException {
        servesOverTls(new Published(directory).shift(1), Tls.read(store(), null, PASSWORD));
    }

    @Test
    void certificateAndKeyAsTextServeHttpsFromOneFileOrTwo() throws IOException, GeneralSecurityException {
        Key key = keyStore().getKey("server", PASSWORD.toCharArray());
        String certificate =
                pem("CERTIFICATE", keyStore().getCertificate("server").getEncoded());
        String privateKey = pem("PRIVATE KEY", key.getEncoded());
        Path both = Files.writeString(directory.resolve("both.pem"), privateKey + certificate);
        Path one = Files.writeString(directory.resolve("certificate.pem"), certificate);
        Path other = Files.writeString(directory.resolve("key.pem"), privateKey);
        Published published = new Published(directory).shift(1);

        servesOverTls(published, Tls.read(both, null, null));
        servesOverTls(published, Tls.read(one, other, null));
    }

    private static void replace(Path file, Path by) throws IOException {
        Path next = file.resolveSibling("next");
        Files.copy(by, next);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static boolean trusts(Path store, URI uri) throws Exception {
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(uri.resolve("/health/live")).build();
            // A new client, so a new connection.
            return trusting(store)
                            .send(request, HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (SSLException e) {
            return false;
        }
    }

    @Test
    void aNewKeyServesWithoutARestartAndABrokenOneChangesNothing() throws Exception {
        Path next = directory.resolve("next.p12");
        makeKey(next);
        Path used = Files.copy(store(), directory.resolve("used.p12"));
        Published published = new Published(directory).shift(1);
        try (Served served = Served.of(published, Served.settings(Tls.read(used, null, PASSWORD), null), trusting())) {
            assertThat(trusts(store(), served.uri())).isTrue();
            assertThat(trusts(next, served.uri())).isFalse();

            replace(used, next);
            await().atMost(Duration.ofSeconds(30)).until(() -> trusts(next, served.uri()));
            assertThat(trusts(store(), served.uri())).isFalse();

            replace(used, Files.writeString(directory.resolve("broken"), "no key store"));
            replace(used, store()); // looked at after the broken one, or instead of it
            await().atMost(Duration.ofSeconds(30)).until(() -> trusts(store(), served.uri()));
        }
    }

    @Test
    void aKeyThatIsNotThatOfTheCertificateIsRefused() throws Exception {
        Path next = directory.resolve("next.p12");
        makeKey(next);
        Path certificate = Files.writeString(
                directory.resolve("certificate.pem"),
                pem("CERTIFICATE", keyStore().getCertificate("server").getEncoded()));
        Path key = Files.writeString(
                directory.resolve("key.pem"),
                pem(
                        "PRIVATE KEY",
                        keyStore(next).getKey("server", PASSWORD.toCharArray()).getEncoded()));

        assertThatThrownBy(() -> Tls.read(certificate, key, null))
                .hasMessageContaining("its key must be that of its first certificate");
    }

    private static int status(Served served, String token) {
        return served.get("/models/shift/latest", "Authorization", "Bearer " + token)
                .statusCode();
    }

    @Test
    void newTokensLetInWithoutARestartAndAFileWithoutAnyChangesNothing() throws IOException {
        Path file = directory.resolve("tokens");
        Tokens tokens = tokens();
        Published published = new Published(directory).shift(1);
        try (Served served = Served.of(published, Served.settings(null, tokens), HttpClient.newHttpClient())) {
            assertThat(status(served, TOKEN)).isEqualTo(200);
            assertThat(status(served, "a-token-of-tomorrow")).isEqualTo(401);

            Files.writeString(file, "a-token-of-tomorrow\n");
            await().atMost(Duration.ofSeconds(30)).until(() -> status(served, "a-token-of-tomorrow") == 200);
            assertThat(status(served, TOKEN)).isEqualTo(401);

            Files.writeString(file, "# none, or too short\nshort\n");
            assertThatThrownBy(tokens::readAgain).hasMessageContaining("must have at least 16");
            assertThat(status(served, "a-token-of-tomorrow")).isEqualTo(200);
        }
    }

    @Test
    void keysThatCannotBeReadAreToldWithoutTheirPassword() throws IOException {
        Path encrypted =
                Files.writeString(directory.resolve("k.pem"), pem("ENCRYPTED PRIVATE KEY", new byte[] {1, 2, 3}));

        assertThatThrownBy(() -> Tls.read(store(), null, "wrong-secret"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("server.p12 cannot be read")
                .hasMessageNotContaining("wrong-secret");
        assertThatThrownBy(() -> Tls.read(encrypted, null, null))
                .hasMessageContaining("must have an unencrypted BEGIN PRIVATE KEY")
                .hasMessageEndingWith("Received: [ENCRYPTED PRIVATE KEY]");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {"Bearer a-token-of-this-tesT", "Bearer ", "Basic YTpi", "a-token-of-this-test", "Bearer another"
            })
    void withoutAKnownTokenNothingButHealthIsAnswered(@Nullable String authorization) throws IOException {
        String[] headers = authorization == null ? new String[0] : new String[] {"Authorization", authorization};
        Published published = new Published(directory).shift(1);
        try (Served served = Served.of(published, Served.settings(null, tokens()), HttpClient.newHttpClient())) {
            for (String path : List.of("/models/shift/latest", "/metrics", "/openapi.yaml", "/nothing")) {
                HttpResponse<String> response = served.get(path, headers);
                assertThat(response.statusCode()).as(path).isEqualTo(401);
                assertThat(response.headers().firstValue("WWW-Authenticate")).hasValue("Bearer realm=\"millrace\"");
                assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
            }
            assertThat(served.get("/health/live", headers).statusCode()).isEqualTo(200);
            assertThat(served.get("/health/ready", headers).statusCode()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({"Bearer a-token-of-this-test", "bearer another-token-of-it"})
    void eachTokenOfTheFileLetsIn(String authorization) throws IOException {
        Published published = new Published(directory).shift(1);
        try (Served served = Served.of(published, Served.settings(null, tokens()), HttpClient.newHttpClient())) {
            assertThat(served.get("/models/shift/latest", "Authorization", authorization)
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void aFileWithoutATokenOrWithOneThatCanBeGuessedIsRefused() throws IOException {
        Path none = Files.writeString(directory.resolve("none"), "# nothing\n\n");
        Path guessed = Files.writeString(directory.resolve("guessed"), "secret\n");

        assertThatThrownBy(() -> Tokens.read(none))
                .hasMessageEndingWith("must have a token on some line. Received none");
        assertThatThrownBy(() -> Tokens.read(guessed))
                .hasMessageContaining("at least 16 characters. Received one of 6")
                .hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1, true", "localhost, true", "::1, true", "0.0.0.0, false", "192.0.2.1, false"})
    void othersReachTheServerOnlyWithTlsAndTokens(String host, boolean alone) throws IOException {
        Tls tls = Tls.read(store(), null, PASSWORD);
        ServerSettings bare = new ServerSettings(host, 0, null, null, Served.LIMITS);
        ServerSettings encrypted = new ServerSettings(host, 0, tls, null, Served.LIMITS);
        ServerSettings both = new ServerSettings(host, 0, tls, tokens(), Served.LIMITS);

        both.checkExposure(false);
        bare.checkExposure(true);
        if (alone) {
            bare.checkExposure(false);
        } else {
            assertThatThrownBy(() -> bare.checkExposure(false))
                    .hasMessageContaining("takes --tls and --tokens. Received: no TLS, no tokens");
            assertThatThrownBy(() -> encrypted.checkExposure(false)).hasMessageContaining("TLS, no tokens");
        }
    }

    @ParameterizedTest
    @CsvSource({"/health/live, 200", "/nothing, 404", "/models/shift/versions/1/model.safetensors, 416"})
    void noBrowserRunsFramesOrGuessesAnAnswer(String path, int status) {
        try (Served served = Served.of(new Published(directory).shift(1))) {
            HttpResponse<String> response = served.get(path, "Range", "bytes=99999-");

            assertThat(response.statusCode()).isEqualTo(status);
            assertThat(response.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
            assertThat(response.headers().firstValue("Content-Security-Policy"))
                    .hasValue("default-src 'none'; frame-ancestors 'none'");
            assertThat(response.headers().firstValue("Server")).isEmpty();
        }
    }
}
