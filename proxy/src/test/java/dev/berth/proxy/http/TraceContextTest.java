package dev.berth.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class TraceContextTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00-" + TRACE + "-00f067aa0ba902b7-01";

    @Test
    void traceId_valid_isIt() {
        assertThat(TraceContext.traceId(PARENT)).isEqualTo(TRACE);
        assertThat(TraceContext.traceId(PARENT.replace("-01", "-ff"))).isEqualTo(TRACE);
    }

    @Test
    void traceId_newerVersion_mayGoOn() {
        assertThat(TraceContext.traceId("cc" + PARENT.substring(2))).isEqualTo(TRACE);
        assertThat(TraceContext.traceId("cc" + PARENT.substring(2) + "-more")).isEqualTo(TRACE);
        assertThat(TraceContext.traceId("cc" + PARENT.substring(2) + ".more")).isNull();
    }

    @Test
    void traceId_invalid_isNone() {
        for (String odd :
                new String[] {
                    "",
                    "00",
                    PARENT.substring(1),
                    PARENT + "-00",
                    PARENT + " ",
                    "ff" + PARENT.substring(2),
                    "0x" + PARENT.substring(2),
                    PARENT.replace('f', 'F'),
                    PARENT.replace("-01", "-0g"),
                    PARENT.replace('-', '_'),
                    "00-" + "0".repeat(32) + "-00f067aa0ba902b7-01",
                    "00-" + TRACE + "-0000000000000000-01"
                }) {
            assertThat(TraceContext.traceId(odd)).as(odd).isNull();
        }
    }

    @Test
    void begin_id_isValidAndOfThatTrace() {
        assertThat(TraceContext.traceId(TraceContext.begin(TRACE))).isEqualTo(TRACE);
        String rare = "1" + "0".repeat(31);
        assertThat(TraceContext.traceId(TraceContext.begin(rare))).isEqualTo(rare);
        assertThat(TraceContext.isTraceId("0".repeat(32))).isFalse();
        assertThat(TraceContext.isTraceId("not-one")).isFalse();
    }

    @Test
    void isState_membersOfGoodForm_isOne() {
        assertThat(TraceContext.isState(List.of("rojo=00f067aa0ba902b7,congo=t61"))).isTrue();
        assertThat(TraceContext.isState(List.of("a=1", "b_-*/@c= x y"))).isTrue();
        assertThat(TraceContext.isState(List.of("a=1,,b=2 , "))).isTrue();
    }

    @Test
    void isState_odd_isNone() {
        assertThat(TraceContext.isState(List.of(""))).isFalse();
        assertThat(TraceContext.isState(List.of("a"))).isFalse();
        assertThat(TraceContext.isState(List.of("A=1"))).isFalse();
        assertThat(TraceContext.isState(List.of("a=1,a=2"))).isFalse();
        assertThat(TraceContext.isState(List.of("a=b=c"))).isFalse();
        assertThat(TraceContext.isState(List.of("a="))).isFalse();
        assertThat(TraceContext.isState(List.of("a=" + "x".repeat(600)))).isFalse();
        assertThat(TraceContext.isState(Collections.nCopies(33, "a=1"))).isFalse();
    }
}
