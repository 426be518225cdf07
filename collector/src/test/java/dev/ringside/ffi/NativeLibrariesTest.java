package dev.ringside.ffi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NativeLibrariesTest {
    private final LibC libc = new FfmLibC();
    private final LibBpf libbpf = FfmLibBpf.find(System.getenv("RINGSIDE_LIBBPF"));

    @Test
    void reportsItsVersion() {
        assertThat(libbpf.version()).matches("v1\\.\\d+.*");
    }

    @Test
    void saysWhatToDoWhenLibbpfIsNotThere() {
        assertThatThrownBy(() -> FfmLibBpf.find("/nonexistent/libbpf.so")).isInstanceOf(NativeLibraryException.class)
                .hasMessage("libbpf not found: tried=/nonexistent/libbpf.so; install libbpf 1.1 or newer (Debian: apt install libbpf1)"
                        + " or name it in RINGSIDE_LIBBPF");
    }

    @Test
    void tellsALibraryThatCannotBeLoadedFromOneThatIsNotThere(@TempDir Path directory) throws IOException {
        Path garbage = Files.writeString(directory.resolve("libbpf.so.1"), "not a library");
        assertThatThrownBy(() -> FfmLibBpf.find(garbage.toString())).isInstanceOf(NativeLibraryException.class)
                .hasMessage("libbpf is there but can't be loaded: path=" + garbage
                        + "; check it with ldd: its libraries must be there too, and be of this machine's architecture and libc");
    }

    @Test
    void listsAllFunctionsThatALibraryLacks() {
        assertThatThrownBy(() -> FfmLibBpf.find("libm.so.6")).isInstanceOf(NativeLibraryException.class)
                .hasMessageStartingWith("functions missing in native library: library=libm.so.6, missing=libbpf_version_string ")
                .hasMessageContaining(" bpf_object__open_mem ").hasMessageContaining(" bpf_iter_create ")
                .hasMessageEndingWith("; install libbpf 1.1 or newer (Debian: apt install libbpf1) or name it in RINGSIDE_LIBBPF");
    }

    @Test
    void keepsLibbpfsMessagesApartByThreadAndScope() throws InterruptedException {
        try (Arena arena = Arena.ofShared(); LibBpfMessages outer = libbpf.captureMessages(1000)) {
            MemorySegment garbage = arena.allocate(64);
            AtomicReference<String> otherThread = new AtomicReference<>();
            Thread other = new Thread(() -> {
                try (LibBpfMessages messages = libbpf.captureMessages(1000)) {
                    libbpf.objectOpen(garbage, "other");
                    otherThread.set(messages.text());
                }
            });
            other.start();
            other.join();
            assertThat(otherThread.get()).contains("'other'");
            assertThat(outer.text()).isEmpty();

            try (LibBpfMessages inner = libbpf.captureMessages(1000)) {
                assertThat(libbpf.objectOpen(garbage, "inner").address()).isZero();
                assertThat(inner.text()).contains("'inner'");
            }
            libbpf.objectOpen(garbage, "outer");
            assertThat(outer.text()).contains("'outer'").doesNotContain("'inner'");
        }
    }

    @Test
    void keepsTheEndOfMessagesThatAreTooMany() {
        try (Arena arena = Arena.ofConfined(); LibBpfMessages messages = libbpf.captureMessages(20)) {
            libbpf.objectOpen(arena.allocate(64), "some");
            assertThat(messages.text()).hasSize(20).endsWith("ELF object\n");
        }
    }

    @Test
    void waitsForAnEventAndReadsIt() {
        int event = libc.eventfd(0, LibC.EFD_CLOEXEC | LibC.EFD_NONBLOCK);
        int epoll = libc.epollCreate(LibC.EPOLL_CLOEXEC);
        try (Arena arena = Arena.ofConfined()) {
            EpollEvents events = EpollEvents.allocate(arena, 4);
            events.set(0, EpollEvents.EPOLLIN, 77);
            assertThat(libc.epollControl(epoll, LibC.EPOLL_CTL_ADD, event, events.memory())).isZero();
            assertThat(libc.epollWait(epoll, events.memory(), events.capacity(), 0)).isZero();

            MemorySegment value = arena.allocateFrom(ValueLayout.JAVA_LONG, 5);
            assertThat(libc.read(event, value)).isEqualTo(-Errno.EAGAIN.number());
            assertThat(libc.write(event, value)).isEqualTo(8);
            assertThat(libc.epollWait(epoll, events.memory(), events.capacity(), 1000)).isEqualTo(1);
            assertThat(events.data(0)).isEqualTo(77);
            assertThat(events.events(0)).isEqualTo(EpollEvents.EPOLLIN);
            assertThat(libc.epollControl(epoll, LibC.EPOLL_CTL_DEL, event, MemorySegment.NULL)).isZero();
        } finally {
            libc.close(epoll);
            libc.close(event);
        }
    }

    @Test
    void mapsMemoryUntilTheArenaCloses() {
        MemorySegment mapped;
        try (Arena arena = Arena.ofShared()) {
            mapped = libc.mmap(arena, libc.pageSize(), LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_PRIVATE | LibC.MAP_ANONYMOUS, -1, 0);
            mapped.set(ValueLayout.JAVA_LONG, 0, 1);
            assertThat(mapped.byteSize()).isEqualTo(libc.pageSize());
        }
        assertThat(mapped.scope().isAlive()).isFalse();
        try (Arena arena = Arena.ofConfined()) {
            assertThat(libc.mmap(arena, 4096, LibC.PROT_READ, LibC.MAP_SHARED, -1, 0).address()).isZero();
            assertThat(libc.lastError()).isEqualTo(Errno.EBADF);
        }
    }

    @Test
    void returnsErrnoAsANegativeResult() {
        assertThat(libc.open("/nonexistent", LibC.O_RDONLY)).isEqualTo(-Errno.ENOENT.number());
        assertThat(libc.close(-1)).isEqualTo(-Errno.EBADF.number());
    }
}
