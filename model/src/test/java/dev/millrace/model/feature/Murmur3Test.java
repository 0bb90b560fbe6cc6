package dev.millrace.model.feature;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Murmur3Test {

    /** Published vectors of MurmurHash3_x86_32 with seed 0. */
    @ParameterizedTest
    @CsvSource({
        "'', 0",
        "hello, 248bfa47",
        "'hello, world', 149bbb7f",
        "The quick brown fox jumps over the lazy dog, 2e4ff723",
        "foo, f6a5c420"
    })
    void hashesAsPublished(String text, String hash) {
        assertThat(Integer.toHexString(Murmur3.hash(text.getBytes(StandardCharsets.UTF_8))))
                .isEqualTo(hash);
    }

    /** 0x248bfa47 = 613153351, 0xf6a5c420 = 4138058784. */
    @ParameterizedTest
    @CsvSource({"hello, 10, 1", "foo, 10, 4"})
    void aBucketIsTheUnsignedRemainder(String text, int buckets, int bucket) {
        assertThat(Murmur3.bucket(text, buckets)).isEqualTo(bucket);
    }
}
