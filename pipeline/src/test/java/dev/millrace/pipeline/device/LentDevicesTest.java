package dev.millrace.pipeline.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("of a property of the process")
class LentDevicesTest {

    @BeforeEach
    @AfterEach
    void nothingIsLent() {
        System.clearProperty(LentDevices.PROPERTY);
    }

    @Test
    void eachWorkerGetsADeviceOfItsOwnUntilNoneIsLeft() {
        List<Integer> both = List.of(0, 1);

        assertThat(LentDevices.lend(both, 1)).hasValue(0);
        assertThat(LentDevices.lend(both, 1)).hasValue(1);
        assertThat(LentDevices.lend(both, 1)).isEmpty();

        LentDevices.giveBack(0);
        assertThat(LentDevices.lend(both, 1)).hasValue(0);
    }

    @Test
    void sharedDevicesGoRound() {
        List<OptionalInt> lent = new ArrayList<>();
        for (int i = 0; i < 5; i++) lent.add(LentDevices.lend(List.of(0, 1, 2), Integer.MAX_VALUE));
        LentDevices.giveBack(1);
        lent.add(LentDevices.lend(List.of(0, 1, 2), Integer.MAX_VALUE));

        assertThat(lent).extracting(OptionalInt::getAsInt).containsExactly(0, 1, 2, 0, 1, 1);
    }

    @Test
    void manyRestartsLeaveNothingBehind() {
        for (int life = 0; life < 1000; life++) {
            int device = LentDevices.lend(List.of(0), 1).orElseThrow();
            LentDevices.giveBack(device);
        }

        assertThat(System.getProperty(LentDevices.PROPERTY)).isEmpty();
    }

    @Test
    void workersThatComeAtOnceNeverGetTheSameDevice() throws Exception {
        List<Integer> devices = List.of(0, 1, 2, 3, 4, 5, 6, 7);
        ExecutorService workers = Executors.newFixedThreadPool(8);
        try {
            for (int round = 0; round < 200; round++) {
                List<Future<OptionalInt>> lent = new ArrayList<>();
                for (int i = 0; i < 8; i++) lent.add(workers.submit(() -> LentDevices.lend(devices, 1)));
                List<Integer> got = new ArrayList<>();
                for (Future<OptionalInt> each : lent) got.add(each.get().orElseThrow());
                assertThat(got).containsExactlyInAnyOrderElementsOf(devices);
                got.forEach(LentDevices::giveBack);
            }
        } finally {
            workers.shutdownNow();
        }
    }

    /** Each job of a TaskManager loads our classes anew. */
    @Test
    void anotherJobOfTheProcessGetsAnotherDevice() throws Exception {
        Class<?> ofOtherJob = new ChildFirst().loadClass(LentDevices.class.getName());
        assertThat(ofOtherJob).isNotSameAs(LentDevices.class);
        Method lend = ofOtherJob.getDeclaredMethod("lend", List.class, int.class);
        lend.setAccessible(true);

        OptionalInt here = LentDevices.lend(List.of(0, 1), 1);
        Object there = lend.invoke(null, List.of(0, 1), 1);

        assertThat(here).hasValue(0);
        assertThat(there).isEqualTo(OptionalInt.of(1));
    }

    /** As Flink's for user code. */
    private static final class ChildFirst extends ClassLoader {
        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(LentDevices.class.getName())) return super.loadClass(name, resolve);
            Class<?> loaded = findLoadedClass(name);
            if (loaded != null) return loaded;
            String file = name.replace('.', '/') + ".class";
            try (InputStream in = LentDevices.class.getClassLoader().getResourceAsStream(file)) {
                if (in == null) throw new ClassNotFoundException(name);
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
