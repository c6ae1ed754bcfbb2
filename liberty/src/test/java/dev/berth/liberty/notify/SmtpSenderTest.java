package dev.berth.liberty.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.berth.reconciler.notify.AlertKeys;
import dev.berth.reconciler.notify.KeyFiles;
import dev.berth.reconciler.notify.Keyring;
import dev.berth.reconciler.notify.Message;
import dev.berth.reconciler.notify.OwnersReach;
import dev.berth.reconciler.notify.Reach;
import dev.berth.schemas.config.Alert;
import dev.berth.schemas.config.Alert.Credential;
import dev.berth.schemas.config.Alert.Email;
import dev.berth.schemas.config.Alert.Tls;
import dev.berth.schemas.config.EnvValue;
import dev.berth.schemas.config.Metadata;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.ReasonCode;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class SmtpSenderTest {
    private static final Reach ANYWHERE = _ -> {};
    private static final Duration WITHIN = Duration.ofSeconds(10);
    private static final String PASSWORD = "planted-password-91c2";
    private static final Message MESSAGE =
            new Message(
                    "c0ffee",
                    "ops",
                    ResourceId.app("shop"),
                    ReasonCode.HealthCheckFailed,
                    Message.Type.Failing,
                    "app/shop fails since noon: größer als erlaubt",
                    Instant.parse("2026-11-21T12:00:00Z"),
                    Instant.parse("2026-11-21T12:00:05Z"));

    @TempDir Path directory;
    private final GreenMail greenMail =
            new GreenMail(
                    new ServerSetup[] {
                        server(ServerSetup.PROTOCOL_SMTP), server(ServerSetup.PROTOCOL_SMTPS)
                    });

    private static ServerSetup server(String protocol) {
        ServerSetup server = new ServerSetup(0, "127.0.0.1", protocol);
        server.setServerStartupTimeout(30_000); // of a busy machine
        return server;
    }

    @BeforeEach
    void start() {
        greenMail.start();
    }

    @AfterEach
    void stop() {
        greenMail.stop();
    }

    @Test
    void send_inTheClearAsWanted_arrivesWhole() throws Exception {
        sender().send(MESSAGE, to(smtpPort(), Tls.NONE, null));

        MimeMessage[] received = greenMail.getReceivedMessages();
        assertThat(received).as("one for each receiver").hasSize(2);
        MimeMessage mail = received[0];
        assertThat(mail.getSubject()).isEqualTo("app/shop fails (HealthCheckFailed)");
        assertThat(mail.getMessageID()).isEqualTo("<c0ffee@example.com>");
        assertThat(mail.getHeader("From", ",")).isEqualTo("Berth <berth@example.com>");
        assertThat(mail.getHeader("To", ",")).contains("ops@example.com", "dev@example.com");
        assertThat(mail.getHeader("Date", ",")).isEqualTo("Sat, 21 Nov 2026 12:00:05 GMT");
        assertThat(mail.getContent().toString().strip()).isEqualTo(MESSAGE.text());
    }

    @Test
    void send_withLogin_isLetInOnlyWithTheRightPassword() throws Exception {
        greenMail.setUser("ops@example.com", "berth", PASSWORD);
        sender().send(MESSAGE, to(smtpPort(), Tls.NONE, "berth"));
        assertThat(greenMail.getReceivedMessages()).isNotEmpty();

        SmtpSender wrong = sender("wrong", ANYWHERE, WITHIN, trustedByAll());
        assertThatThrownBy(() -> wrong.send(MESSAGE, to(smtpPort(), Tls.NONE, "berth")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("did not take it")
                .hasMessageNotContaining("wrong");
    }

    @Test
    void send_starttls_isEncryptedBeforeAnythingIsTold() throws Exception {
        try (TlsPostOffice office = new TlsPostOffice(directory)) {
            SmtpSender sender = sender(PASSWORD, ANYWHERE, WITHIN, office.trusting());

            sender.send(MESSAGE, to(office.port(), Tls.STARTTLS, "berth"));

            assertThat(office.heard)
                    .contains("tls DATA", "tls | Subject: app/shop fails (HealthCheckFailed)")
                    .anyMatch(line -> line.startsWith("tls AUTH PLAIN"));
            assertThat(office.heard.stream().filter(line -> line.startsWith("clear")))
                    .allMatch(line -> line.matches("clear (EHLO .*|STARTTLS)"));
        }
    }

    @Test
    void send_starttlsOfAServerThatNobodyKnows_isRefused() throws Exception {
        try (TlsPostOffice office = new TlsPostOffice(directory)) {
            assertThatThrownBy(
                            () -> sender().send(MESSAGE, to(office.port(), Tls.STARTTLS, "berth")))
                    .isInstanceOf(IOException.class)
                    .hasMessageNotContaining(PASSWORD);
            assertThat(office.heard).noneMatch(line -> line.contains("AUTH PLAIN "));
            assertThat(office.heard).noneMatch(line -> line.endsWith("DATA"));
        }
    }

    @Test
    void send_starttlsNotOffered_sendsNothing() {
        assertThatThrownBy(() -> sender().send(MESSAGE, to(smtpPort(), Tls.STARTTLS, null)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("STARTTLS");
        assertThat(greenMail.getReceivedMessages()).isEmpty();
    }

    @Test
    void send_implicitTlsOfAServerThatNobodyKnows_isRefused() {
        int port = greenMail.getSmtps().getPort();

        assertThatThrownBy(() -> sender().send(MESSAGE, to(port, Tls.IMPLICIT, null)))
                .isInstanceOf(IOException.class);
        assertThat(greenMail.getReceivedMessages()).isEmpty();
    }

    @Test
    void send_serverThatSaysNothing_isAFailureInTime() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            SmtpSender hasty = sender(PASSWORD, ANYWHERE, Duration.ofMillis(300), trustedByAll());

            assertThatThrownBy(() -> hasty.send(MESSAGE, to(silent.getLocalPort(), Tls.NONE, null)))
                    .isInstanceOf(IOException.class);
        }
    }

    /** Each answer comes in time, and there is no end of them. */
    @Test
    void send_serverThatDawdles_isAFailureInTime() throws Exception {
        try (ServerSocket slow = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread dawdler = Thread.ofVirtual().start(() -> dawdle(slow));
            SmtpSender hasty =
                    new SmtpSender(
                            keyring(PASSWORD),
                            ANYWHERE,
                            WITHIN,
                            Duration.ofMillis(700),
                            trustedByAll());

            assertThatThrownBy(() -> hasty.send(MESSAGE, to(slow.getLocalPort(), Tls.NONE, null)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("within 700 ms");
            assertThat(dawdler.join(WITHIN)).as("the connection is closed").isTrue();
        }
    }

    /** Greets in very many lines, until nobody listens any more. */
    private static void dawdle(ServerSocket server) {
        try (Socket client = server.accept()) {
            while (true) {
                client.getOutputStream().write("220-wait\r\n".getBytes(StandardCharsets.US_ASCII));
                Thread.sleep(50);
            }
        } catch (IOException | InterruptedException _) { // that is the end
        }
    }

    @ParameterizedTest
    @EnumSource(Tls.class)
    void send_whereNothingMaySend_isNotConnected(Tls tls) throws Exception {
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed.setSoTimeout(300);
            Path allowed = directory.resolve("alert-servers");
            SmtpSender sender = sender(PASSWORD, new OwnersReach(allowed), WITHIN, trustedByAll());

            assertThatThrownBy(() -> sender.send(MESSAGE, to(closed.getLocalPort(), tls, null)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContainingAll("this machine itself", allowed.toString());
            assertThatThrownBy(closed::accept).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void send_password_isThatOfTheServer() throws Exception {
        greenMail.setUser("ops@example.com", "berth", PASSWORD);
        Path file = directory.resolve("127.0.0.1/smtp-password");
        Files.createDirectories(file.getParent());
        Files.writeString(file, PASSWORD);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Keyring keys = new AlertKeys(new KeyFiles(directory), _ -> null);

        new SmtpSender(keys, ANYWHERE, WITHIN, WITHIN, trustedByAll())
                .send(MESSAGE, to(smtpPort(), Tls.NONE, "berth"));

        assertThat(greenMail.getReceivedMessages()).isNotEmpty();
    }

    private static SmtpSender sender() {
        return sender(PASSWORD, ANYWHERE, WITHIN, trustedByAll());
    }

    private static SmtpSender sender(
            String password, Reach reach, Duration within, SSLSocketFactory tls) {
        return new SmtpSender(keyring(password), reach, within, within.multipliedBy(2), tls);
    }

    private static Keyring keyring(String password) {
        return new Keyring() {
            @Override
            public String reveal(Credential credential, @Nullable String server) {
                return password;
            }

            @Override
            public String reveal(EnvValue text) {
                throw new AssertionError("a mail has no URL");
            }
        };
    }

    private static SSLSocketFactory trustedByAll() {
        return (SSLSocketFactory) SSLSocketFactory.getDefault();
    }

    private int smtpPort() {
        return greenMail.getSmtp().getPort();
    }

    private static Alert to(int port, Tls tls, @Nullable String user) {
        Email email =
                new Email(
                        List.of("ops@example.com", "dev@example.com"),
                        "berth@example.com",
                        "127.0.0.1",
                        port,
                        tls,
                        user,
                        user == null ? null : Credential.ofFile("smtp-password"));
        return new Alert(
                new Metadata("ops", Map.of(), Map.of()),
                new Alert.Spec(null, null, email, List.of(), List.of()));
    }
}
