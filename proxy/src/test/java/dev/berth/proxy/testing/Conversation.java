package dev.berth.proxy.testing;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One end of a connection, in plain bytes. */
public final class Conversation {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    public Conversation(Socket socket) throws IOException {
        this(socket, new BufferedInputStream(socket.getInputStream()), socket.getOutputStream());
    }

    private Conversation(Socket socket, InputStream in, OutputStream out) {
        this.socket = socket;
        this.in = in;
        this.out = out;
    }

    /** The same connection, read through another stream. */
    public Conversation reading(InputStream other) {
        return new Conversation(socket, other, out);
    }

    public Socket socket() {
        return socket;
    }

    public InputStream in() {
        return in;
    }

    /** Sends text as Latin-1. */
    public Conversation send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public Conversation send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
        return this;
    }

    /** A head up to and without its empty line; {@code null} at the end of the stream. */
    public @Nullable String readHead() throws IOException {
        StringBuilder head = new StringBuilder();
        while (true) {
            int b = in.read();
            if (b < 0) {
                if (head.isEmpty()) {
                    return null;
                }
                throw new EOFException("stream ended in a head: " + head);
            }
            head.append((char) b);
            if (head.length() >= 4 && head.indexOf("\r\n\r\n", head.length() - 4) >= 0) {
                return head.substring(0, head.length() - 4);
            }
        }
    }

    /** The body that the head announces, with chunks as they are on the wire. */
    public String readBody(String head) throws IOException {
        String length = field(head, "content-length");
        if (length != null) {
            return read(Integer.parseInt(length));
        }
        if (field(head, "transfer-encoding") == null) {
            return "";
        }
        StringBuilder chunks = new StringBuilder();
        while (true) {
            String size = readLine();
            chunks.append(size).append("\r\n");
            int bytes = Integer.parseInt(size, 16);
            if (bytes == 0) {
                String trailer;
                do {
                    trailer = readLine();
                    chunks.append(trailer).append("\r\n");
                } while (!trailer.isEmpty());
                return chunks.toString();
            }
            chunks.append(read(bytes)).append(readLine()).append("\r\n");
        }
    }

    public String read(int bytes) throws IOException {
        byte[] read = in.readNBytes(bytes);
        if (read.length < bytes) {
            throw new EOFException("stream ended after %d of %d".formatted(read.length, bytes));
        }
        return new String(read, StandardCharsets.ISO_8859_1);
    }

    public String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            int b = in.read();
            if (b < 0) {
                throw new EOFException("stream ended in a line: " + line);
            }
            if (b == '\n') {
                return line.substring(0, line.length() - 1);
            }
            line.append((char) b);
        }
    }

    /** Everything up to the end of the stream. */
    public String readAll() throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    /** The value of a field of a head; {@code null} if it is not there. */
    public static @Nullable String field(String head, String name) {
        for (String line : head.lines().toList()) {
            int colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).toLowerCase(Locale.ROOT).equals(name)) {
                return line.substring(colon + 1).strip();
            }
        }
        return null;
    }
}
