package dev.berth.system;

import java.util.HashMap;
import java.util.Map;

/** What the apps of {@link SemanticsIT} are declared as. */
final class SemanticsDocuments {
    /** On containers that people started, with the name of the instance beside which they run. */
    static final String BY_HAND = "test.by-hand";

    private SemanticsDocuments() {}

    /** Runs of less and of more than the minute to the next one. */
    static final String CLOCK =
            """
            apiVersion: berth/v1
            kind: App
            metadata: {name: clock}
            spec:
              image: busybox:1
              command: [sleep, "86400"]
              cron:
                - {name: quick, schedule: "* * * * *", command: "echo due for $BERTH_CRON"}
                - {name: broken, schedule: "* * * * *", command: "echo no ink; exit 3"}
                - {name: alone, schedule: "* * * * *", command: exec sleep 100, concurrency: forbid}
                - {name: beside, schedule: "* * * * *", command: exec sleep 100, concurrency: allow}
            """;

    /** Two kinds of data. */
    static final String KEEPER =
            Apps.answering(
                    "keeper",
                    "kept",
                    """
                      volumes:
                        - {name: uploads, path: /uploads}
                        - {name: cache, path: /cache, deletionPolicy: Delete}
                    """);

    /** One is given the code of the door in both ways, the other another key of the same Secret. */
    static final String USERS =
            Apps.answeringWith(
                            "user",
                            "",
                            "'variable '+process.env.CODE+', file '+require('fs').readFileSync('/run/secrets/code')",
                            """
                              env: {CODE: {fromSecret: door.code}}
                              secrets: [{secret: door, key: code}]
                            """)
                    + "---\n"
                    + Apps.answering(
                            "bystander", "still", "  env: {BELL: {fromSecret: door.bell}}\n");

    static String door(String code) {
        return """
        apiVersion: berth/v1
        kind: Secret
        metadata: {name: door}
        data:
          code: %s
          bell: unchanged
        """
                .formatted(code);
    }

    /** An app that shows which jobs have run, and the jobs. */
    static String ledger(String... jobs) {
        StringBuilder documents =
                new StringBuilder(
                        Apps.answeringWith(
                                "ledger",
                                "const fs=require('fs');",
                                "fs.existsSync('/data/runs')?fs.readFileSync('/data/runs'):'none'",
                                "  volumes: [{name: data, path: /data}]\n"));
        for (String job : jobs) {
            documents.append(
                    """
                    ---
                    apiVersion: berth/v1
                    kind: Job
                    metadata: {name: %s}
                    spec: {app: ledger, command: "echo %s >> /data/runs; echo counted %s"}
                    """
                            .formatted(job, job, job));
        }
        return documents.toString();
    }

    /** Tells what it was built with, and what it is given. */
    static String dockerfile(String step) {
        return """
        FROM node:22
        %s
        CMD ["node", "-e", "require('http').createServer((q,r)=>r.end('built '+process.env.BUILT+', given '+process.env.GIVEN)).listen(process.env.PORT)"]
        """
                .formatted(step);
    }

    static String pinned(String given, String more) {
        return """
        apiVersion: berth/v1
        kind: App
        metadata: {name: pinned}
        spec:
          source: {path: pinned}
          port: 3000
          env: {GIVEN: %s}
        %s"""
                .formatted(given, more);
    }

    static String tidy(String given) {
        return """
        apiVersion: berth/v1
        kind: App
        metadata: {name: tidy}
        spec:
          source: {path: tidy}
          port: 3000
          env: {GIVEN: %s}
          rollout: {keepReleases: 2, drain: 1s}
          volumes: [{name: data, path: /data}]
        """
                .formatted(given);
    }

    static String adopting(String app, String container) {
        return Apps.answering(app, "at your service", "  rollout: {drain: 1s}\n")
                .replace(
                        "{name: %s}".formatted(app),
                        "{name: %s, annotations: {berth/adopt: %s}}".formatted(app, container));
    }

    /**
     * Labels of a container that somebody started: what Compose would put there for the app that is
     * to take over.
     *
     * @param other the instance of the Berth that made it; empty = none
     */
    static Map<String, String> byHand(String instance, String purpose, String other) {
        Map<String, String> labels = new HashMap<>();
        labels.put(BY_HAND, instance);
        labels.put("com.docker.compose.project", instance + "-heir");
        labels.put("com.docker.compose.service", purpose);
        if (!other.isEmpty()) {
            labels.put("dev.berth.instance", other);
        }
        return labels;
    }
}
