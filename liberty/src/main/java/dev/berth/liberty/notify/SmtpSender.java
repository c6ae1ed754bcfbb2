package dev.berth.liberty.notify;

import dev.berth.reconciler.notify.Errand;
import dev.berth.reconciler.notify.Keyring;
import dev.berth.reconciler.notify.Message;
import dev.berth.reconciler.notify.Reach;
import dev.berth.reconciler.notify.Sender;
import dev.berth.schemas.config.Alert;
import dev.berth.schemas.config.Alert.Email;
import dev.berth.schemas.config.Alert.Tls;
import jakarta.mail.Authenticator;
import jakarta.mail.MessagingException;
import jakarta.mail.PasswordAuthentication;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Properties;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages by SMTP (RFC 5321), encrypted unless the alert says otherwise: with {@code
 * starttls} nothing is sent to a server that offers none. A message has the same {@code Message-ID}
 * each time it is sent. Thread-safe.
 */
public final class SmtpSender implements Sender {
    private static final int LONGEST_ANSWER = 200;

    private final Keyring keys;
    private final Reach reach;
    private final Duration answer;
    private final Duration whole;
    private final SSLSocketFactory tls;

    /**
     * @param answer the connection, and each answer of the server
     * @param whole all of it together
     * @param tls knows whose certificates are trusted
     */
    public SmtpSender(
            Keyring keys, Reach reach, Duration answer, Duration whole, SSLSocketFactory tls) {
        this.keys = keys;
        this.reach = reach;
        this.answer = answer;
        this.whole = whole;
        this.tls = tls;
    }

    @Override
    public void send(Message message, Alert to) throws IOException {
        Email email = to.spec().email();
        if (email == null) {
            throw new IOException("the alert has no email any more");
        }
        String password =
                email.password() == null ? null : keys.reveal(email.password(), email.server());
        Errand.within(
                whole,
                reach,
                errand -> {
                    send(text(message, email), email, password, errand);
                    return email;
                });
    }

    private void send(byte[] text, Email email, @Nullable String password, Errand errand)
            throws IOException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(SmtpSender.class.getClassLoader()); // finds mail's own parts
        try {
            Session session = Session.getInstance(properties(email), login(email, password));
            try (Socket socket = connected(errand, email);
                    SMTPTransport transport = new SMTPTransport(session, null)) {
                transport.connect(socket);
                transport.sendMessage(
                        new MimeMessage(session, new ByteArrayInputStream(text)),
                        InternetAddress.parse(String.join(",", email.to())));
            }
        } catch (ConnectException | UnknownHostException | SocketTimeoutException e) {
            throw new IOException("the SMTP server can't be reached: " + e, e);
        } catch (MessagingException e) {
            throw new IOException("the SMTP server did not take it: " + answer(e), e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** The library would connect by itself to any address, and with TLS by no factory of ours. */
    private Socket connected(Errand errand, Email email) throws IOException {
        InetAddress address = InetAddress.getAllByName(email.server())[0];
        // As it was named: that name has to be in the certificate.
        InetAddress named = InetAddress.getByAddress(email.server(), address.getAddress());
        Socket plain = errand.socket();
        plain.connect(new InetSocketAddress(named, email.port()), (int) answer.toMillis());
        plain.setSoTimeout((int) answer.toMillis());
        if (email.tls() != Tls.IMPLICIT) {
            return plain;
        }
        SSLSocket secured = (SSLSocket) tls.createSocket(plain, email.server(), email.port(), true);
        SSLParameters parameters = secured.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS"); // the name has to match
        secured.setSSLParameters(parameters);
        secured.startHandshake();
        return secured;
    }

    private static Authenticator login(Email email, @Nullable String password) {
        return new Authenticator() {
            @Override
            protected @Nullable PasswordAuthentication getPasswordAuthentication() {
                return password == null ? null : new PasswordAuthentication(email.user(), password);
            }
        };
    }

    private Properties properties(Email email) {
        Properties properties = new Properties();
        properties.setProperty("mail.smtp.timeout", Long.toString(answer.toMillis()));
        properties.setProperty("mail.smtp.from", email.from());
        properties.setProperty("mail.smtp.auth", Boolean.toString(email.user() != null));
        properties.setProperty("mail.smtp.ssl.checkserveridentity", "true");
        properties.put("mail.smtp.ssl.socketFactory", tls);
        if (email.tls() == Tls.STARTTLS) {
            properties.setProperty("mail.smtp.starttls.enable", "true");
            properties.setProperty("mail.smtp.starttls.required", "true");
        }
        return properties;
    }

    /** As RFC 5322 and 2045 have it. What is in the head is ASCII by the config's own rules. */
    private static byte[] text(Message message, Email email) {
        String verb =
                switch (message.type()) {
                    case Failing -> "fails";
                    case StillFailing -> "still fails";
                    case Recovered -> "is well again";
                    case Closed -> "is over";
                };
        String head =
                """
                Message-ID: <%s@%s>
                Date: %s
                From: Berth <%s>
                To: %s
                Subject: %s %s (%s)
                Auto-Submitted: auto-generated
                MIME-Version: 1.0
                Content-Type: text/plain; charset=utf-8
                Content-Transfer-Encoding: base64
                """
                        .formatted(
                                message.id(),
                                email.from().substring(email.from().indexOf('@') + 1),
                                DateTimeFormatter.RFC_1123_DATE_TIME.format(
                                        message.at().atOffset(ZoneOffset.UTC)),
                                email.from(),
                                String.join(",\n ", email.to()),
                                message.resource(),
                                verb,
                                message.reason());
        String body =
                Base64.getMimeEncoder()
                        .encodeToString((message.text() + "\n").getBytes(StandardCharsets.UTF_8));
        return (head.replace("\n", "\r\n") + "\r\n" + body + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** The first line of what the server said; it has seen no secret that it could repeat. */
    private static String answer(MessagingException e) {
        String said = e.getMessage() == null ? "" : e.getMessage();
        String line = said.lines().findFirst().orElse("").replaceAll("\\p{Cntrl}", " ");
        return line.isEmpty()
                ? e.getClass().getSimpleName()
                : line.substring(0, Math.min(line.length(), LONGEST_ANSWER));
    }
}
