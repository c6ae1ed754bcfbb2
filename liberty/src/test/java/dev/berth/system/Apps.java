package dev.berth.system;

/**
 * Documents of small apps. All run on the base image node:22, with a line of JavaScript as command.
 */
final class Apps {
    private Apps() {}

    /** Answers every request with a text. */
    static String answering(String name, String text) {
        return running(name, serve("r.end('%s')".formatted(text)), "");
    }

    /** As {@link #answering}, with more lines of spec, each indented by two blanks. */
    static String answering(String name, String text, String more) {
        return running(name, serve("r.end('%s')".formatted(text)), more);
    }

    /**
     * Does something first, and answers every request with what an expression gives; with more
     * lines of spec.
     */
    static String answeringWith(String name, String first, String expression, String more) {
        return running(name, first + serve("r.end(%s)".formatted(expression)), more);
    }

    /** Answers every request with a status. */
    static String answeringStatus(String name, int status) {
        return running(
                name,
                serve("r.statusCode=%d;r.end('no')".formatted(status)),
                "  healthcheck: {deadline: 6s}\n");
    }

    /** Accepts connections at once and answers only after a while. */
    static String acceptingTcpBeforeHttp(String name, String text, int millis) {
        return running(
                name,
                "let ready=false;setTimeout(()=>ready=true,%d);".formatted(millis)
                        + "require('net').createServer(s=>{if(!ready){s.on('error',()=>{});return}"
                        + "s.on('data',()=>s.end('HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\nConnection: close\\r\\n\\r\\n%s'))})"
                                .formatted(text.length(), text)
                        + ".listen(process.env.PORT)",
                "");
    }

    /** Listens only after a while. */
    static String startingSlowly(String name, String text, int millis) {
        return running(
                name,
                "setTimeout(()=>{%s},%d)".formatted(serve("r.end('%s')".formatted(text)), millis),
                "");
    }

    /** Says something and ends. */
    static String exiting(String name, String lastWords, int code) {
        return running(name, "console.error('%s');process.exit(%d)".formatted(lastWords, code), "");
    }

    /** Answers at once, but takes a while for /slow. */
    static String answeringSlowly(String name, String text, int millis) {
        return running(
                name,
                serve(
                        "if(q.url==='/slow'){r.write('begin ');setTimeout(()=>r.end('end'),%d)}else r.end('%s')"
                                .formatted(millis, text)),
                "");
    }

    /** What a server does with each request {@code q} and response {@code r}. */
    private static String serve(String handler) {
        return "require('http').createServer((q,r)=>{%s}).listen(process.env.PORT)"
                .formatted(handler);
    }

    private static String running(String name, String script, String more) {
        return """
        apiVersion: berth/v1
        kind: App
        metadata: {name: %s}
        spec:
          image: node:22
          port: 3000
          command:
            - node
            - -e
            - |
              %s
        %s"""
                .formatted(name, script, more);
    }
}
