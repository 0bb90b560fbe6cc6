package dev.millrace.pipeline.files;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.plugin.PluginUtils;

/**
 * Flink's file systems in a process that Flink did not start: those of the class path, and those of the plugins in
 * {@code FLINK_PLUGINS_DIR}, with the settings of {@code FLINK_CONF_DIR}.
 */
public final class FileSystems {
    private static boolean initialized;

    private FileSystems() {}

    /** Makes them known; once is enough, and a cluster has done it already. */
    public static synchronized void initialize() {
        if (initialized) return;
        Configuration configuration = GlobalConfiguration.loadConfiguration();
        FileSystem.initialize(configuration, PluginUtils.createPluginManagerFromRootFolder(configuration));
        initialized = true;
    }
}
