package dev.ringside.identity.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnAddressesTest {

    @TempDir
    private Path procfs;

    @Test
    void areThoseOfTheInterfaces() throws Exception {
        Set<AddressWords> interfaces = NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses)
                .map(InetAddress::getHostAddress).map(text -> text.replaceAll("%.*", "")).map(AddressWords::parse)
                .filter(address -> !AddressWords.isLoopback(address.high(), address.low())).collect(Collectors.toSet());
        Files.createSymbolicLink(procfs.resolve("1"), Path.of("/proc/self"));

        Set<AddressWords> own = OwnAddresses.read(procfs).stream().map(AddressWords::parse).collect(Collectors.toSet());

        assertThat(own).containsAll(interfaces);
    }

    @Test
    void withoutIpv6ThereIsNoFile() throws Exception {
        Files.createDirectories(procfs.resolve("1/net"));
        Files.writeString(procfs.resolve("1/net/fib_trie"), """
                Main:
                  +-- 0.0.0.0/0 3 0 5
                     +-- 192.0.2.0/24 2 0 2
                        |-- 192.0.2.0
                           /24 link UNICAST
                        |-- 192.0.2.2
                           /32 host LOCAL
                        |-- 192.0.2.255
                           /32 link BROADCAST
                     +-- 127.0.0.0/8 2 0 2
                        |-- 127.0.0.1
                           /32 host LOCAL
                """);

        assertThat(OwnAddresses.read(procfs)).containsExactly("192.0.2.2");
    }
}
