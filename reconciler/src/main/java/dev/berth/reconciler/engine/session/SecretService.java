package dev.berth.reconciler.engine.session;

import dev.berth.reconciler.engine.buildlog.WireFields;
import dev.berth.reconciler.secret.Secret;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Gives a build its secrets, by the ids of its mounts. Sources: {@code
 * session/secrets/secrets.proto} of BuildKit, and {@code grpc.health.v1}, by which BuildKit sees
 * every few seconds that we are still there.
 */
public final class SecretService implements GrpcService {
    private static final String GET = "/moby.buildkit.secrets.v1.Secrets/GetSecret";
    private static final String CHECK = "/grpc.health.v1.Health/Check";
    private static final ByteBuffer SERVING =
            ByteBuffer.wrap(new byte[] {1 << 3, 1}).asReadOnlyBuffer();
    private static final int DATA = (1 << 3) | 2;
    private static final int ID = 1;

    private final SortedMap<String, Secret> secrets;

    /**
     * @param secrets by id
     */
    public SecretService(SortedMap<String, Secret> secrets) {
        this.secrets = new TreeMap<>(secrets);
    }

    @Override
    public List<String> methods() {
        return List.of(GET, CHECK);
    }

    @Override
    public Answer answer(String method, byte[] message) {
        return switch (method) {
            case CHECK -> new Answer.Message(SERVING.duplicate());
            case GET -> secret(id(message));
            default -> new Answer.Failure(Status.UNIMPLEMENTED, "no such call");
        };
    }

    private Answer secret(String id) {
        Secret secret = secrets.get(id);
        return secret == null
                ? new Answer.Failure(Status.NOT_FOUND, "the build has no such secret")
                : new Answer.Message(message(secret.bytes()));
    }

    private static String id(byte[] message) {
        WireFields fields = new WireFields(message);
        String id = "";
        while (fields.next()) {
            if (fields.number() == ID) {
                id = fields.text();
            }
        }
        return id;
    }

    private static ByteBuffer message(byte[] data) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(DATA);
        int length = data.length;
        while (length > 0x7f) {
            out.write((length & 0x7f) | 0x80);
            length >>>= 7;
        }
        out.write(length);
        out.writeBytes(data);
        return ByteBuffer.wrap(out.toByteArray()).asReadOnlyBuffer();
    }
}
