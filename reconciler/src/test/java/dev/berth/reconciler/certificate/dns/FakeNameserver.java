package dev.berth.reconciler.certificate.dns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

/** A name server on a loopback port, by UDP and TCP, that takes dynamic updates. */
final class FakeNameserver implements AutoCloseable {
    private final DatagramSocket datagrams;
    private final ServerSocket streams;
    private final Set<Record> records = new CopyOnWriteArraySet<>();
    private volatile @Nullable TSIG key;
    private volatile int refuses = Rcode.NOERROR;

    FakeNameserver() {
        try {
            InetAddress loopback = InetAddress.getLoopbackAddress();
            streams = new ServerSocket(0, 50, loopback);
            datagrams = new DatagramSocket(streams.getLocalPort(), loopback);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::serveDatagrams);
        Thread.ofVirtual().start(this::serveStreams);
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), streams.getLocalPort());
    }

    /** Host and port. */
    String at() {
        return "127.0.0.1:" + streams.getLocalPort();
    }

    FakeNameserver zone(String name) {
        Name zone = name(name);
        records.add(new SOARecord(zone, DClass.IN, 60, zone, zone, 1, 60, 60, 60, 60));
        return this;
    }

    /** A server of a zone, at an address of this machine. */
    FakeNameserver server(String zone, String server, String address) {
        records.add(new NSRecord(name(zone), DClass.IN, 60, name(server)));
        records.add(new ARecord(name(server), DClass.IN, 60, InetAddress.ofLiteral(address)));
        return this;
    }

    FakeNameserver alias(String from, String to) {
        records.add(new CNAMERecord(name(from), DClass.IN, 60, name(to)));
        return this;
    }

    FakeNameserver record(Record record) {
        records.add(record);
        return this;
    }

    FakeNameserver text(String name, String value) {
        return record(new TXTRecord(name(name), DClass.IN, 60, value));
    }

    /** Takes updates with this signature only. */
    FakeNameserver signedBy(TSIG only) {
        key = only;
        return this;
    }

    /** Answers updates with this from now on. */
    void refuseUpdates(int code) {
        refuses = code;
    }

    List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        for (Record record : records) {
            if (record instanceof TXTRecord text && text.getName().equals(name(name))) {
                texts.addAll(text.getStrings());
            }
        }
        return texts;
    }

    @Override
    public void close() {
        datagrams.close();
        try {
            streams.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Name name(String text) {
        try {
            return Nameservers.name(text);
        } catch (dev.berth.reconciler.certificate.DnsException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private void serveDatagrams() {
        byte[] buffer = new byte[4096];
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                datagrams.receive(packet);
                byte[] asked = java.util.Arrays.copyOf(buffer, packet.getLength());
                byte[] answer = answer(asked);
                datagrams.send(
                        new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serveStreams() {
        try {
            while (true) {
                Socket socket = streams.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            while (true) {
                byte[] asked = new byte[in.readUnsignedShort()];
                in.readFully(asked);
                byte[] answer = answer(asked);
                out.writeShort(answer.length);
                out.write(answer);
                out.flush();
            }
        } catch (IOException e) {
            // the client has left
        }
    }

    private byte[] answer(byte[] bytes) throws IOException {
        Message asked = new Message(bytes);
        Message answer = new Message(asked.getHeader().getID());
        answer.getHeader().setFlag(Flags.QR);
        answer.getHeader().setOpcode(asked.getHeader().getOpcode());
        Record question = asked.getQuestion();
        answer.addRecord(question, Section.QUESTION);
        if (asked.getHeader().getOpcode() == Opcode.UPDATE) {
            answer.getHeader().setRcode(update(asked, bytes));
            TSIG signature = key;
            if (signature != null && asked.getTSIG() != null) {
                answer.setTSIG(signature, Rcode.NOERROR, asked.getTSIG());
            }
        } else {
            for (Record record : records) {
                if (record.getName().equals(question.getName())
                        && (record.getType() == question.getType()
                                || record.getType() == Type.CNAME)) {
                    answer.addRecord(record, Section.ANSWER);
                }
            }
        }
        return answer.toWire(65_535);
    }

    private int update(Message asked, byte[] bytes) {
        TSIG signature = key;
        if (signature != null
                && (asked.getTSIG() == null
                        || signature.verify(asked, bytes, null) != Rcode.NOERROR)) {
            return Rcode.NOTAUTH;
        }
        if (refuses != Rcode.NOERROR) {
            return refuses;
        }
        for (Record change : asked.getSection(Section.UPDATE)) {
            if (change.getDClass() == DClass.NONE) {
                records.removeIf(
                        r ->
                                r.getName().equals(change.getName())
                                        && r.rdataToString().equals(change.rdataToString()));
            } else {
                records.add(change);
            }
        }
        return Rcode.NOERROR;
    }
}
