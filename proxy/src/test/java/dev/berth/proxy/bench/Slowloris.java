package dev.berth.proxy.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Connections that send a byte of a request head each second. */
final class Slowloris {
    private static final byte[] BEGIN =
            "GET /1k HTTP/1.1\r\nHost: bench.test\r\nX-Slow: ".getBytes(StandardCharsets.US_ASCII);

    private final ByteBuffer answer = ByteBuffer.allocate(1024);
    private int answered;
    private int cut;

    private Slowloris() {}

    /** Opens them and prints how many; after so many seconds prints what became of them. */
    static void run(int port, int connections, int seconds, PrintStream out)
            throws IOException, InterruptedException {
        List<SocketChannel> open = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            SocketChannel channel =
                    SocketChannel.open(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            channel.write(ByteBuffer.wrap(BEGIN));
            channel.configureBlocking(false);
            open.add(channel);
        }
        out.println(open.size());
        out.flush();
        Slowloris slow = new Slowloris();
        for (int second = 0; second < seconds; second++) {
            TimeUnit.SECONDS.sleep(1);
            open.removeIf(slow::ended);
        }
        out.printf(
                "%d got 408, %d were closed without, %d are open%n",
                slow.answered, slow.cut, open.size());
        out.flush();
    }

    private boolean ended(SocketChannel channel) {
        try {
            answer.clear();
            int read = channel.read(answer);
            if (read == 0) {
                channel.write(ByteBuffer.wrap(new byte[] {'a'}));
                return false;
            }
            if (read > 0 && startsWith408()) {
                answered++;
            } else {
                cut++;
            }
            channel.close();
        } catch (IOException e) {
            cut++;
        }
        return true;
    }

    private boolean startsWith408() {
        return new String(answer.array(), 0, answer.position(), StandardCharsets.ISO_8859_1)
                .startsWith("HTTP/1.1 408 ");
    }
}
