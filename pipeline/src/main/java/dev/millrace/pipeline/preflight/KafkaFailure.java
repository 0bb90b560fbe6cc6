package dev.millrace.pipeline.preflight;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** Says what a failure of a Kafka client means and what to do about it, in words for whoever configured the job. */
public final class KafkaFailure {
    private KafkaFailure() {}

    static Throwable cause(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof ExecutionException
                        || cause instanceof CompletionException
                        || cause.getClass().equals(KafkaException.class))
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    static boolean isMissingTopic(Throwable failure) {
        return cause(failure) instanceof UnknownTopicOrPartitionException;
    }

    /** @param failure as thrown; its text holds no secret, since Kafka's own does not */
    public static String explain(Throwable failure) {
        Throwable cause = cause(failure);
        if (cause instanceof SaslAuthenticationException) {
            return "the broker refused the credentials: check sasl.mechanism and sasl.jaas.config. " + message(cause);
        }
        if (cause instanceof SslAuthenticationException) {
            return "no secure connection: check the trust store, and the key store if the broker asks for a client"
                    + " certificate. " + message(cause);
        }
        if (cause instanceof AuthorizationException) {
            return "not allowed: grant it with kafka-acls.sh. " + message(cause);
        }
        if (cause instanceof TimeoutException || cause instanceof java.util.concurrent.TimeoutException) {
            return "no answer in time: check the address, that the broker runs, and security.protocol (a client that"
                    + " speaks plain text to a TLS port hears nothing)";
        }
        if (cause instanceof ConfigException) {
            return "the client refuses its properties: " + message(cause);
        }
        if (cause instanceof UnsupportedVersionException) {
            return "the broker is too old: " + message(cause);
        }
        return cause.getClass().getSimpleName() + ": " + message(cause);
    }

    private static String message(Throwable cause) {
        String text = String.valueOf(cause.getMessage()).replaceAll("\\p{Cntrl}", " ");
        return text.length() <= 300 ? text : text.substring(0, 300) + "...";
    }
}
