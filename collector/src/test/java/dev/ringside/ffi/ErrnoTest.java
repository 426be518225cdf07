package dev.ringside.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ErrnoTest {
    @Test
    void namesWhatItKnowsAndNumbersTheRest() {
        assertThat(Errno.EPERM).hasToString("EPERM (operation not permitted)");
        assertThat(new Errno(4095)).hasToString("errno 4095");
        assertThat(Errno.ofResult(-2)).isEqualTo(Errno.ENOENT);
        assertThat(Errno.ofResult(3)).isEqualTo(Errno.NONE);
    }
}
