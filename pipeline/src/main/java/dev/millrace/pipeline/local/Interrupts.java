package dev.millrace.pipeline.local;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ctrl-C as a request. A shutdown hook would come too late: Flink's and the log's own hooks run beside it and take
 * away what a savepoint needs. The JDK has no public interface for signals; its {@code sun.misc.Signal} is kept in
 * module {@code jdk.unsupported} for programs like this one and is called by reflection.
 */
public final class Interrupts {

    private static final int EXIT_AFTER_INTERRUPT = 130;

    private Interrupts() {}

    /**
     * Runs {@code first} at the first interrupt (Ctrl-C) or termination signal; a second one ends the process at
     * once. Where signals cannot be caught the JVM ends as usual.
     */
    public static void onFirst(Runnable first) {
        AtomicInteger seen = new AtomicInteger();
        Runnable received = () -> {
            if (seen.getAndIncrement() == 0) {
                first.run();
            } else {
                Runtime.getRuntime().halt(EXIT_AFTER_INTERRUPT);
            }
        };
        handle("INT", received);
        handle("TERM", received);
    }

    private static void handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(
                    Interrupts.class.getClassLoader(), new Class<?>[] {handler}, (self, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            action.run();
                        }
                        return null;
                    });
            Method handle = signal.getMethod("handle", signal, handler);
            handle.invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (ClassNotFoundException
                | NoSuchMethodException
                | InstantiationException
                | IllegalAccessException
                | InvocationTargetException e) {
            System.err.println(
                    "Signal " + name
                            + " cannot be caught here; the process would end at once, without a savepoint or answers under way.");
        }
    }
}
