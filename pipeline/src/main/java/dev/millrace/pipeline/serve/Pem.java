package dev.millrace.pipeline.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Certificates and an unencrypted PKCS8 key as text, as certificate authorities hand them out. */
final class Pem {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");
    private static final String KEY = "PRIVATE KEY";
    private static final Map<String, String> SIGNATURES = Map.of("EC", "SHA256withECDSA", "RSA", "SHA256withRSA");

    /** It stays in this process: the store wants some password, and nobody asks for it. */
    static final String PASSWORD = "in memory";

    private static final List<String> ALGORITHMS = List.of("EC", "RSA", "Ed25519");

    private Pem() {}

    /** @throws IllegalArgumentException if there is no certificate or no such key */
    static KeyStore read(String certificates, String key) throws IOException, GeneralSecurityException {
        PrivateKey secret = key(key);
        Certificate[] chain = chain(certificates);
        requirePair(secret, chain[0].getPublicKey());
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("server", secret, PASSWORD.toCharArray(), chain);
        return store;
    }

    /** When two files are replaced one after the other, there is a moment when they do not belong together. */
    private static void requirePair(PrivateKey secret, PublicKey open) throws GeneralSecurityException {
        String algorithm = SIGNATURES.getOrDefault(secret.getAlgorithm(), secret.getAlgorithm());
        byte[] some = {1, 2, 3};
        Signature signer = Signature.getInstance(algorithm);
        signer.initSign(secret);
        signer.update(some);
        byte[] signed = signer.sign();
        try {
            signer.initVerify(open);
            signer.update(some);
            if (signer.verify(signed)) return;
        } catch (InvalidKeyException | SignatureException e) {
            throw new IllegalArgumentException("its key must be that of its first certificate: " + e.getMessage(), e);
        }
        throw new IllegalArgumentException("its key must be that of its first certificate");
    }

    private static Certificate[] chain(String text) throws GeneralSecurityException {
        CertificateFactory x509 = CertificateFactory.getInstance("X.509");
        List<Certificate> chain = new ArrayList<>();
        Matcher block = BLOCK.matcher(text);
        while (block.find()) {
            if (!block.group(1).equals("CERTIFICATE")) continue;
            chain.add(x509.generateCertificate(
                    new ByteArrayInputStream(block.group().getBytes(UTF_8))));
        }
        if (chain.isEmpty()) throw new IllegalArgumentException("it has no BEGIN CERTIFICATE");
        return chain.toArray(new Certificate[0]);
    }

    private static PrivateKey key(String text) throws GeneralSecurityException {
        Matcher block = BLOCK.matcher(text);
        List<String> others = new ArrayList<>();
        while (block.find()) {
            if (block.group(1).equals(KEY)) return key(Base64.getMimeDecoder().decode(block.group(2)));
            others.add(block.group(1));
        }
        throw new IllegalArgumentException("it must have an unencrypted BEGIN " + KEY
                + ", as openssl pkcs8 -topk8 -nodes" + " writes it. Received: " + others);
    }

    private static PrivateKey key(byte[] pkcs8) throws GeneralSecurityException {
        List<String> reasons = new ArrayList<>();
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (InvalidKeySpecException e) {
                reasons.add(algorithm + ": " + e.getMessage()); // the next may know it
            }
        }
        throw new IllegalArgumentException("its key must be one of " + ALGORITHMS + ". " + reasons);
    }
}
