package dev.ringside.daemon.kubelet;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A certificate as a kubelet makes for itself: it names the host, and no address. */
record SelfMadeCertificate(Path pem, SSLContext context) {

    private static final String PASSWORD = "changeit";

    static SelfMadeCertificate of(String host, Path directory) throws Exception {
        Path store = directory.resolve(host + ".p12");
        Path pem = directory.resolve(host + ".pem");
        keytool("-genkeypair", "-alias", "kubelet", "-keyalg", "EC", "-dname", "CN=" + host, "-ext", "san=dns:" + host, "-storetype", "PKCS12",
                "-keystore", store.toString(), "-storepass", PASSWORD);
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        Files.writeString(pem, "-----BEGIN CERTIFICATE-----\n" + Base64.getMimeEncoder().encodeToString(keys.getCertificate("kubelet").getEncoded())
                + "\n-----END CERTIFICATE-----\n");
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return new SelfMadeCertificate(pem, context);
    }

    private static void keytool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(keytool.getInputStream().readAllBytes());
        if (keytool.waitFor() != 0) {
            throw new IllegalStateException("keytool failed: output=" + output);
        }
    }
}
