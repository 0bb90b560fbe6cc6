package dev.millrace.pipeline.registry;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A self-signed certificate for a name, made by the running JDK's keytool in a directory of its own. */
final class TestCertificate {
    static final String PASSWORD = "not-a-secret";

    private final Path directory;
    private final Path keys;

    /** @param name subject alternative name, as {@code ip:127.0.0.1} */
    TestCertificate(Path directory, String name) throws IOException, InterruptedException {
        this.directory = directory;
        this.keys = directory.resolve("keys.p12");
        keytool("-genkeypair -alias registry -keyalg EC -groupname secp256r1 -dname CN=registry -validity 2 -storetype"
                + " PKCS12 -ext SAN=" + name + " -keystore " + keys);
        keytool("-exportcert -alias registry -keystore " + keys + " -file " + directory.resolve("registry.crt"));
    }

    /** A truststore with this certificate alone, behind {@link #PASSWORD}. */
    Path truststore(String name, String type) throws IOException, InterruptedException {
        Path store = directory.resolve(name);
        keytool("-importcert -noprompt -alias registry -storetype " + type + " -file "
                + directory.resolve("registry.crt") + " -keystore " + store);
        return store;
    }

    /** What a server shows the certificate with. */
    SSLContext server() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(keys.toFile(), PASSWORD.toCharArray());
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }

    private static void keytool(String arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments.split(" ")));
        command.addAll(List.of("-storepass", PASSWORD));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) throw new IOException(command + " failed: " + said);
    }
}
