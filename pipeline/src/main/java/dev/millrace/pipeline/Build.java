package dev.millrace.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** What this program was built from, and with. */
public final class Build {
    private static final Properties PROPERTIES = read();

    private Build() {}

    private static Properties read() {
        Properties properties = new Properties();
        try (InputStream in = Build.class.getResourceAsStream("build.properties")) {
            if (in == null) throw new IllegalStateException("build.properties is missing beside " + Build.class);
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties;
    }

    /** The release, and the commit that was built: {@code 0.1.0-SNAPSHOT (76322f21ac01)}. */
    public static String version() {
        return PROPERTIES.getProperty("version") + " (" + PROPERTIES.getProperty("commit") + ")";
    }

    /** Libraries that numbers may depend on, and their versions. */
    static Map<String, String> libraries() {
        Map<String, String> libraries = new TreeMap<>();
        for (String name : PROPERTIES.stringPropertyNames()) {
            if (name.equals("version") || name.equals("commit")) continue;
            libraries.put(name, PROPERTIES.getProperty(name));
        }
        return libraries;
    }
}
