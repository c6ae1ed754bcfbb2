package dev.berth.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/** The search that says that a secret is nowhere finds one that is somewhere. */
final class TracesTest {
    private static final String SECRET = "planted \"4e5f/6\" & <more>, süß?\n2nd ~line";
    private static final byte[] BYTES = SECRET.getBytes(StandardCharsets.UTF_8);

    static List<String> forms() throws IOException {
        return List.copyOf(planted().keySet());
    }

    /** How it may get out, by what wrote it down: none of it by the code that looks for it. */
    private static Map<String, byte[]> planted() throws IOException {
        Map<String, byte[]> planted = new TreeMap<>();
        planted.put("as it is", text(SECRET));
        planted.put("JSON", text(JsonMapper.builder().build().writeValueAsString(SECRET)));
        planted.put(
                "HTML",
                text(
                        SECRET.replace("&", "&amp;")
                                .replace("<", "&lt;")
                                .replace(">", "&gt;")
                                .replace("\"", "&#34;")));
        String form = URLEncoder.encode(SECRET, StandardCharsets.UTF_8);
        planted.put("form", text(form));
        planted.put("URL", text(form.replace("+", "%20")));
        planted.put("hex", text(HexFormat.of().formatHex(BYTES)));
        planted.put("HEX", text(HexFormat.of().withUpperCase().formatHex(BYTES)));
        planted.put("UTF-16", SECRET.getBytes(StandardCharsets.UTF_16));
        for (int before = 0; before < 4; before++) {
            byte[] more = text("x".repeat(before) + SECRET + " and what follows");
            planted.put("base64 +" + before, Base64.getEncoder().encode(more));
            planted.put("base64url +" + before, Base64.getUrlEncoder().encode(more));
        }
        planted.put("base64 alone", Base64.getEncoder().encode(BYTES));
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        deflate(new GZIPOutputStream(gzip));
        planted.put("gzip", gzip.toByteArray());
        ByteArrayOutputStream pack = new ByteArrayOutputStream();
        pack.writeBytes(text("PACK of Git"));
        deflate(new DeflaterOutputStream(pack));
        pack.writeBytes(text("checksum of it"));
        planted.put("pack", pack.toByteArray());
        return planted;
    }

    private static void deflate(OutputStream to) throws IOException {
        try (to) {
            to.write(Base64.getEncoder().encode(BYTES));
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @MethodSource("forms")
    void see_plantedInAForm_isFound(String form) throws IOException {
        byte[] bare = Objects.requireNonNull(planted().get(form));
        byte[] within = new byte[bare.length + 64];
        Arrays.fill(within, (byte) '_');
        System.arraycopy(bare, 0, within, 30, bare.length);
        Traces traces = new Traces().want(SECRET);

        traces.see("bare", bare);
        traces.see("within", within);

        assertThat(traces.of(SECRET)).as(form).containsExactly("bare", "within");
    }

    @Test
    void see_nothingOrHalfOfItThere_findsNothing() {
        Traces traces = new Traces().want(SECRET);

        traces.see("nothing", "");
        traces.see("half", SECRET.substring(0, SECRET.length() / 2));
        traces.see("hidden", "started with ***");

        assertThat(traces.of(SECRET)).isEmpty();
        assertThat(traces.places()).containsExactly("half", "hidden", "nothing");
    }

    @Test
    void want_whatIsAnywhereByChance_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Traces().want("seven77"));
    }
}
