package dev.berth.liberty.notify;

import dev.berth.reconciler.notify.Keyring;
import dev.berth.reconciler.notify.Message;
import dev.berth.reconciler.notify.Sender;
import dev.berth.schemas.config.Alert;
import dev.berth.schemas.config.Alert.Email;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Properties;
import javax.net.ssl.SSLSocketFactory;

/**
 * Sends messages by SMTP (RFC 5321), encrypted unless the alert says otherwise: with {@code
 * starttls} nothing is sent to a server that offers none. A message has the same {@code Message-ID}
 * each time it is sent. Thread-safe.
 */
public final class SmtpSender implements Sender {
    private static final String PROTOCOL = "smtp";
    private static final int LONGEST_ANSWER = 200;

    private final Keyring keys;
    private final Duration within;
    private final SSLSocketFactory tls;

    /**
     * @param within the connection, and each answer of the server
     * @param tls knows whose certificates are trusted
     */
    public SmtpSender(Keyring keys, Duration within, SSLSocketFactory tls) {
        this.keys = keys;
        this.within = within;
        this.tls = tls;
    }

    @Override
    public void send(Message message, Alert to) throws IOException {
        Email email = to.spec().email();
        if (email == null) {
            throw new IOException("the alert has no email any more");
        }
        String password = email.password() == null ? null : keys.reveal(email.password());
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(SmtpSender.class.getClassLoader()); // finds mail's own parts
        try {
            Session session = Session.getInstance(properties(email));
            try (Transport transport = session.getTransport(PROTOCOL)) {
                transport.connect(email.server(), email.port(), email.user(), password);
                transport.sendMessage(
                        new MimeMessage(session, new ByteArrayInputStream(text(message, email))),
                        InternetAddress.parse(String.join(",", email.to())));
            }
        } catch (MessagingException e) {
            throw new IOException("the SMTP server did not take it: " + answer(e), e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private Properties properties(Email email) {
        String most = Long.toString(within.toMillis());
        Properties properties = new Properties();
        properties.setProperty("mail.smtp.connectiontimeout", most);
        properties.setProperty("mail.smtp.timeout", most);
        properties.setProperty("mail.smtp.writetimeout", most);
        properties.setProperty("mail.smtp.from", email.from());
        properties.setProperty("mail.smtp.auth", Boolean.toString(email.user() != null));
        properties.setProperty("mail.smtp.ssl.checkserveridentity", "true");
        properties.put("mail.smtp.ssl.socketFactory", tls);
        switch (email.tls()) {
            case STARTTLS -> {
                properties.setProperty("mail.smtp.starttls.enable", "true");
                properties.setProperty("mail.smtp.starttls.required", "true");
            }
            case IMPLICIT -> properties.setProperty("mail.smtp.ssl.enable", "true");
            case NONE -> {}
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
