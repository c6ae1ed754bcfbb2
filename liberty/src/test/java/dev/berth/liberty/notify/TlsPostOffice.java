package dev.berth.liberty.notify;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** An SMTP server that offers STARTTLS with a certificate of its own, and writes down all. */
final class TlsPostOffice implements AutoCloseable {
    private static final String PASSWORD = "changeit";

    /** What was said to it, each line after the word {@code tls} or {@code clear}. */
    final List<String> heard = new CopyOnWriteArrayList<>();

    private final SSLContext tls;
    private final ServerSocket server;

    TlsPostOffice(Path directory) throws Exception {
        Path store = directory.resolve("post.p12");
        Process keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                "post",
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=localhost",
                                "-ext",
                                "san=ip:127.0.0.1",
                                "-storetype",
                                "PKCS12",
                                "-keystore",
                                store.toString(),
                                "-storepass",
                                PASSWORD)
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("keytool.log").toFile())
                        .start();
        if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
            throw new IllegalStateException(Files.readString(directory.resolve("keytool.log")));
        }
        tls = context(store);
        server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("post-office").start(this::serve);
    }

    int port() {
        return server.getLocalPort();
    }

    /** Trusts its certificate. */
    SSLSocketFactory trusting() {
        return tls.getSocketFactory();
    }

    private static SSLContext context(Path store) throws GeneralSecurityException, IOException {
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        KeyManagerFactory own =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD.toCharArray());
        KeyStore known = KeyStore.getInstance("PKCS12");
        known.load(null, null);
        known.setCertificateEntry("post", keys.getCertificate("post"));
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(known);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private void serve() {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                say(socket, "220 post office");
                talk(socket, "clear");
            } catch (IOException e) {
                heard.add("ended: " + e);
            }
        }
    }

    private void talk(Socket socket, String how) throws IOException {
        BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            heard.add(how + " " + line);
            String verb = line.toUpperCase(Locale.ROOT);
            if (verb.startsWith("EHLO")) {
                say(
                        socket,
                        how.equals("tls")
                                ? "250-post\r\n250 AUTH PLAIN"
                                : "250-post\r\n250 STARTTLS");
            } else if (verb.equals("STARTTLS")) {
                say(socket, "220 go ahead");
                talk(encrypted(socket), "tls");
                return;
            } else if (verb.startsWith("AUTH")) {
                say(socket, "235 welcome");
            } else if (verb.equals("DATA")) {
                say(socket, "354 go on");
                for (String text = reader.readLine();
                        text != null && !text.equals(".");
                        text = reader.readLine()) {
                    heard.add(how + " | " + text);
                }
                say(socket, "250 taken");
            } else if (verb.equals("QUIT")) {
                say(socket, "221 bye");
                return;
            } else {
                say(socket, "250 ok");
            }
        }
    }

    private SSLSocket encrypted(Socket socket) throws IOException {
        SSLSocket layered =
                (SSLSocket)
                        tls.getSocketFactory()
                                .createSocket(socket, "127.0.0.1", socket.getPort(), true);
        layered.setUseClientMode(false);
        return layered;
    }

    private static void say(Socket socket, String line) throws IOException {
        socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
