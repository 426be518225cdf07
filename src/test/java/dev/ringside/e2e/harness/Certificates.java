package dev.ringside.e2e.harness;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.Base64;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** An authority of a test's own, and what it has certified: a server at 127.0.0.1, and a client. All files are PEM. */
public record Certificates(Path authority, Path serverCertificate, Path serverKey, Path clientCertificate, Path clientKey) {
    private static final String PASSWORD = "changeit";

    /** @param name tells one authority from another */
    public static Certificates make(Path directory, String name) {
        Path store = directory.resolve(name + ".p12");
        keytool(store, "ca", "-dname", "CN=" + name, "-ext", "bc:c");
        keytool(store, "server", "-dname", "CN=collector", "-signer", "ca", "-ext", "san=ip:127.0.0.1");
        keytool(store, "client", "-dname", "CN=ringside", "-signer", "ca");
        try (InputStream in = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, PASSWORD.toCharArray());
            return new Certificates(certificate(keys, "ca", directory.resolve(name + ".pem")),
                    certificate(keys, "server", directory.resolve(name + "-server.pem")), key(keys, "server", directory.resolve(name + "-server.key")),
                    certificate(keys, "client", directory.resolve(name + "-client.pem")), key(keys, "client", directory.resolve(name + "-client.key")));
        } catch (IOException | GeneralSecurityException e) {
            throw new AssertionError("certificates can't be made: directory=" + directory, e);
        }
    }

    /** For a server in this process that knows this authority's clients. */
    public SSLContext serverContext() {
        try {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(authority.resolveSibling(authority.getFileName().toString().replaceFirst("\\.pem$", ".p12")))) {
                keys.load(in, PASSWORD.toCharArray());
            }
            KeyStore known = KeyStore.getInstance("PKCS12");
            known.load(null, null);
            known.setCertificateEntry("ca", keys.getCertificate("ca"));
            keys.deleteEntry("ca");
            keys.deleteEntry("client");
            KeyManagerFactory ours = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            ours.init(keys, PASSWORD.toCharArray());
            TrustManagerFactory theirs = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            theirs.init(known);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(ours.getKeyManagers(), theirs.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new AssertionError("no TLS: authority=" + authority, e);
        }
    }

    private static void keytool(Path store, String alias, String... options) {
        String[] command = {System.getProperty("java.home") + "/bin/keytool", "-genkeypair", "-alias", alias, "-keyalg", "EC", "-storetype", "PKCS12", "-keystore",
                store.toString(), "-storepass", PASSWORD};
        String[] all = Stream.concat(Arrays.stream(command), Arrays.stream(options)).toArray(String[]::new);
        Run.tool(all);
    }

    private static Path certificate(KeyStore keys, String alias, Path file) throws IOException, GeneralSecurityException {
        return Files.writeString(file, pem("CERTIFICATE", keys.getCertificate(alias).getEncoded()));
    }

    private static Path key(KeyStore keys, String alias, Path file) throws IOException, GeneralSecurityException {
        Key key = keys.getKey(alias, PASSWORD.toCharArray());
        return Files.writeString(file, pem("PRIVATE KEY", key.getEncoded()));
    }

    private static String pem(String what, byte[] encoded) {
        return "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded) + "\n-----END " + what + "-----\n";
    }
}
