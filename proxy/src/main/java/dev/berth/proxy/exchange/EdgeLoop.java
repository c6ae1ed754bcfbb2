package dev.berth.proxy.exchange;

import dev.berth.proxy.app.Apps;
import dev.berth.proxy.challenge.Challenges;
import dev.berth.proxy.encode.EncodedFiles;
import dev.berth.proxy.http.AltSvc;
import dev.berth.proxy.http.RequestIds;
import dev.berth.proxy.limit.MemoryBudget;
import dev.berth.proxy.limit.OpenStreams;
import dev.berth.proxy.limit.Stalls;
import dev.berth.proxy.limit.Timeouts;
import dev.berth.proxy.observe.Counters;
import dev.berth.proxy.routing.Router;
import dev.berth.proxy.tls.TlsContexts;
import dev.berth.proxy.upstream.UpstreamPool;
import dev.berth.telemetry.intake.Lane;
import java.time.InstantSource;
import java.util.function.IntSupplier;
import java.util.random.RandomGenerator;

/**
 * What the connections of one event loop share: its own pool, log lane and random numbers, and the
 * few thread-safe things that all loops share.
 *
 * @param random of this loop alone
 * @param httpsPort where the edge serves TLS
 */
public record EdgeLoop(
        Router router,
        UpstreamPool pool,
        Lane log,
        RequestIds ids,
        RandomGenerator random,
        Counters counters,
        Timeouts timeouts,
        InstantSource clock,
        IntSupplier httpsPort,
        Apps apps,
        EncodedFiles encodedFiles,
        MemoryBudget memory,
        Stalls stalls,
        OpenStreams streams,
        AltSvc altSvc,
        Challenges challenges,
        TlsContexts tls) {}
